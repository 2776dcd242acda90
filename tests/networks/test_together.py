"""Ensembles put together, and what is seen of them in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import rnnatlas
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import ChainRecord, Ensemble, TrainingRecord
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.registry import get_task

Make = Callable[..., Ensemble]


def record(members: int, steps: int) -> TrainingRecord:
    curve, one = np.ones((members, steps), np.float32), np.ones(members)
    return TrainingRecord(curve, curve[..., None], curve, one, one > 0, one.astype(int), -one.astype(int))


def test_ensembles_together_keep_their_members_and_records(make_ensemble: Make) -> None:
    one, two = make_ensemble(2, seed=0), make_ensemble(3, seed=1)
    both = Ensemble.concatenate([one, two])
    assert both.members == 5 and both.training is None
    for part, members in ((one, slice(0, 2)), (two, slice(2, 5))):
        for array, found in zip(part.parameters, both[members].parameters, strict=True):
            np.testing.assert_array_equal(found, array)
    trained = Ensemble.concatenate([replace(one, training=record(2, 4)), replace(two, training=record(3, 4))])
    assert trained.training is not None and trained.training.loss.shape == (5, 4)
    chain = [ChainRecord(np.array(["g1"] * len(e)), np.arange(len(e))) for e in (one, two)]
    chained = Ensemble.concatenate([replace(e, chain=c) for e, c in zip((one, two), chain, strict=True)])
    assert chained.chain is not None and chained.chain.reference_member.tolist() == [0, 1, 0, 1, 2]
    assert Ensemble.concatenate([replace(one, training=record(2, 4)), two]).training is None


def test_what_does_not_go_together_is_refused(make_ensemble: Make) -> None:
    one = make_ensemble(2)
    for other in (make_ensemble(2, units=9), make_ensemble(2, alpha=0.5), make_ensemble(2, noise=0.1)):
        with pytest.raises(AtlasError, match="one shape and cell"):
            Ensemble.concatenate([one, other])
    with pytest.raises(AtlasError, match="one number of steps"):
        Ensemble.concatenate([replace(one, training=record(2, 4)), replace(one, training=record(2, 5))])
    for nothing in ([], [3]):
        with pytest.raises(AtlasError, match="one or more Ensembles"):
            Ensemble.concatenate(nothing)  # type: ignore[arg-type]


def test_what_a_notebook_shows_is_short() -> None:
    task = get_task("flip_flop", duration=400.0)
    network = initialise([0, 1], 8, 3, 3, 1.0, Cell(0.2, 0.05), (0, "shown"))
    trials = task.trials(6, 0)
    run = network.simulate(trials.inputs, noise=0.0)
    starts = run.states[0].reshape(-1, 8)[:6].astype(float)
    points = rnnatlas.find_fixed_points(network, np.zeros(3), starts)
    ends = rnnatlas.limit_sets(network, np.zeros(3), starts)
    shown = [repr(one) for one in (network, trials, run, points)]
    assert all("\n" not in text and len(text) < 140 for text in shown)
    assert "2 × rate of 8 units" in shown[0] and "6 of 20 steps" in shown[1] and "1 fixed" in shown[3]
    assert repr(ends).count("\n") == len(ends.sets)
    assert "0 of" not in repr(ends)


def test_the_summary_says_what_single_functions_say() -> None:
    task = get_task("flip_flop", duration=400.0)
    network = initialise([0, 1], 8, 3, 3, 0.1, Cell(0.2, 0.05), (0, "shown"))
    found = rnnatlas.analyse(network, task, trials=8, starts=8)
    assert found.stable.tolist() == [1, 1] and found.unstable.tolist() == [0, 0] and (found.leading < -0.5).all()
    noisy = network.simulate(task.trials(8, 0).inputs, seed=0).outputs
    np.testing.assert_allclose(found.performance, task.performance(noisy, task.trials(8, 0)), atol=1e-12)
    assert (found.dimension > 1).all() and (found.dimension < 8).all()
    assert found.rows()[0]["predicted"] == pytest.approx(found.similarity[1, 0])
    assert len(str(found).splitlines()) == 4
    gated = rnnatlas.analyse(initialise([0], 6, 3, 3, 1.0, Cell(1.0, 0.0, "gru"), (0, "gated")), task, trials=8)
    assert gated.stable.tolist() == [1] and -1 < gated.leading[0] < 0
    assert np.isnan(gated.rows()[0]["predicted"]) and "–" in str(gated)
    with pytest.raises(AtlasError, match="'input', as of network"):
        rnnatlas.analyse(network, get_task("context_integration"))
