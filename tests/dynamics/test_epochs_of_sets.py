"""Epochs of steps and of runs: by hand, on tasks, and through the census of limit sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.epochs import epoch_of_steps, shares_by_epoch, spread_over_epochs
from rnnatlas.dynamics.limit_set_census import limit_set_census, write_limit_sets
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.trials import Trials

SHORT = LimitSetSettings(starts=12, duration=80.0, rounds=1, blocks=10)


def trials(**epochs: tuple[int, int]) -> Trials:
    """Two trials of 10 steps."""
    made = FlipFlop(Settings(bits=2, duration=200.0)).trials(2, 0)
    assert made.times == 10
    return replace(made, epochs={name: np.array([span, span]) for name, span in epochs.items()})


def test_a_step_lies_in_the_epoch_that_begins_last() -> None:
    found = epoch_of_steps(trials(trial=(0, 10), early=(0, 3), late=(2, 6), nothing=(7, 7), last=(8, 9)))
    assert (
        found.tolist() == [[1, 1, 2, 2, 2, 2, 0, 0, 4, 0]] * 2
    )  # of those that begin together the one that ends first


def test_a_step_in_no_epoch_has_none() -> None:
    assert epoch_of_steps(trials(middle=(3, 6)))[0].tolist() == [-1] * 3 + [0] * 3 + [-1] * 4
    assert (epoch_of_steps(trials()) == -1).all()


def test_every_trial_has_epochs_of_its_own() -> None:
    drawn = get_task("memory_pro").trials(20, seed=0)
    found, names = epoch_of_steps(drawn), list(drawn.epochs)
    for name in ("fixation", "stimulus", "delay", "response"):
        for trial, (start, stop) in enumerate(drawn.epochs[name]):
            assert (found[trial, start:stop] == names.index(name)).all()
    assert (found[~drawn.valid()] == -1).all() and names.index("trial") not in found


def test_samples_are_drawn_from_every_epoch_alike_as_far_as_they_go() -> None:
    epoch = np.repeat([0, 1, 2, -1], [500, 3, 40, 20])
    chosen = spread_over_epochs(epoch, 43, np.random.default_rng(0))
    assert len(np.unique(chosen)) == 43 and (np.diff(chosen) > 0).all()
    counts = {one: int(np.sum(epoch[chosen] == one)) for one in (0, 1, 2, -1)}
    assert counts[1] == 3 and sorted(counts[one] for one in (0, 2, -1)) == [13, 13, 14]
    assert np.array_equal(chosen, spread_over_epochs(epoch, 43, np.random.default_rng(0)))
    assert len(spread_over_epochs(epoch, 1000, np.random.default_rng(0))) == len(epoch)


def test_a_single_epoch_is_sampled_as_if_there_were_none() -> None:
    drawn = spread_over_epochs(np.zeros(50, int), 7, np.random.default_rng(3))
    assert np.array_equal(drawn, np.sort(np.random.default_rng(3).permutation(50)[:7]))


def test_shares_of_an_epoch_are_counted_among_its_own_runs() -> None:
    table = {
        "run/member": np.array([0, 0, 0, 0, 0, 1, 1]), "run/input": np.array([0, 0, 0, 0, 1, 0, 0]),
        "run/epoch": np.array([0, 0, 1, -1, 0, 1, 1]), "run/set": np.array([0, 1, 1, 0, 2, 3, -1]),
        "set/member": np.array([0, 0, 0, 1]), "set/input": np.array([0, 0, 1, 0]),
    }  # fmt: skip
    found = shares_by_epoch(table, 2)
    expected = [[0.5, 0.5, 1.0, np.nan], [0.0, 1.0, np.nan, 0.5]]
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(AtlasError, match="run/epoch: this dataset is missing"):
        shares_by_epoch({name: array for name, array in table.items() if name != "run/epoch"}, 2)
    with pytest.raises(AtlasError, match="epochs: at least 2 is expected, found 1"):
        shares_by_epoch(table, 1)


def test_limit_sets_say_in_which_epoch_runs_begin(tmp_path: Path) -> None:
    task = get_task("memory_pro")
    drawn, network = task.trials(12, seed=0), initialise([0, 1], 8, 3, 3, 1.0, Cell(0.2), (0,))
    table = limit_set_census(network, network, task, drawn, None, SHORT, seed=0)
    write_limit_sets(tmp_path / "limit_sets.h5", table, task, drawn, {})
    back = read_artifact(tmp_path / "limit_sets.h5", LIMIT_SETS)
    assert back.attributes["epochs"] == "fixation, stimulus, delay, response, trial"
    epoch = back.data["run/epoch"].reshape(2, len(task.constant_inputs()), 12)
    assert all(np.bincount(row).tolist() == [3, 3, 3, 3] for row in epoch.reshape(-1, 12))
    assert np.array_equal(epoch[0], epoch[1])
    shares = shares_by_epoch(back.data, 5)
    # Epochs are equally long in runs, so that the share of all runs is the mean over epochs.
    np.testing.assert_allclose(shares[:4].mean(0), back.data["set/share"])
    assert np.isnan(shares[4]).all()


def test_runs_from_beside_fixed_points_begin_in_no_epoch() -> None:
    task, network = get_task("memory_pro"), initialise([0], 8, 3, 3, 1.0, Cell(0.2), (0,))
    points = {
        "member": np.array([0]), "input": np.array([0]), "fixed": np.array([True]), "state": np.zeros((1, 8))
    }  # fmt: skip
    table = limit_set_census(network, network, task, task.trials(12, seed=0), points, SHORT, seed=0)
    assert np.array_equal(table["run/epoch"] == -1, ~table["run/visited"]) and (~table["run/visited"]).sum() == 2
