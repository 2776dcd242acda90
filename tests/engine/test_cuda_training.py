"""Whole training steps of the GPU engine against steps in NumPy over the portable engine in float64: equal to rounding."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from test_cuda_engine import CELLS, EVERY, FAST, KEYS, MEMBERS, ON_CUDA, engine, network

from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.online import SimilarityPenalty
from rnnatlas.engine.cuda_engine import CudaEngine
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Batches, Curves, Schedule, Trainer, TrainingSetup, TrainingState
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.stepwise import advance

RATES, CLIP = np.array([3e-3, 2e-3, 1e-3, 1e-3]), 0.5
PLAIN_ADAM = Optimiser(CLIP)


def trials(steps: int = 4, times: int = 13, seed: int = 0) -> Batches:
    """Seven trials a step, of lengths that differ between members and steps."""
    rng = np.random.default_rng(seed)
    length = -np.sort(-rng.integers(4, times + 1, size=(steps, 3, 7)), axis=2).astype(np.int32)
    valid = (np.arange(times) < length[..., None])[..., None]
    inputs, targets = (valid * rng.normal(size=(steps, 3, 7, times, 2)) for _ in range(2))
    weight = valid * rng.uniform(0.5, 2.0, size=(steps, 3, 7, times, 2))
    return Batches(inputs.astype(np.float32), targets.astype(np.float32), weight.astype(np.float32), length)


def in_turn(job: Callable[[int], Any]) -> list[Any]:
    return [job(k) for k in range(3)]


def train_both(
    path: str, new: Ensemble, blocks: list[Batches], settings: DeflationSettings | None, earlier: list[Ensemble],
    optimiser: Optimiser = PLAIN_ADAM, sub_steps: int = 1,
) -> Iterator[tuple[TrainingState, Curves]]:  # fmt: skip
    """States and curves after the same steps, of NumPy's training over the portable engine in float64, and of the engine's own."""
    portable, cuda = TorchEngine(np.float64), engine(path)
    assert isinstance(cuda, Trainer)
    for own in (False, True):
        penalty = None if settings is None else SimilarityPenalty(earlier, settings, TrainingRun(MEMBERS, portable))
        state = TrainingState.begin(new.parameters, 0.0 if penalty is None else penalty.start)
        setup = TrainingSetup(new.cell, KEYS, optimiser, None if penalty is None else penalty.term).finer(sub_steps)
        whole = len(RATES) * len(blocks)
        course = (np.ones(whole), np.ones(whole)) if penalty is None else penalty.course(whole)
        schedule = Schedule(np.tile(RATES, len(blocks)), *course)
        parts: list[Curves] = []
        for number, batches in enumerate(blocks):
            given = (setup, state, batches.finer(sub_steps), schedule[number * len(RATES) : (number + 1) * len(RATES)])
            parts.append(cuda.train(*given) if own else advance(portable, *given, penalty, in_turn, sub_steps))
        yield state, Curves(*(np.concatenate([getattr(part, name) for part in parts], 1) for name in vars(parts[0])))


def assert_agree(one: tuple[TrainingState, Curves], other: tuple[TrainingState, Curves]) -> None:
    for name, curve in vars(one[1]).items():
        assert np.allclose(curve, getattr(other[1], name), rtol=1e-4, atol=1e-6, equal_nan=True), name
    assert one[0].step == other[0].step
    assert np.array_equal(one[0].active, other[0].active) and np.array_equal(one[0].diverged_at, other[0].diverged_at)
    alive = one[0].active
    assert np.allclose(one[0].strength[alive], other[0].strength[alive], rtol=1e-12)
    assert np.allclose(one[0].smoothed[alive], other[0].smoothed[alive], rtol=1e-5, equal_nan=True)
    # Adam divides by the size of the gradient: a small one carries its rounding into a step of the common size.
    for a, b in zip(one[0].parameters, other[0].parameters, strict=True):
        assert np.allclose(a[alive], b[alive], rtol=0, atol=1e-3 * RATES[0])


@EVERY
@CELLS
def test_training_without_a_penalty_is_that_of_the_reference(path: str, kind: str) -> None:
    """In two calls whose trials differ in length: the state is carried from one to the other."""
    assert_agree(*train_both(path, network(1, kind), [trials(), trials(times=21, seed=1)], None, []))


PENALTIES = {
    "one earlier": (1, {}),
    "two earlier": (2, {}),
    "norm": (2, {"form": "norm"}),
    "all rates": (2, {"null_space": False}),
    "norm of all rates": (1, {"form": "norm", "null_space": False}),
    "stride": (1, {"stride": 3}),
    "stride beyond the trial": (1, {"stride": 20}),
    "common noise": (1, {"noise": "common"}),
    "own noise": (2, {"noise": "own"}),
    "auto rises": (1, {"strength": "auto", "tolerance": 100.0, "adaptation": 0.3}),
    "waits and rises": (1, {"begins": 0.2, "full": 0.7}),
    "p-norm": (2, {"combine": 4.0}),
    "auto falls to its floor": (
        1,
        {"strength": "auto", "tolerance": 1e-6, "adaptation": 0.3, "retreat": 2.0, "floor": 0.05},
    ),
    "the tolerance falls": (1, {"strength": "auto", "tolerance": 1e3, "final_tolerance": 1e-6, "adaptation": 0.3}),
    "auto falls": (1, {"strength": "auto", "tolerance": 1e-6, "adaptation": 0.3}),
}


@FAST
@pytest.mark.parametrize("case", PENALTIES)
def test_training_with_a_penalty_is_that_of_the_reference(path: str, case: str) -> None:
    count, changes = PENALTIES[case]
    settings = DeflationSettings(**{"strength": 2.0, "ridge": 1e-2} | changes)
    earlier = [network(5, units=9), network(6, units=9)][:count]
    found = list(train_both(path, network(1), [trials(), trials(times=16, seed=1)], settings, earlier))
    assert_agree(found[0], found[1])
    assert (found[1][1].penalty > 1e-3).all()


@EVERY
@CELLS
def test_muon_is_that_of_the_reference(path: str, kind: str) -> None:
    optimiser = Optimiser(CLIP, "muon", 0.99)
    assert_agree(*train_both(path, network(1, kind), [trials(), trials(seed=1)], None, [], optimiser))


@EVERY
def test_a_step_half_as_long_is_that_of_the_reference(path: str) -> None:
    settings = DeflationSettings(strength=2.0, ridge=1e-2, noise="own", stride=2)
    assert_agree(*train_both(path, network(1), [trials(), trials(seed=1)], settings, [network(5)], sub_steps=2))


@EVERY
def test_earlier_networks_may_be_of_any_kind(path: str) -> None:
    earlier = [network(5), network(6, "lstm", noise=0.0), network(7, "gru"), network(8, "gru")]
    settings = DeflationSettings(strength=2.0, ridge=1e-2, noise="own")
    assert_agree(*train_both(path, network(1, "gru"), [trials()], settings, earlier))


@EVERY
def test_a_member_that_diverges_is_frozen_and_harms_no_other(path: str) -> None:
    """One from NaN at once, one by a loss that explodes at the third step."""
    new, batches = network(1), trials()
    new.parameters.recurrent[0, 1, 1] = np.nan
    batches.targets[2, 2] = 1e4
    settings = DeflationSettings(strength="auto", tolerance=1.0)
    reference, found = train_both(path, new, [batches, trials(seed=1)], settings, [network(5)])
    assert found[0].diverged_at.tolist() == [0, -1, 2]
    assert_agree(reference, found)
    assert np.isnan(found[1].loss[2, 2:]).all() and np.isfinite(found[0].parameters.recurrent[2]).all()


@ON_CUDA
def test_steps_are_recorded_once_and_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    earlier = [network(5)]
    cuda, new = CudaEngine(), network(1)
    term = SimilarityPenalty(earlier, DeflationSettings(), TrainingRun(MEMBERS, cuda)).term
    setup, state = TrainingSetup(new.cell, KEYS, Optimiser(CLIP), term), TrainingState.begin(new.parameters, 0.3)
    for seed in range(2):
        cuda.train(setup, state, trials(seed=seed), Schedule.of(RATES))
    recorded = [training for _, training in cuda._trainings]
    assert len(recorded) == 1 and recorded[0].graph is not None and not capsys.readouterr().err
