from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq, root

from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.newton import minimise_speed

ROOT = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
BISTABLE = RateField(2.0 * np.eye(2), np.zeros(2), 0.2)  # two units on their own: nine fixed points, {-a, 0, a}^2


def random_field(seed: int, units: int = 12) -> RateField:
    rng = np.random.default_rng(seed)
    return RateField(1.8 * rng.normal(size=(units, units)) / np.sqrt(units), 0.2 * rng.normal(size=units), 0.2)


def test_every_start_of_two_bistable_units_ends_at_one_of_the_nine_known_points() -> None:
    grid = np.linspace(-2.5, 2.5, 12)
    starts = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    found = minimise_speed(BISTABLE, starts)
    assert np.all(found.q <= 1e-20)
    nearest = np.abs(found.state[:, :, None] - [-ROOT, 0.0, ROOT]).min(-1)
    assert nearest.max() < 1e-9
    assert len(np.unique(np.round(found.state, 6) + 0.0, axis=0)) == 9


def scipy_roots(f: RateField, starts: np.ndarray) -> np.ndarray:
    solved = [root(f.flow, x, jac=lambda x: f.jacobian(x).T, tol=1e-12) for x in starts]
    return np.array([s.x for s in solved if s.success and np.linalg.norm(f.flow(s.x)) < 1e-9])


@pytest.mark.parametrize("seed", [1, 2, 4])  # of seeds 0 to 5, those whose speed has no minimum but the roots
def test_every_root_that_scipy_finds_from_the_same_starts_is_found(seed: int) -> None:
    f = random_field(seed)
    starts = np.random.default_rng(seed + 10).normal(size=(60, 12))
    found = minimise_speed(f, starts)
    assert np.all(found.q <= 1e-20)
    for x in scipy_roots(f, starts):
        assert np.min(np.linalg.norm(found.state - x, axis=1)) < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_a_start_near_a_root_of_scipys_ends_there(seed: int) -> None:
    f, rng = random_field(seed), np.random.default_rng(seed + 10)
    roots = scipy_roots(f, rng.normal(size=(60, 12)))
    found = minimise_speed(f, roots + 0.01 * rng.normal(size=roots.shape))
    assert np.all(found.q <= 1e-20) and np.allclose(found.state, roots, atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_start_that_ends_elsewhere_sits_at_a_minimum_of_the_speed(seed: int) -> None:
    f = random_field(seed)
    found = minimise_speed(f, np.random.default_rng(seed + 10).normal(size=(60, 12)))
    for x in found.state[found.q > 1e-20]:
        slope = f.jacobian(x) @ f.flow(x)
        moves = 1e-3 * np.random.default_rng(0).normal(size=(50, 12))
        assert np.linalg.norm(slope) < 1e-6
        assert np.all(np.sum(f.flow(x + moves) ** 2, axis=1) > np.sum(f.flow(x) ** 2))


def test_q_is_half_the_squared_speed_and_never_grows() -> None:
    f = random_field(5)
    starts = np.random.default_rng(6).normal(size=(40, 12))
    before = 0.5 * np.sum(f.flow(starts) ** 2, axis=1)
    for iterations in (1, 5, 50):
        found = minimise_speed(f, starts, iterations=iterations)
        assert np.allclose(found.q, 0.5 * np.sum(f.flow(found.state) ** 2, axis=1), rtol=1e-12, atol=0)
        assert np.all(found.q <= before)
        before = found.q


def test_the_last_steps_converge_quadratically() -> None:
    starts = np.array([[2.5, -2.5]])
    speeds = [np.sqrt(2 * minimise_speed(BISTABLE, starts, 1e-30, iterations=n).q[0]) for n in range(1, 12)]
    late = [(a, b) for a, b in pairwise(speeds) if 1e-12 < b < a < 1e-2]
    assert late and all(np.log(b) < 1.7 * np.log(a) for a, b in late)


def test_a_singular_jacobian_does_not_stop_the_search() -> None:
    """x = tanh x has a triple root at 0, where the Jacobian vanishes."""
    found = minimise_speed(RateField(np.eye(1), np.zeros(1), 0.2), np.array([[0.5], [-1.0], [2.0]]), tolerance=1e-20)
    assert np.all(found.q <= 1e-20) and np.all(np.abs(found.state) < 3e-3)


def test_past_a_fold_the_ghost_of_the_lost_roots_is_found() -> None:
    """x = 1.2 tanh x + h: past the fold the speed keeps a minimum where its slope vanishes, at 1.2 (1 - tanh^2 x) = 1."""
    fold = np.arctanh(np.sqrt(1 - 1 / 1.2))
    drive = fold - 1.2 * np.tanh(fold) - 0.01  # F(fold) = -0.01
    found = minimise_speed(RateField(np.array([[1.2]]), np.array([drive]), 0.2), np.array([[fold + 0.4]]))
    assert found.state[0, 0] == pytest.approx(fold, abs=1e-5)
    assert np.sqrt(2 * found.q[0]) == pytest.approx(0.01, rel=1e-6)


def test_the_slow_state_is_the_first_iterate_that_is_slow_enough() -> None:
    f = random_field(7)
    starts = 0.5 * np.random.default_rng(8).normal(size=(30, 12))
    limit = 0.3
    found = minimise_speed(f, starts, slow_speed=limit)
    iterates = np.stack([starts, *(minimise_speed(f, starts, iterations=n).state for n in range(1, 15))])
    slow = np.linalg.norm(f.flow(iterates), axis=-1) <= limit
    for k in range(30):
        if slow[:, k].any():
            assert np.allclose(found.slow_state[k], iterates[np.argmax(slow[:, k]), k], atol=1e-12), k
    assert np.isnan(minimise_speed(f, starts, slow_speed=0.0, iterations=3).slow_state).all()


def test_a_starts_end_does_not_depend_on_the_other_starts() -> None:
    f = random_field(9)
    starts = np.random.default_rng(10).normal(size=(20, 12))
    whole, alone = minimise_speed(f, starts), minimise_speed(f, starts[[7]])
    assert np.allclose(whole.state[7], alone.state[0], atol=1e-9)


@pytest.mark.parametrize("shear", [100.0, 1000.0])
def test_a_jacobian_that_is_singular_in_rounding_does_not_end_the_search_of_all_starts(shear: float) -> None:
    """x = tanh x, sheared and turned: at the root A is nilpotent, and what keeps A Aᵀ + μ regular must exceed its rounding."""
    rng = np.random.default_rng(4)
    turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    j = turn @ (np.eye(4) + shear * np.triu(rng.normal(size=(4, 4)), 1) / 2) @ turn.T
    f, starts = RateField(j, np.zeros(4), 0.2), 0.3 * rng.normal(size=(60, 4))
    found = minimise_speed(f, starts)
    before = 0.5 * np.sum(f.flow(starts) ** 2, axis=1)
    assert np.all(np.isfinite(found.state)) and np.all(found.q <= before) and np.median(found.q / before) < 1e-6


def test_a_start_that_is_not_finite_stays_and_leaves_the_others_alone() -> None:
    f = random_field(5)
    starts = np.random.default_rng(6).normal(size=(5, 12))
    clean = minimise_speed(f, starts)
    starts[1, 3] = np.nan
    found = minimise_speed(f, starts)
    assert np.isnan(found.q[1]) and np.array_equal(found.state[1], starts[1], equal_nan=True)
    assert np.allclose(np.delete(found.state, 1, 0), np.delete(clean.state, 1, 0), atol=1e-6)
