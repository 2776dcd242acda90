"""Exponents of maps whose exponents are known."""

from dataclasses import dataclass

import numpy as np
import pytest

from rnnatlas.dynamics.exponents import lyapunov_exponents, point_exponent
from rnnatlas.dynamics.motion import RateMotion


@dataclass(frozen=True)
class Linear:
    """``x → x (I + αA)``."""

    a: np.ndarray
    alpha: float = 0.2

    def flow(self, x: np.ndarray) -> np.ndarray:
        return x @ self.a

    def step(self, x: np.ndarray) -> np.ndarray:
        return x + self.alpha * self.flow(x)

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        return np.broadcast_to(self.a, (*x.shape[:-1], *self.a.shape))

    def push(self, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.step(x), self.step(v)


@dataclass(frozen=True)
class Henon:
    """``(x, y) → (1 − 1.4 x² + y, 0.3 x)``."""

    alpha: float = 1.0

    def step(self, x: np.ndarray) -> np.ndarray:
        return np.stack([1 - 1.4 * x[..., 0] ** 2 + x[..., 1], 0.3 * x[..., 0]], axis=-1)

    def flow(self, x: np.ndarray) -> np.ndarray:
        return self.step(x) - x

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        a = np.zeros((*x.shape[:-1], 2, 2))
        a[..., 0, 0], a[..., 0, 1], a[..., 1, 0] = -2.8 * x[..., 0], 0.3, 1.0
        return a - np.eye(2)

    def push(self, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.step(x), v + v @ self.jacobian(x)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def chaotic_network() -> RateMotion:
    """A random network with g = 2; of a hundred units, about every second one is chaotic, and this one is."""
    return RateMotion(np.random.default_rng(3).normal(size=(100, 100)) * 2.0 / np.sqrt(100), np.zeros(100), 0.2)


def oscillator(a: float = 1.6, b: float = 1.2) -> RateMotion:
    return RateMotion(np.array([[a, b], [-b, a]]), np.zeros(2), 0.1)


def test_the_exponents_of_a_linear_map_are_the_logarithms_of_its_multipliers() -> None:
    basis = rng().normal(size=(4, 4))
    values = np.array([0.1, -0.3, -0.9, -2.0])
    motion = Linear(np.linalg.inv(basis) @ np.diag(values) @ basis)
    found = lyapunov_exponents(motion, np.zeros((3, 4)), 2000, rng(), leading=4, settle=2000)
    expected = np.log(np.abs(1 + 0.2 * values)) / 0.2
    assert np.allclose(found.value, expected, atol=1e-9) and np.all(found.error < 1e-9)
    assert point_exponent(motion, np.zeros(4)) == pytest.approx(expected[0])


def test_a_complex_pair_has_one_exponent_twice() -> None:
    motion = Linear(np.array([[-0.5, 2.0], [-2.0, -0.5]]))
    found = lyapunov_exponents(motion, np.zeros((1, 2)), 1000, rng(), leading=2, settle=100)
    assert np.allclose(found.value, np.log(abs(1 + 0.2 * (-0.5 + 2j))) / 0.2)


def test_henons_exponents_are_those_of_the_literature_and_sum_to_the_contraction() -> None:
    found = lyapunov_exponents(
        Henon(), np.full((8, 2), 0.1) + 0.01 * np.arange(8)[:, None], 8000, rng(), 2, 100, every=5
    )
    mean, error = found.value[:, 0].mean(), np.sqrt(np.mean(found.error[:, 0] ** 2) / 8)
    assert abs(mean - 0.41922) < 4 * error + 5e-5 and 0 < error < 2e-3
    assert np.allclose(found.value.sum(1), np.log(0.3), atol=1e-9)


def test_the_standard_error_is_the_scatter_between_runs() -> None:
    starts = 0.2 * rng().normal(size=(60, 2)) * [1.0, 0.3]
    found = lyapunov_exponents(Henon(), starts, 2000, rng(), 1, 100)
    scatter = found.value[:, 0].std(ddof=1)
    assert scatter / 1.5 < np.sqrt(np.mean(found.error**2)) < scatter * 1.5


def test_a_limit_cycle_has_exponent_zero_and_contracts_across() -> None:
    motion = oscillator()
    found = lyapunov_exponents(motion, np.array([[0.5, 0.1], [0.0, -2.0]]), 4000, rng(), 2, 1000)
    assert np.all(np.abs(found.value[:, 0]) < 2e-3) and np.all(found.value[:, 1] < -0.1)


def test_the_exponent_of_a_chaotic_network_is_that_at_which_two_trajectories_part() -> None:
    motion = chaotic_network()
    x = rng().normal(size=(2, 100))
    for _ in range(1000):
        x = motion.step(x)
    found = lyapunov_exponents(motion, x, 4000, rng(), settle=500)
    # Two trajectories, brought back to a distance of 1e-7 every 20 steps.
    y = x + 1e-7 * rng().normal(size=x.shape) / 10.0
    grown = np.zeros(2)
    for interval in range(225):
        for _ in range(20):
            x, y = motion.step(x), motion.step(y)
        apart = np.linalg.norm(y - x, axis=1)
        if interval >= 25:
            grown += np.log(apart / 1e-7)
        y = x + 1e-7 * (y - x) / apart[:, None]
    two = grown / (200 * 20 * 0.2)
    assert np.all(found.value > 5 * found.error) and found.value.min() > 0.05
    assert np.allclose(found.value[:, 0], two, atol=4 * found.error.max())


def test_the_leading_exponents_do_not_depend_on_how_many_are_asked_for() -> None:
    motion = Henon()
    starts = np.array([[0.1, 0.1], [0.3, 0.0]])
    one, two = (lyapunov_exponents(motion, starts, 4000, rng(), k, 100) for k in (1, 2))
    assert np.allclose(one.value[:, 0], two.value[:, 0], atol=1e-6) and np.allclose(one.error[:, 0], two.error[:, 0])


def test_the_measured_steps_are_shown_and_the_last_is_the_state_returned() -> None:
    motion, seen = oscillator(), []
    found = lyapunov_exponents(motion, np.array([[0.5, 0.1]]), 400, rng(), settle=100, watch=seen.append)
    x = np.array([[0.5, 0.1]])
    for _ in range(500):
        x = motion.step(x)
    assert len(seen) == 400 and np.allclose(seen[-1], x) and np.allclose(found.state, x)


def test_a_perturbation_that_dies_has_an_exponent_of_minus_infinity() -> None:
    found = lyapunov_exponents(Linear(np.diag([-1.0, -1.0]), alpha=1.0), np.zeros((1, 2)), 100, rng())
    assert found.value[0, 0] == -np.inf
