"""What networks do beyond the trained range: networks whose behaviour is known, and one whose response is its input."""

from typing import Any

import numpy as np
import pytest

from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.charting import extrapolation as module
from rnnatlas.charting.extrapolation import extrapolation
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.simulation.states import simulate
from rnnatlas.tasks.registry import get_task

TIMING = ("delayed_discrimination", "interval_discrimination", "interval_reproduction")
SMALL: dict[str, dict[str, Any]] = {
    "delayed_discrimination": {"beyond_delays": [100.0, 480.0, 700.0]},
    "interval_discrimination": {"beyond": [100.0, 900.0]},
    "interval_reproduction": {"beyond": [200.0, 1400.0]},
}


@pytest.mark.parametrize("name", TIMING)
def test_trials_as_trained_are_among_the_extrapolated_ones(name: str) -> None:
    task = get_task(name)
    trials, complete = task.extrapolated(), task.complete()
    assert trials is not None and complete is not None
    inside = task.trained(trials)
    assert task.trained(complete).all() and 0 < inside.sum() < trials.count
    keys = list(trials.conditions)
    mine = {tuple(trials.conditions[key][k] for key in keys) for k in np.flatnonzero(inside)}
    theirs = {tuple(complete.conditions[key][k] for key in keys) for k in range(complete.count)}
    shared = {
        "delayed_discrimination": 72 * 2,
        "interval_discrimination": 110,
        "interval_reproduction": 31,
    }  # two delays; every second interval
    assert len(mine & theirs) == shared[name]
    assert trials.conditions[keys[0]].max() > complete.conditions[keys[0]].max()


@pytest.mark.parametrize("name", TIMING)
@pytest.mark.parametrize("kind", ["rate", "lstm"])
def test_what_is_stored_is_what_the_networks_answer(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PART", 20_000)  # in several parts
    task = get_task(name, **SMALL[name])
    networks = initialise([0, 1], 8, 2, 1, 1.0, Cell(1.0, 0.0, kind), ("x",), "uniform")
    found = extrapolation(networks, task, NativeEngine())
    EXTRAPOLATION.check("file", {key: np.asarray(value) for key, value in found.items()})
    trials = task.extrapolated()
    assert trials is not None
    outputs = simulate(networks, trials.inputs).outputs
    judged = trials.judged[..., 0]
    for k in range(trials.count):
        np.testing.assert_allclose(found["answer"][:, k], outputs[:, k, judged[k], 0].mean(-1), atol=1e-5)
    np.testing.assert_array_equal(found["right"], task.score(outputs, trials)["performance"] > 0.5)
    complete = task.complete()
    assert complete is not None
    error = ((simulate(networks, complete.inputs).outputs - complete.targets) ** 2).mean((1, 2, 3))
    np.testing.assert_allclose(found["complete"], error, rtol=1e-4)
    assert ("outputs" in found) == (name == "interval_reproduction")
    if "outputs" in found:
        np.testing.assert_allclose(found["outputs"], outputs[..., 0], atol=1e-5)


def made(rises: list[list[float]], trials: Any, dt: float) -> np.ndarray:
    """Outputs that are 1 for a pulse from each of the times (in ms from the trial's beginning) on, by trial."""
    outputs = np.zeros((1, trials.count, trials.times, 1))
    for k, times in enumerate(rises):
        for begin in times:
            first = round(begin / dt)
            outputs[0, k, first : first + 3, 0] = 1.0
    return outputs


def test_habits_of_reproduction_are_counted_as_they_are_defined() -> None:
    task = get_task("interval_reproduction", shortest=400.0, longest=500.0, beyond=[300.0, 620.0])
    trials = task.extrapolated()
    assert trials is not None
    dt, interval = task.settings.dt, trials.conditions["interval"]
    go, set_ = trials.epochs["response"][:, 0] * dt, trials.epochs["measured"][:, 1] * dt
    rises = [[g] for g in go]
    rises[0] = [go[0] + 200.0]  # 300 ms comes too late
    late = np.flatnonzero(interval > 500.0)
    rises[late[1]] = [set_[late[1]] - 100.0]  # before Set, once
    rises[late[2]] = [set_[late[2]] - 100.0, set_[late[2]] + 200.0]  # and again after it
    rises[late[3]] = [200.0, 300.0, 400.0]  # over and over, before Set
    habits = task.habits(made(rises, trials, dt), trials)
    assert habits["shortest"] == [320.0] and habits["longest"] == [interval[late[0]]]
    assert habits["spontaneous"] == [3 / len(late)] and habits["second"] == [pytest.approx(1 / 3)]
    assert habits["oscillating"] == [1 / trials.count]
    rises[int(np.flatnonzero(task.trained(trials))[0])] = []
    habits = task.habits(made(rises, trials, dt), trials)
    assert np.isnan(habits["shortest"]) and np.isnan(habits["longest"])
    silent = task.habits(np.zeros((2, trials.count, trials.times, 1)), trials)
    assert (silent["spontaneous"] == 0).all() and np.isnan(silent["second"]).all()


def test_a_task_that_says_nothing_of_extrapolation_is_refused() -> None:
    networks = initialise([0], 8, 3, 3, 1.0, Cell(0.2), ("x",))
    with pytest.raises(AtlasError, match="neither what all its trials are nor which lie beyond"):
        extrapolation(networks, get_task("flip_flop"), NativeEngine())
