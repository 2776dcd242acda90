"""The contenders of the benchmark do what their names say; times are not judged here."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from rnnatlas.benchmarks.fixed_points import Search, joint_adam, measure, newton
from rnnatlas.dynamics.field import RateField
from rnnatlas.networks.ensemble import Ensemble

GRID = np.stack(np.meshgrid(*2 * [np.linspace(-2.5, 2.5, 9)]), axis=-1).reshape(-1, 2)
NINE = Search(RateField(2.0 * np.eye(2), np.zeros(2), 0.2), GRID, 1e-3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_joint_adam_ends_at_roots_and_stops_there(dtype: torch.dtype) -> None:
    found = joint_adam(NINE, 1.0, True, dtype)
    assert 10 < found.steps < 5000 and len(found.roots) == 9
    assert np.sum(NINE.field.flow(found.state) ** 2, axis=1).max() < 1e-11


def test_adam_that_runs_out_of_steps_reports_only_the_roots_that_it_reached() -> None:
    found = joint_adam(NINE, 0.01, False, torch.float64, steps=3)
    assert found.steps == 3 and len(found.roots) == 1  # the start at the origin


def test_both_of_ours_find_the_same_roots() -> None:
    native, numpy = (newton(NINE, native=kind) for kind in (True, False))
    assert len(native.roots) == 9 and np.allclose(native.roots, numpy.roots, atol=1e-9)


def test_a_row_for_every_method_on_a_file_of_networks(make_ensemble: Callable[..., Ensemble], tmp_path: Path) -> None:
    make_ensemble(1, 12, inputs=2, outputs=2).to_file(tmp_path / "networks.h5")
    rows = measure(tmp_path / "networks.h5", repetitions=1, adam_steps=20, starts=16)
    assert len({row.method for row in rows}) == len(rows) == 6
    ours, adam = rows[:3], rows[3:]
    assert all(row.q_median <= row.q_largest and 0 <= row.converged <= 1 for row in rows)
    assert all((row.points > 0) == (row.converged > 0) for row in rows)
    assert ours[0].points == ours[2].points <= ours[1].points and all(row.steps == 20 for row in adam)
