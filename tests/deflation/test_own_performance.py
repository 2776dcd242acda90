"""Networks of one's own: how they perform is said, and what is no better than chance, or has no leak, is warned of."""

from __future__ import annotations

import numpy as np
import pytest

from rnnatlas.deflation.own_performance import OwnPerformance, own_performance, remarks
from rnnatlas.engine.select import select_engine
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.registry import get_task


def three_switches(alpha: float = 0.2) -> Ensemble:
    """Three units that hold the sign of their last pulse: one for each bit of the flip-flop."""
    eye = np.eye(3, dtype=np.float32)[None]
    return Ensemble(Parameters(2.0 * eye, 30.0 * eye, np.zeros((1, 3), np.float32), eye, np.zeros((1, 3), np.float32)), Cell(alpha, 0.0))  # fmt: skip


def test_a_network_that_does_the_task_is_better_than_its_outputs_on_other_trials() -> None:
    task, networks = get_task("flip_flop"), three_switches()
    (found,) = own_performance(networks, task, 0, select_engine("auto"))
    assert found.performance > 0.95 and 0.4 < found.chance < 0.6 and found.p == pytest.approx(0.01)
    assert not list(remarks(networks, [found], task))


def test_a_network_of_another_task_is_warned_of() -> None:
    task = get_task("memory_pro")  # which has three inputs and outputs as well
    networks = three_switches()
    (found,) = own_performance(networks, task, 0, select_engine("auto"))
    assert found.doubtful
    (remark,) = remarks(networks, [found], task)
    assert "is it of this task?" in remark and str(found) in remark


def test_what_is_not_defined_is_warned_of() -> None:
    assert OwnPerformance(float("nan"), float("nan"), 1.0).doubtful


def test_a_network_without_leak_is_said_to_have_no_tau_to_compare_by() -> None:
    (remark,) = remarks(three_switches(alpha=1.0), [OwnPerformance(1.0, 0.5, 0.01)], get_task("flip_flop"))
    assert "a time step, 20 ms" in remark and "equal time" in remark
