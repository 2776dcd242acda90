"""Slow directions: their convention, and networks that share them or do not."""

import numpy as np
import pytest

from rnnatlas.similarity.slow_directions import linear_map, shared_slow_directions, slow_subspace, subspace_overlap

UNITS, STATES, MODES = 30, 12, 3


def system(seed: int, units: int = UNITS) -> tuple[np.ndarray, np.ndarray]:
    """States and Jacobians (row convention) of a random rate network."""
    draws = np.random.default_rng(seed)
    weights = 1.3 * draws.normal(size=(units, units)) / np.sqrt(units)
    states = draws.normal(size=(400, units))
    gain = 1.0 - np.tanh(states[:STATES]) ** 2
    return states, gain[:, :, None] * weights - np.eye(units)


def shared(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]):
    slow = [[slow_subspace(jacobian, MODES) for jacobian in network[1]] for network in (a, b)]
    return shared_slow_directions(*slow, linear_map(a[0], b[0]), np.random.default_rng(0))


def test_the_slow_direction_of_an_integrator_is_where_perturbations_stay() -> None:
    # dx/dt = −x + (x·u) v keeps perturbations along v, and weighs by u what enters.
    draws = np.random.default_rng(1)
    u, v = draws.normal(size=(2, 8))
    v /= u @ v
    direction = slow_subspace(np.outer(u, v) - np.eye(8), 1)
    assert direction.shape == (8, 1)
    assert abs(direction[:, 0] @ v) == pytest.approx(np.linalg.norm(v))
    assert abs(direction[:, 0] @ u) < 0.99 * np.linalg.norm(u)


def test_the_subspace_is_invariant_and_of_the_slowest_modes() -> None:
    jacobian = system(2)[1][0]
    basis = slow_subspace(jacobian, 6)
    assert np.allclose(basis.T @ basis, np.eye(basis.shape[1]))
    moved = basis.T @ jacobian  # rows of perturbations
    inside = moved @ basis
    assert np.allclose(moved, inside @ basis.T, atol=1e-9)
    real = np.sort(np.abs(np.linalg.eigvals(jacobian).real))
    assert np.allclose(np.sort(np.abs(np.linalg.eigvals(inside).real)), real[: basis.shape[1]])


def test_a_complex_pair_is_never_split() -> None:
    rotation = np.array([[0.0, 2.0], [-2.0, 0.0]])
    jacobian = np.zeros((4, 4))
    jacobian[:2, :2] = rotation - 0.1 * np.eye(2)
    jacobian[2:, 2:] = np.diag([-1.0, -0.5])
    for modes, wanted in ((1, 2), (2, 2), (3, 3)):
        basis = slow_subspace(jacobian, modes)
        assert basis.shape == (4, wanted)
        assert np.linalg.norm(basis[:2]) ** 2 == pytest.approx(2.0)


def test_a_rotated_copy_shares_all() -> None:
    states, jacobians = system(3)
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(UNITS, UNITS)))[0]
    found = shared((states @ turn, turn.T @ jacobians @ turn), (states, jacobians))
    assert found.overlap == pytest.approx(1.0, abs=1e-6)
    assert found.floor < 0.6 and found.chance < 0.2


def test_a_copy_in_any_coordinates_with_other_units_beside_it_shares_all() -> None:
    states, jacobians = system(3)
    mixing = np.random.default_rng(5).normal(size=(UNITS, UNITS))
    inverse = np.linalg.inv(mixing)
    found = shared((states @ mixing, inverse @ jacobians @ mixing), (states, jacobians))
    assert found.overlap == pytest.approx(1.0, abs=1e-6)


def test_unrelated_networks_share_no_more_than_chance() -> None:
    found = np.array([shared(system(6 + k), system(106 + k)) for k in range(8)])
    assert np.allclose(found[:, 0].mean(), found[:, 1].mean(), atol=0.03)
    assert np.allclose(found[:, 0].mean(), found[:, 2].mean(), atol=0.03)
    assert found[:, 2].mean() == pytest.approx(MODES / UNITS, rel=0.35)


def test_slow_directions_common_to_all_states_stand_out_from_chance_only() -> None:
    draws = np.random.default_rng(10)
    states = draws.normal(size=(400, UNITS))
    u, v = draws.normal(size=(2, UNITS))
    jacobian = np.outer(u, v) / (u @ v) - np.eye(UNITS)
    slow = [slow_subspace(jacobian, 1)] * STATES
    found = shared_slow_directions(slow, slow, linear_map(states, states), draws)
    assert found.overlap == pytest.approx(1.0) and found.floor == pytest.approx(1.0) and found.chance < 0.2


def test_a_direction_that_the_map_takes_to_nothing_is_not_shared() -> None:
    basis = np.eye(4)[:, :2]
    carried = np.diag([1.0, 0.0, 1.0, 1.0])
    assert subspace_overlap(basis, basis, np.eye(4)) == pytest.approx(1.0)
    assert subspace_overlap(basis, basis, carried) == pytest.approx(0.5)
    assert subspace_overlap(basis, basis, np.zeros((4, 4))) == 0.0


def test_the_linear_map_is_least_squares_about_the_means() -> None:
    draws = np.random.default_rng(11)
    x, y = draws.normal(size=(50, 4)) + 2.0, draws.normal(size=(50, 3)) - 1.0
    design = np.concatenate([x, np.ones((50, 1))], axis=1)
    assert np.allclose(linear_map(x, y, 0.0), np.linalg.lstsq(design, y)[0][:4])
