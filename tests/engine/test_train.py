"""Whole steps in the compiled engine against the same steps, one after the other, on the portable one."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from training_problem import PLAIN, SETS, problem

from rnnatlas.engine.optimisers import COEFFICIENTS, ITERATIONS, Optimiser
from rnnatlas.engine.steps import Curves, TrainingState
from rnnatlas.training.member import Member

EVERY = pytest.mark.parametrize("name", SETS)
KINDS = st.sampled_from(["rate", "gru", "lstm"])


@st.composite
def cases(draw: st.DrawFn, with_penalty: bool) -> dict[str, Any]:
    """Problems of awkward sizes. Where readouts are taken out, a null space is left: more units than outputs."""
    outputs = draw(st.integers(1, 17))
    null_space = with_penalty and draw(st.booleans())
    units = st.integers(outputs + 1 if null_space else 1, 40)
    kind = draw(KINDS)
    earlier = tuple(draw(st.lists(st.tuples(KINDS, units), min_size=1, max_size=2)) if with_penalty else ())
    gated = any(other != "rate" for other, _ in earlier)
    return {
        "kind": kind,
        "members": draw(st.integers(1, 3)),
        "trials": draw(st.integers(1, 70)),
        "times": draw(st.integers(1, 20)),
        "units": draw(units),
        "inputs": draw(st.integers(1, 3)),
        "outputs": outputs,
        "alpha": draw(st.sampled_from([0.1, 0.3, 1.0])),
        "noise": draw(st.sampled_from([0.0, 0.2])),
        "gain": draw(st.sampled_from([0.3, 0.9])),
        "lengths": draw(st.sampled_from(["full", "falling", "mixed"])),
        "readout": draw(st.sampled_from(["plain", "dependent", "zero"])),
        "earlier": earlier,
        "deflation": {
            "strength": draw(st.sampled_from([0.3, 3.0, "auto"])),
            "ridge": draw(st.sampled_from([1e-3, 1e-2, 1e-1])),
            "form": draw(st.sampled_from(["trace", "norm"])),
            "null_space": null_space,
            "stride": draw(st.integers(1, 3)),
            "noise": draw(st.sampled_from(["none", "common", "own"])),
            "tolerance": draw(st.sampled_from([0.02, 5.0])),
            "begins": draw(st.sampled_from([0.0, 0.5])),
            "full": draw(st.sampled_from([0.5, 1.0])),
            "retreat": draw(st.sampled_from([1.0, 3.0])),
            "combine": draw(st.sampled_from(["sum", 2.0, 4.0])),
        },
        "optimiser": draw(st.sampled_from(["adam", "muon"])),
        "beta2": draw(st.sampled_from([0.9, 0.999])),
        "sub_steps": draw(st.sampled_from([1, 2, 3])) if kind == "rate" and not gated else 1,
        "seed": draw(st.integers(0, 99)),
    }


ONE = {"members": 1, "trials": 1, "times": 1, "units": 1, "inputs": 1, "outputs": 1, "noise": 0.2}
WIDE = {"outputs": 17, "units": 3, "trials": 16, "lengths": "mixed"}
DEFLATED = {"earlier": (("lstm", 23), ("rate", 14)), "noise": 0.2}
OWN = {"ridge": 1e-2, "form": "norm", "noise": "own", "stride": 3, "strength": "auto", "full": 1.0, "combine": 4.0}


def compare(case: dict[str, Any], name: str) -> None:
    """Two steps, each from the reference's state before it: curves, moments (linear in the gradient and in its square),
    and the move of the parameters that these moments ask for."""
    trained, reference = problem(case), problem(case).begin()
    # Rounding of the Gram matrices is amplified by up to N / ridge.
    weak = trained.settings is not None and trained.settings.ridge < 1e-2
    tolerance = 1e-3 if weak else 1e-4
    for index in range(2):
        step = slice(index, index + 1)
        before = copy.deepcopy(reference)
        expected = trained.reference(reference, np.float64, step)
        single, found = copy.deepcopy(before), copy.deepcopy(before)
        trained.reference(single, np.float32, step)
        curves = trained.native(found, name, step)
        for key, curve in vars(expected).items():
            assert np.allclose(getattr(curves, key), curve, rtol=tolerance, atol=1e-6), key
        assert np.array_equal(found.active, reference.active) and found.step == reference.step == index + 1
        assert np.allclose(found.first_loss, reference.first_loss, rtol=1e-5)
        assert np.allclose(found.smoothed, reference.smoothed, rtol=tolerance, equal_nan=True)
        for one in (found, single):  # the portable engine in single precision is held to the same
            same_moments(one, reference, tolerance)
        moved(found, before, float(trained.rates[index]), trained.optimiser)


def same_moments(found: TrainingState, expected: TrainingState, tolerance: float) -> None:
    for moment, power in (("first", 1), ("second", 2)):
        whole = getattr(expected, moment).norm().max()
        for label, array in vars(getattr(expected, moment)).items():
            # A sum of numbers that cancel keeps the rounding of its terms: judge it by the whole gradient too.
            size = max(1e-2**power * whole, np.max(np.abs(array)))
            error = np.max(np.abs(getattr(getattr(found, moment), label) - array))
            assert error <= power * tolerance * size, (moment, label, error / size)


def moved(found: TrainingState, before: TrainingState, rate: float, optimiser: Optimiser) -> None:
    """x <- x - rate * m / (sqrt(v) + eps) with both moments free of their bias (Kingma & Ba 2015); Muon's recurrent matrices from
    their momentum, by the singular value decomposition."""
    states = zip(found.parameters, before.parameters, found.first, found.second, before.first, strict=True)
    for k, (value, old, first, second, earlier) in enumerate(states):
        if k == 0 and optimiser.kind == "muon":
            ahead = (first - 0.95 * earlier.astype(np.float64)) + 0.95 * first  # 0.05 g + 0.95 m
            blocks = np.split(ahead, value.shape[2] // value.shape[1], axis=2)
            move = rate * 0.2 * np.sqrt(value.shape[1]) * np.concatenate([orthogonal(part) for part in blocks], 2)
            slack = 1e-2 * rate
        else:
            m, v = first / (1 - 0.9**found.step), second.astype(np.float64) / (1 - optimiser.beta2**found.step)
            move, slack = rate * m / (np.sqrt(v) + 1e-8), 1e-5 * rate
        assert np.allclose(value, old - move, rtol=0, atol=slack + 2e-7 * np.max(np.abs(old)))


def orthogonal(matrices: np.ndarray) -> np.ndarray:
    u, s, v = np.linalg.svd(matrices)
    s = s / np.maximum(np.linalg.norm(s, axis=1, keepdims=True), 1e-30)
    for _ in range(ITERATIONS):
        s = COEFFICIENTS[0] * s + COEFFICIENTS[1] * s**3 + COEFFICIENTS[2] * s**5
    return u @ (s[:, :, None] * v)


@EVERY
@settings(max_examples=25, deadline=None, derandomize=True)
@given(case=cases(with_penalty=False))
@example(case=ONE)
@example(case=ONE | {"kind": "gru"})
@example(case=ONE | {"kind": "lstm", "times": 20})
@example(case=WIDE)
@example(case=WIDE | {"kind": "gru", "trials": 17, "times": 9})
@example(case={"optimiser": "muon", "units": 33, "sub_steps": 2, "noise": 0.2})
@example(case={"optimiser": "muon", "kind": "lstm"})
def test_a_step_is_that_of_the_portable_engine(name: str, case: dict[str, Any]) -> None:
    compare(case, name)


@EVERY
@settings(max_examples=40, deadline=None, derandomize=True)
@given(case=cases(with_penalty=True))
@example(case=DEFLATED)
@example(case=DEFLATED | {"deflation": OWN, "kind": "gru", "lengths": "mixed"})
@example(case=DEFLATED | {"deflation": OWN | {"noise": "common"}, "kind": "lstm", "readout": "dependent"})
@example(case=DEFLATED | {"deflation": {"stride": 3}, "times": 2, "lengths": "mixed"})
@example(case=ONE | {"earlier": (("gru", 5),), "deflation": {"null_space": False}})
@example(case=WIDE | {"units": 18, "earlier": (("rate", 40),), "deflation": {"ridge": 1e-2}, "readout": "zero"})
def test_a_step_with_a_penalty_is_that_of_the_portable_engine(name: str, case: dict[str, Any]) -> None:
    compare(case, name)


SEVERAL: dict[str, dict[str, Any]] = {
    "rate": {"alpha": 0.2, "noise": 0.1},
    "gru, mixed lengths": {"kind": "gru", "lengths": "mixed", "trials": 5},
    "lstm, one trial": {"kind": "lstm", "trials": 1, "lengths": "full"},
    "rate against lstm and gru": {"earlier": (("lstm", 9), ("gru", 20)), "deflation": OWN},
    "gru against rate": {"kind": "gru", "earlier": (("rate", 30),), "deflation": {"ridge": 1e-2, "stride": 2}},
    "muon at half the step": {
        "optimiser": "muon",
        "sub_steps": 2,
        "noise": 0.1,
        "beta2": 0.99,
        "earlier": (("rate", 9), ("rate", 20)),
        "deflation": OWN,
    },
    "gru by muon": {"kind": "gru", "optimiser": "muon"},
    "lstm against itself": {"kind": "lstm", "earlier": (("lstm", 14),), "deflation": {"ridge": 1e-2}},
}


@EVERY
@pytest.mark.parametrize("label", SEVERAL)
def test_six_steps_follow_the_portable_engine(name: str, label: str) -> None:
    """So small that Adam's division does not drive the two apart."""
    trained = replace(problem(SEVERAL[label], 6), rates=np.full(6, 1e-4))
    found, expected = trained.begin(), trained.begin()
    curves, wanted = trained.native(found, name), trained.reference(expected, np.float64)
    for key, curve in vars(wanted).items():
        assert np.allclose(getattr(curves, key), curve, rtol=1e-4, atol=1e-6), key
    same_moments(found, expected, 1e-3)
    for one, other in zip(found.parameters, expected.parameters, strict=True):
        assert np.max(np.abs(one - other)) <= 0.1 * 6e-4  # of the way that they may have gone
    moved = [np.max(np.abs(a - b)) for a, b in zip(found.parameters, trained.new.parameters, strict=True)]
    assert min(moved) > 1e-4


@EVERY
def test_an_adaptive_strength_follows_the_smoothed_loss(name: str) -> None:
    """L below its tolerance: λ rises by the factor 1.5; above: it falls; never beyond [1e-3, 1e2]."""
    case = {"members": 3, "trials": 4, "earlier": (("rate", 6),)}
    deflation: dict[str, Any] = {"strength": "auto", "adaptation": 0.5, "ridge": 1e-2}
    losses = train(case | {"deflation": deflation}, name).loss
    between = float(np.median(losses[:, :8]))
    directions = set()
    for tolerance in (1e-6, between, 1e6):
        curves = train(case | {"deflation": deflation | {"tolerance": tolerance}}, name)
        for loss, strength in zip(curves.loss.astype(np.float64), curves.strength, strict=True):
            value, mean = 0.1, loss[0]
            for step, one in enumerate(loss):
                mean = one if step == 0 else 0.95 * mean + 0.05 * one
                directions.add(bool(mean <= tolerance))
                value = float(np.clip(value * 1.5 if mean <= tolerance else value / 1.5, 1e-3, 1e2))
                assert strength[step] == pytest.approx(value, rel=1e-6)
        assert tolerance != 1e-6 or (curves.strength[:, -1] == np.float32(1e-3)).all()
        assert tolerance != 1e6 or (curves.strength[:, -1] == 100).all()
    assert directions == {True, False}


def train(case: dict[str, Any], name: str) -> Curves:
    trained = problem(case, 20)
    return trained.native(trained.begin(), name)


@EVERY
def test_each_member_has_its_own_noise_and_each_step_another(name: str) -> None:
    """One network, one set of trials: all that differs between members and between steps is noise."""
    trained = problem({"members": 2, "noise": 0.3, "lengths": "full"}, 3)
    parameters = trained.new.parameters[[0, 0]]
    arrays = (np.broadcast_to(array[:1, :1], array.shape) for array in vars(trained.batches).values())
    same = replace(
        trained,
        new=trained.new.with_parameters(parameters),
        batches=type(trained.batches)(*(np.ascontiguousarray(array) for array in arrays)),
        rates=np.zeros(3),
    )
    losses = same.native(same.begin(), name).loss
    assert len(np.unique(losses)) == 6
    assert same.members == [Member(("problem",), 0), Member(("problem",), 1)]
    quiet = replace(same, new=replace(same.new, cell=replace(same.new.cell, noise=0.0)))
    assert len(np.unique(quiet.native(quiet.begin(), name).loss)) == 1


def test_the_plain_problem_has_ragged_trials_and_no_multiple_of_a_tile() -> None:
    """What the cases above take for granted."""
    trained = problem({})
    assert PLAIN["trials"] % 16 and len(np.unique(trained.batches.length)) > 5
    assert (np.diff(trained.batches.length, axis=-1) <= 0).all()
    mixed = problem({"lengths": "mixed"}).batches.length
    assert (np.diff(mixed, axis=-1) > 0).any() and (mixed == 0).any()
