"""Fixed points of GRUs and LSTMs: known ones, those of a constructed memory, and what another root finder finds from the same starts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, root
from scipy.spatial import KDTree
from scipy.special import expit

from rnnatlas.artifacts.dynamics_schemas import FIXED_POINTS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.between import roots_between
from rnnatlas.dynamics.blocks import MEMORY, blocks
from rnnatlas.dynamics.census import fixed_point_census, write_census
from rnnatlas.dynamics.descent import descend
from rnnatlas.dynamics.fixed_points import find_fixed_points, search_fixed_points
from rnnatlas.dynamics.gated_field import GatedField
from rnnatlas.dynamics.motion import Field, motion_of, reachable, readout, state_width
from rnnatlas.dynamics.newton import minimise_speed
from rnnatlas.dynamics.saddles import saddle_branches
from rnnatlas.dynamics.stability import spectra, spectrum
from rnnatlas.dynamics.visited import VisitedStates
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.flip_flop import FlipFlop, Settings

GATED = ("gru", "lstm")
ROOTS = FixedPointSettings(slow=1e-12)  # no slow points
LATCH = 3.0  # n = tanh(LATCH h): h = n at a fixed point, so that h = tanh(LATCH h)
CORNER = brentq(lambda h: np.tanh(LATCH * h) - h, 0.1, 2.0)


def network(kind: str, recurrent: np.ndarray, bias: np.ndarray) -> Ensemble:
    """One network of two inputs that do nothing."""
    units = len(recurrent)
    shapes = ((2, GATES[kind] * units), (units, 3), (3,))
    rest = [np.zeros((1, *shapes[0])), np.ones((1, *shapes[1])), np.full((1, *shapes[2]), 0.5)]
    given = (recurrent[None], rest[0], bias[None], rest[1], rest[2])
    return Ensemble(Parameters(*(a.astype(np.float32) for a in given)), Cell(0.2, 0.0, kind))


def latch(units: int = 2) -> Ensemble:
    """A GRU of independent bistable units: gates r = 1 − 6e-9 and z = 1/2 whatever the state, candidate n = tanh(r · LATCH · h)."""
    recurrent = np.concatenate([np.zeros((units, 2 * units)), LATCH * np.eye(units)], axis=1)
    return network("gru", recurrent, np.repeat([19.0, 0.0, 0.0, 0.0], units))


def coupled(kind: str, units: int = 3) -> Ensemble:
    """Bistable units that act on each other's gates a little."""
    gates, rng = GATES[kind], np.random.default_rng(1)
    recurrent = 0.3 * rng.normal(size=(units, gates, units))
    recurrent[:, 2] += LATCH * np.eye(units)
    bias = np.repeat([19.0, 0.0, 0.0, 0.0] if kind == "gru" else [0.0, 0.0, 0.0, 4.0], units)
    return network(kind, recurrent.reshape(units, -1), bias)


def states(units: int, count: int = 60, reach: float = 1.5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-reach, reach, (count, units))


@pytest.mark.parametrize("kind", GATED)
def test_without_recurrent_weights_there_is_one_fixed_point_that_is_known_with_its_spectrum(kind: str) -> None:
    units = 4
    bias = np.random.default_rng(1).normal(size=(BIASES[kind], units)).astype(np.float32).astype(np.float64)
    e = network(kind, np.zeros((units, GATES[kind] * units)), bias.reshape(-1))
    if kind == "gru":
        r, z, b_in, b_hn = expit(bias[0]), expit(bias[1]), bias[2], bias[3]
        expected, multipliers = np.tanh(b_in + r * b_hn), z
    else:
        i, f, g, o = expit(bias[0]), expit(bias[1]), np.tanh(bias[2]), expit(bias[3])
        c = i * g / (1 - f)
        expected, multipliers = np.concatenate([o * np.tanh(c), c]), np.concatenate([f, np.zeros(units)])
    found = find_fixed_points(e, np.zeros(2), states(len(expected)), ROOTS)
    assert len(found) == 1 and found.fixed.all() and found.converged == 1.0 and found.spectrum.stable.all()
    np.testing.assert_allclose(found.state[0], expected, atol=1e-9)
    # A step is one unit of time, whatever the alpha that the file of a gated network has.
    np.testing.assert_allclose(1.0 + found.spectrum.eigenvalues[0], np.sort(multipliers)[::-1], atol=1e-7)


def test_a_gru_of_two_bistable_units_has_nine_fixed_points_with_their_saddles() -> None:
    e = latch()
    found = find_fixed_points(e, np.zeros(2), states(2), ROOTS)
    signs = np.round(found.state / CORNER)
    assert len(found) == 9 and found.fixed.all() and len(np.unique(signs, axis=0)) == 9
    np.testing.assert_allclose(found.state, signs * CORNER, atol=1e-7)
    assert np.array_equal(found.spectrum.unstable, (signs == 0).sum(1))
    assert np.array_equal(found.spectrum.stable, np.all(signs != 0, axis=1))
    multiplier = 0.5 + 0.5 * LATCH * (1 - np.tanh(LATCH * found.state) ** 2)  # of each unit: z + (1 − z) dn/dh
    np.testing.assert_allclose(1 + found.spectrum.eigenvalues, -np.sort(-multiplier, axis=1), atol=1e-6)


def test_saddles_are_found_between_the_corners_and_lead_to_them() -> None:
    field = GatedField.of(latch(), 0, np.zeros(2))
    corners = CORNER * np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    found = roots_between(field, corners, 1e-3, rounds=4, most=64)
    assert len(found) == 9
    saddle = found[np.argmin(np.linalg.norm(found - [0.0, CORNER], axis=1))]
    spread = float(np.linalg.norm(corners[0]))
    ends = saddle_branches(field, saddle, spectra(field, saddle[None]).left[0, 0], spread, steps=300)
    assert {tuple(np.round(end / CORNER, 5)) for end in ends} == {(1.0, 1.0), (-1.0, 1.0)}


@pytest.mark.parametrize("kind", GATED)
def test_the_jacobian_is_that_of_central_differences(kind: str) -> None:
    field = GatedField.of(initialise([0], 7, 2, 1, 2.0, Cell(1.0, 0.0, kind), (3,)), 0, np.array([0.4, -0.9]))
    x, tiny = states(field.width, 5), 1e-6
    off = tiny * np.eye(field.width)
    slope = (field.flow(x[:, None] + off) - field.flow(x[:, None] - off)) / (2 * tiny)
    np.testing.assert_allclose(field.jacobian(x), slope, atol=1e-8)
    np.testing.assert_allclose(field.jacobian(x[0]), slope[0], atol=1e-8)


@pytest.mark.parametrize("kind", GATED)
def test_roots_that_scipy_finds_from_the_same_starts_are_found(kind: str) -> None:
    e = coupled(kind)
    field, starts = motion_of(e, 0, np.zeros(2)), states(state_width(e), 80, 1.2)
    theirs = [root(field.flow, x, jac=lambda y: field.jacobian(y).T, tol=1e-13).x for x in starts]
    theirs = np.array([x for x in theirs if np.linalg.norm(field.flow(x)) < 1e-10 and reachable(field, x)])
    assert len(np.unique(np.round(theirs, 5), axis=0)) >= 9
    found = find_fixed_points(e, np.zeros(2), starts, ROOTS)
    assert found.fixed.all() and KDTree(found.state).query(theirs)[0].max() < 1e-6
    for x in found.state:  # scipy stays at each of ours
        assert np.linalg.norm(root(field.flow, x, jac=lambda y: field.jacobian(y).T).x - x) < 1e-6


def test_what_a_gru_keeps_in_rounding_alone_is_no_fixed_point() -> None:
    """z = expit(10 h): far out the state stays whatever it is, since 1 − z is lost in rounding; h = n = 0 is the only root."""
    recurrent = np.zeros((1, 3))
    recurrent[0, 1] = 10.0
    field = GatedField.of(network("gru", recurrent, np.zeros(4)), 0, np.zeros(2))
    far = np.array([[4.0], [0.1]])
    assert 0.5 * np.sum(field.flow(far) ** 2, axis=1)[0] < 1e-20
    assert np.array_equal(field.reachable(far), [False, True])
    found = search_fixed_points(field, VisitedStates(far, 1.0), ROOTS, 20.0, np.random.default_rng(0))
    assert found.converged == 0.5 and len(found) == 1 and abs(found.state[0, 0]) < 1e-9


@pytest.mark.parametrize("kind", GATED)
def test_stable_means_that_the_network_comes_back(kind: str) -> None:
    judged, rng = [], np.random.default_rng(0)
    for seed in range(3):
        e = coupled(kind, seed + 1)
        field, width = motion_of(e, 0, np.zeros(2)), state_width(e)
        found = find_fixed_points(e, np.zeros(2), states(width, 40, 1.0), ROOTS)
        for x, stable in zip(found.state, found.spectrum.stable, strict=True):
            y = x + 1e-5 * rng.normal(size=(5, width))
            for _ in range(1000):
                y = field.step(y)
            assert (np.linalg.norm(y - x, axis=1).max() < 1e-6) == stable
            judged.append(bool(stable))
    assert 0 < sum(judged) < len(judged)


@pytest.mark.parametrize("kind", GATED)
def test_the_census_of_gated_cells_does_not_depend_on_threads_and_holds_whole_states(kind: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    e = initialise([0, 1], 6, 2, 2, 3.0, Cell(0.2, 0.0, kind), (1,))
    task = FlipFlop(Settings(bits=2, duration=400.0))
    trials = task.trials(8, seed=0)
    one, three = (fixed_point_census(e, task, trials, FixedPointSettings(starts=20), 0, n) for n in (1, 3))
    assert all(np.array_equal(one[key], three[key]) for key in one)
    write_census(tmp_path / "fixed_points.h5", one, task, {})
    table = read_artifact(tmp_path / "fixed_points.h5", FIXED_POINTS).data
    assert table["state"].shape[1] == (12 if kind == "lstm" else 6) and table["fixed"].any()
    for k in range(2):
        mine = (table["member"] == k) & table["fixed"]
        motion = motion_of(e, k, np.zeros(2))
        np.testing.assert_allclose(motion.step(table["state"][mine]), table["state"][mine], atol=1e-9)
        np.testing.assert_allclose(readout(e, k, table["state"][mine]), table["output"][mine], atol=1e-9)


def test_the_slow_criterion_counts_steps_of_a_gated_cell() -> None:
    """A unit that forgets in some 10,000 steps: its flow at 1 is 1e-4, slow for a trial of 20 steps, not for one of 20,000."""
    e = network("gru", np.zeros((1, 3)), np.array([0.0, 9.2, 0.0, 0.0]))
    task = FlipFlop(Settings(bits=2, duration=400.0))
    starts = np.linspace(-1.0, 1.0, 21)[:, None]
    slow = [~find_fixed_points(e, np.zeros(2), starts, FixedPointSettings(iterations=1), n).fixed for n in (20.0, 2e5)]
    assert slow[0].sum() > slow[1].sum()
    assert task.trials(2, 0).length.max() == 20


@pytest.mark.parametrize("kind", GATED)
def test_the_search_in_numpy_is_taken_and_goes_part_by_part(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field = motion_of(initialise([0], 6, 2, 1, 3.0, Cell(1.0, 0.0, kind), (2,)), 0, np.zeros(2))
    assert isinstance(field, Field)
    starts = states(12 if kind == "lstm" else 6, 23)
    whole = descend(field, starts, slow_speed=0.1, threads=3)
    assert all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(whole, minimise_speed(field, starts, slow_speed=0.1), strict=True)
    )
    at_once = spectrum(field.jacobian(starts), field.alpha)
    monkeypatch.setattr("rnnatlas.dynamics.blocks.MEMORY", 8.0 * 100 * starts.shape[1] ** 2)
    parts = minimise_speed(field, starts, slow_speed=0.1)
    np.testing.assert_allclose(parts.state, whole.state, atol=1e-6)
    assert all(np.array_equal(a, b) for a, b in zip(at_once, spectra(field, starts), strict=True))


@pytest.mark.parametrize(
    ("count", "width", "matrices"), [(512, 192, 10), (1000, 192, 16), (3, 4, 10), (0, 7, 10), (2, 9000, 10)]
)
def test_parts_cover_all_states_once_within_the_memory(count: int, width: int, matrices: int) -> None:
    parts = blocks(count, width, matrices)
    covered = [k for part in parts for k in range(count)[part]]
    assert covered == list(range(count)) and len(parts) >= 1
    largest = max(len(range(count)[part]) for part in parts)
    assert largest * 8 * matrices * width**2 <= MEMORY or largest == 1
