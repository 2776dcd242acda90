"""The three timing tasks, against the steps that the authors of the charting paper give, and against their networks."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.check import check_task
from rnnatlas.tasks.registry import get_task

TIMING = ("delayed_discrimination", "interval_discrimination", "interval_reproduction")


def steps_on(values: np.ndarray) -> tuple[int, int]:
    """The first step that is not 0, and how many are not."""
    on = np.flatnonzero(values)
    assert (np.diff(on) == 1).all()
    return int(on[0]), len(on)


@pytest.mark.parametrize("name", TIMING)
@pytest.mark.parametrize("settings", [{}, {"dt": 10.0}, {"dt": 40.0}, {"settle": 40.0}], ids=str)
def test_they_are_tasks(name: str, settings: dict[str, float]) -> None:
    check_task(get_task(name, **settings))


def test_delayed_discrimination_is_that_of_the_authors() -> None:
    """shared/notes/charting.md, section 1: pulse 1 at 5, pulse 2 at 15 + d, response at 30 + d, each 5 long, of 60 steps; 72 × 20 trials."""
    task: Any = get_task("delayed_discrimination")
    every = task.complete()
    assert (every.count, every.times) == (1440, 60) and (every.weight == 1.0).all()
    pairs = {tuple(row) for row in np.stack([every.conditions[key] for key in ("first", "second", "delay")], 1)}
    assert len(pairs) == 1440 and set(every.conditions["delay"] / 20.0) == set(range(5, 25))
    one = task.at(np.array([4.0, 9.0]), np.array([7.0, 2.0]), 20.0 * np.array([5.0 + 3, 5.0 + 19]))
    for k, d in enumerate((3, 19)):
        assert [steps_on(one.inputs[k, :, channel]) for channel in range(2)] == [(5, 5), (15 + d, 5)]
        assert steps_on(one.targets[k, :, 0]) == (30 + d, 5)
    assert one.inputs[0].max(0).tolist() == [4.0, 7.0]
    assert one.targets[0].min() == -1.0 and one.targets[1].max() == 1.0


def test_interval_discrimination_is_that_of_the_authors() -> None:
    """Pulses at t1 and t1 + t2, response at t1 + t2 + 15, each 2 long, of 90 steps; the sign of t1 − t2; 420 trials."""
    task: Any = get_task("interval_discrimination")
    assert (task.complete().count, task.complete().times) == (420, 90)
    one = task.at(20.0 * np.array([10.0, 30.0]), 20.0 * np.array([30.0, 29.0]))
    for k, (t1, t2) in enumerate(((10, 30), (30, 29))):
        assert [steps_on(one.inputs[k, :, channel]) for channel in range(2)] == [(t1, 2), (t1 + t2, 2)]
        assert steps_on(one.targets[k, :, 0]) == (t1 + t2 + 15, 2)
    assert one.targets[:, :, 0].sum(1).tolist() == [-2.0, 2.0] and (one.inputs.max((0, 1)) == 1.0).all()


def test_interval_reproduction_is_that_of_the_authors() -> None:
    """Ready at 5, Set at 5 + t, Go at 5 + 2t, each 5 long, of 150 steps; t from 20 to 50."""
    task: Any = get_task("interval_reproduction")
    every = task.complete()
    assert (every.count, every.times) == (31, 150)
    for k, t in enumerate(range(20, 51)):
        assert [steps_on(every.inputs[k, :, channel]) for channel in range(2)] == [(5, 5), (5 + t, 5)]
        assert steps_on(every.targets[k, :, 0]) == (5 + 2 * t, 5)


def test_when_a_reproduction_begins_is_judged() -> None:
    task: Any = get_task("interval_reproduction")
    trials = task.at(np.array([500.0, 500.0, 500.0, 500.0]))
    outputs = trials.targets[None].copy()
    outputs[0, 1] = np.roll(outputs[0, 1], 1, axis=0)
    outputs[0, 2] = np.roll(outputs[0, 2], -3, axis=0)
    outputs[0, 3] = 0.0
    found = task.score(outputs, trials)
    assert found["performance"].tolist() == [[1.0, 1.0, 0.0, 0.0]]
    assert found["onset_error"][0, :3].tolist() == [0.0, 20.0, -60.0] and np.isnan(found["onset_error"][0, 3])


@pytest.mark.parametrize("name", TIMING)
def test_a_trial_is_the_same_in_time_at_any_dt_and_longer_under_a_load(name: str) -> None:
    coarse, fine = get_task(name), get_task(name, dt=10.0)
    one, other = coarse.complete(), fine.complete()
    assert one is not None and other is not None
    assert np.array_equal(np.repeat(one.inputs, 2, axis=1), other.inputs)
    assert np.array_equal(np.repeat(one.targets, 2, axis=1), other.targets)
    rng = np.random.default_rng(0)
    assert coarse.draw(5, rng).times == one.times, "as long as the longest trained, whatever was drawn"
    long = coarse.draw(5, rng, load=2.0)
    assert long.times > one.times and (np.abs(long.targets).sum((1, 2)) > 0).all()


@pytest.mark.parametrize("name", TIMING)
def test_intervals_that_do_not_fit_their_grid_are_refused(name: str) -> None:
    with pytest.raises(AtlasError, match="some whole steps of 20 above the shortest is expected"):
        get_task(name, longest=505.0)
    with pytest.raises(AtlasError, match="is expected, found"):
        get_task(name, longest=1.0)


@pytest.mark.parametrize("name", TIMING)
def test_the_authors_networks_do_them(name: str, shared: Path) -> None:
    """T4: mean squared error at most 2e-4, all decisions right, no onset error, for each of the networks that they released."""
    task, seen = get_task(name), 0
    trials = task.complete()
    assert trials is not None
    with h5py.File(shared / "reference" / "turner2021_networks.h5") as file:
        for cell, networks in file[name].items():
            for network in networks.values():
                weights = {key: array[:] for key, array in network["weights"].items()}
                ensemble = Ensemble.from_torch(weights, cell={"vanilla": "rnn"}.get(cell, cell))
                outputs = ensemble.simulate(trials.inputs, noise=0.0).outputs
                found, seen = task.score(outputs, trials), seen + 1
                assert found["error"].mean() <= 2e-4 and task.performance(outputs, trials)[0] == 1.0
                assert (found.get("onset_error", np.zeros(1)) == 0.0).all()
    assert seen == (25 if name == "interval_reproduction" else 8)


@pytest.mark.parametrize(
    ("name", "values", "key"),
    [
        ("interval_reproduction", {"pulse": 420.0}, "shortest"),
        ("interval_discrimination", {"shortest": 20.0}, "shortest"),
        ("interval_discrimination", {"wait": 20.0}, "wait"),
        ("delayed_discrimination", {"wait": 80.0}, "wait"),
    ],
)
def test_pulses_that_would_overlap_are_refused(name: str, values: dict[str, float], key: str) -> None:
    with pytest.raises(AtlasError, match="pulses would overlap") as caught:
        get_task(name, **values)
    assert caught.value.key == key


@pytest.mark.parametrize("name", TIMING)
def test_a_range_of_extrapolation_upside_down_is_refused(name: str) -> None:
    with pytest.raises(AtlasError, match="a smallest and a largest"):
        get_task(name, beyond=[30.0, 20.0])
