"""What must not change a bit of a training in the compiled engine: threads, company, the cut into calls, padding, a member
that diverges."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from training_problem import SETS, Problem, join, problem, same_bits, same_curves

from rnnatlas.engine.steps import Batches, Curves, TrainingState

EVERY = pytest.mark.parametrize("name", SETS)
AUTO = {"strength": "auto", "noise": "own", "stride": 2}
CASES: dict[str, dict[str, Any]] = {
    "rate": {"trials": 90, "units": 19, "lengths": "mixed"},
    "gru": {"kind": "gru", "trials": 33, "times": 19},
    "lstm": {"kind": "lstm", "trials": 5},
    "rate with a penalty": {"trials": 67, "earlier": (("rate", 14), ("gru", 11)), "deflation": AUTO},
    "lstm with a penalty": {"kind": "lstm", "earlier": (("rate", 20),), "deflation": {"form": "norm"}},
}
EACH = pytest.mark.parametrize("label", CASES)
STEPS = 5


def case(label: str, members: int = 3) -> Problem:
    return problem(CASES[label] | {"members": members, "noise": 0.1}, STEPS)


def train(trained: Problem, name: str, threads: int = 1) -> tuple[TrainingState, Curves]:
    state = trained.begin()
    return state, trained.native(state, name, threads=threads)


def equal(one: tuple[TrainingState, Curves], other: tuple[TrainingState, Curves], *pairs: tuple[int, int]) -> bool:
    """Member i of the one is member j of the other, in all that a training leaves behind."""
    return same_bits(one[0], other[0], list(pairs)) and same_curves(one[1], other[1], list(pairs))


@EVERY
@EACH
def test_threads(name: str, label: str) -> None:
    """More than members as well: then they share the trials of one."""
    for members in (1, 3):
        one = train(case(label, members), name)
        assert one[0].active.all()
        for threads in (2, 3, 5):
            assert equal(one, train(case(label, members), name, threads), *((k, k) for k in range(members))), threads


@EVERY
@EACH
def test_company(name: str, label: str) -> None:
    """Alone, and in another order. Streams go by the member's number, which stays."""
    trained = case(label)
    whole = train(trained, name)
    for chosen in ([1], [2, 0]):
        assert equal(whole, train(of(trained, chosen), name), *((k, j) for j, k in enumerate(chosen))), chosen
    assert not equal(whole, whole, (0, 1))


def of(trained: Problem, chosen: list[int]) -> Problem:
    """Some members of a problem, under their own numbers."""
    batches = Batches(*(array[:, chosen] for array in vars(trained.batches).values()))
    numbers = tuple(trained.numbers[k] for k in chosen)
    earlier = tuple(network[chosen] for network in trained.earlier)
    return replace(trained, new=trained.new[chosen], batches=batches, earlier=earlier, chosen=numbers)


@EVERY
@EACH
def test_one_call_or_many(name: str, label: str) -> None:
    trained = case(label)
    whole = train(trained, name)
    for cuts in ([1, 2, 3, 4], [2], [3, 4]):
        state, bounds = trained.begin(), [0, *cuts, STEPS]
        parts = [trained.native(state, name, slice(*bound)) for bound in pairwise(bounds)]
        assert equal(whole, (state, join(parts)), *((k, k) for k in range(3))), cuts


@EVERY
@EACH
@pytest.mark.parametrize("more", [1, 9])
def test_padding(name: str, label: str, more: int) -> None:
    trained = case(label)
    inputs, targets, weight = (
        np.pad(array, [(0, 0)] * 3 + [(0, more), (0, 0)])
        for array in (trained.batches.inputs, trained.batches.targets, trained.batches.weight)
    )
    for array in (inputs, targets):
        array[:, :, :, -more:] = 7.0  # a loss that reads it is another
    padded = replace(trained, batches=Batches(inputs, targets, weight, trained.batches.length))
    assert equal(train(trained, name), train(padded, name), (0, 0), (1, 1), (2, 2))


def broken_weights(trained: Problem) -> None:
    trained.new.parameters.recurrent[1, 2, 3] = np.nan


def infinite_readout(trained: Problem) -> None:
    trained.new.parameters.readout[1, 0, 0] = np.inf


def broken_inputs(trained: Problem) -> None:
    trained.batches.inputs[2:, 1] = np.nan


def infinite_inputs(trained: Problem) -> None:
    """In a step that only the longest trial reaches."""
    trained.batches.inputs[2, 1, 0, -1] = np.inf


def broken_target(trained: Problem) -> None:
    trained.batches.targets[2:, 1, 0, 0] = np.nan


def exploding_loss(trained: Problem) -> None:
    trained.batches.targets[2:, 1, 0, 0] = 1e5  # finite, but beyond 1e4 times the first loss


def infinite_loss(trained: Problem) -> None:
    trained.batches.targets[2:, 1, 0, 0] = 1e30


def broken_reference(trained: Problem) -> None:
    trained.earlier[-1].parameters.bias[1, 0] = np.nan


SPOILT: list[tuple[Callable[[Problem], None], int]] = [
    (broken_weights, 0), (infinite_readout, 0), (broken_inputs, 2), (infinite_inputs, 2), (broken_target, 2),
    (exploding_loss, 2), (infinite_loss, 2),
]  # fmt: skip


@EVERY
@EACH
@pytest.mark.parametrize(("spoil", "when"), SPOILT, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("threads", [1, 2])
def test_a_member_that_diverges(
    name: str, label: str, spoil: Callable[[Problem], None], when: int, threads: int
) -> None:
    """It is marked with its step and left as it was; the others, whichever worker takes them after it, do not notice."""
    diverges(name, label, spoil, when, threads)


@EVERY
@pytest.mark.parametrize("label", [label for label in CASES if "penalty" in label])
def test_a_member_whose_earlier_solution_is_broken(name: str, label: str) -> None:
    diverges(name, label, broken_reference, 0, 1)


def diverges(name: str, label: str, spoil: Callable[[Problem], None], when: int, threads: int) -> None:
    trained, spoilt = case(label), case(label)
    spoil(spoilt)
    clean, state = train(trained, name, threads), spoilt.begin()
    curves = join([spoilt.native(state, name, step, threads) for step in (slice(0, 1), slice(1, STEPS))])
    assert state.diverged_at.tolist() == [-1, when, -1] and state.active.tolist() == [True, False, True]
    assert equal(clean, (state, curves), (0, 0), (2, 2))
    for curve in vars(curves).values():
        assert np.isnan(curve[1, when:]).all() and np.isfinite(curve[1, :when]).all()
    before = spoilt.begin()
    spoilt.native(before, name, slice(0, when))
    for field in ("parameters", "first", "second"):
        for one, other in zip(getattr(before, field), getattr(state, field), strict=True):
            assert np.array_equal(one[1], other[1], equal_nan=True), field
            assert when == 0 or np.isfinite(other[1]).all(), field
    further = replace(spoilt, batches=trained.batches)
    spoilt_again = further.native(state, name)  # it stays frozen, and keeps its mark
    assert np.isnan(spoilt_again.loss[1]).all() and np.isfinite(spoilt_again.loss[[0, 2]]).all()
    assert state.diverged_at.tolist() == [-1, when, -1] and state.step == 2 * STEPS


@EVERY
@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_a_gradient_that_is_not_finite_moves_no_weight(name: str, kind: str) -> None:
    """A silent network (y = b_out, a finite loss) whose gradient overflows on its way through the readout."""
    trained = problem({"kind": kind, "lengths": "full"}, 1)
    parameters = trained.new.parameters
    parameters.input[1], parameters.bias[1], parameters.readout[1] = 0.0, 0.0, 3e38
    trained.batches.targets[:, 1] = 100.0
    clean, (state, curves) = train(problem({"kind": kind, "lengths": "full"}, 1), name), train(trained, name)
    assert state.diverged_at.tolist() == [-1, 0] and np.isnan(curves.loss[1]).all()
    assert equal(clean, (state, curves), (0, 0))
    for one, other in zip(state.parameters, parameters, strict=True):
        assert np.array_equal(one[1], other[1])


def test_the_cases_differ() -> None:
    """Guards the comparisons above: members, steps and problems are not alike by accident."""
    trained = case("rate")
    assert not np.array_equal(trained.new.parameters.recurrent[0], trained.new.parameters.recurrent[1])
    assert not same_bits(train(trained, SETS[0])[0], trained.begin(), [(0, 0)])
