"""Networks made by hand whose limit sets are known."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from scipy.optimize import brentq

from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.ends import Ends, find_limit_sets
from rnnatlas.dynamics.motion import RateMotion
from rnnatlas.errors import AtlasError

ROOT = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
SETTINGS = LimitSetSettings(duration=400.0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def ends(motion, starts: np.ndarray, settings: LimitSetSettings = SETTINGS, spread: float = 1.0) -> Ends:
    return find_limit_sets(motion, np.tanh, starts, spread, settings, rng(1))


def turn(a: float, b: float) -> np.ndarray:
    return np.array([[a, b], [-b, a]])


def blocks(*parts: np.ndarray) -> np.ndarray:
    sizes = np.cumsum([0, *(len(part) for part in parts)])
    whole = np.zeros((sizes[-1], sizes[-1]))
    for part, first in zip(parts, sizes, strict=False):
        whole[first : first + len(part), first : first + len(part)] = part
    return whole


@dataclass(frozen=True)
class Plane:
    """``dx/dt`` given by ``speed``; the Jacobian by differences, which is enough for signs of exponents."""

    speed: object
    alpha: float = 0.1

    def flow(self, x: np.ndarray) -> np.ndarray:
        return self.speed(x)  # type: ignore[operator]

    def step(self, x: np.ndarray) -> np.ndarray:
        return x + self.alpha * self.flow(x)

    def push(self, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        tiny = 1e-6
        moved = (self.flow(x[..., None, :] + tiny * v) - self.flow(x[..., None, :] - tiny * v)) / (2 * tiny)
        return self.step(x), v + self.alpha * moved

    def jacobian(self, x: np.ndarray) -> np.ndarray:
        eye = np.broadcast_to(np.eye(x.shape[-1]), (*x.shape[:-1], x.shape[-1], x.shape[-1]))
        return (self.push(x, eye)[1] - eye) / self.alpha


def test_a_memory_of_three_bits_has_eight_fixed_points_that_keep_the_signs() -> None:
    starts = np.concatenate([rng().normal(size=(64, 3)), np.full((1, 3), 1e-9)])
    found = ends(RateMotion(2.0 * np.eye(3), np.zeros(3), 0.2), starts)
    assert len(found.sets) == 8 and {one.kind for one in found.sets} == {"fixed point"}
    states = np.array([one.state for one in found.sets])
    assert np.allclose(states[found.run], ROOT * np.sign(starts), atol=1e-8)
    assert np.allclose([one.output for one in found.sets], np.tanh(states)) and not any(
        one.range.any() for one in found.sets
    )
    slope = 2 * (1 - np.tanh(ROOT) ** 2) - 1
    assert all(one.exponent == pytest.approx(np.log(1 + 0.2 * slope) / 0.2) and one.error == 0 for one in found.sets)
    assert all(np.isnan(one.period) for one in found.sets)


def test_an_oscillator_has_one_limit_cycle_whatever_the_phase() -> None:
    """The Hopf normal form turns with angular frequency 0.7 on the unit circle, up to the size of a step."""

    def speed(x: np.ndarray) -> np.ndarray:
        return x * (1 - np.sum(x**2, axis=-1, keepdims=True)) + 0.7 * np.stack([-x[..., 1], x[..., 0]], axis=-1)

    found = ends(Plane(speed, 0.02), rng().normal(size=(8, 2)), LimitSetSettings(duration=160.0))
    assert len(found.sets) == 1 and np.all(found.run == 0)
    (cycle,) = found.sets
    assert cycle.kind == "limit cycle" and cycle.period == pytest.approx(2 * np.pi / 0.7, rel=2e-3)
    assert abs(cycle.exponent) < 0.01 and np.linalg.norm(cycle.state) == pytest.approx(1.0, abs=0.02)
    assert np.allclose(cycle.output, 0.0, atol=0.02) and np.allclose(cycle.range, 2 * np.tanh(1.0), atol=0.02)


def test_a_memory_can_be_kept_by_limit_cycles() -> None:
    """Two bistable units beside an oscillator: four cycles of one period that differ in where they lie alone."""
    motion = RateMotion(blocks(2.0 * np.eye(2), turn(1.6, 1.2)), np.zeros(4), 0.2)
    starts = rng().normal(size=(16, 4))
    found = ends(motion, starts)
    assert len(found.sets) == 4 and {one.kind for one in found.sets} == {"limit cycle"}
    kept = np.array([one.output[:2] for one in found.sets])[found.run]
    assert np.allclose(kept, np.tanh(ROOT) * np.sign(starts[:, :2]), atol=1e-6)
    assert np.ptp([one.period for one in found.sets]) < 1e-3


def test_two_oscillators_make_a_torus() -> None:
    motion = RateMotion(blocks(turn(1.6, 1.2), turn(1.7, 1.2 * np.sqrt(2.1))), np.zeros(4), 0.2)
    found = ends(motion, rng().normal(size=(6, 4)))
    assert len(found.sets) == 1 and np.all(found.run == 0)
    assert found.sets[0].kind == "torus" and abs(found.sets[0].exponent) < 0.01 and found.sets[0].error > 0


def test_tori_that_differ_in_where_they_lie_are_two() -> None:
    motion = RateMotion(blocks(2.0 * np.eye(1), turn(1.6, 1.2), turn(1.7, 1.2 * np.sqrt(2.1))), np.zeros(5), 0.2)
    starts = rng().normal(size=(8, 5))
    found = ends(motion, starts)
    assert [one.kind for one in found.sets] == ["torus", "torus"]
    assert np.array_equal(found.run == found.run[0], np.sign(starts[:, 0]) == np.sign(starts[0, 0]))


def test_a_random_network_with_large_weights_is_chaotic_and_its_runs_share_one_set() -> None:
    motion = RateMotion(rng(3).normal(size=(100, 100)) * 2.0 / 10.0, np.zeros(100), 0.2)
    found = ends(motion, rng().normal(size=(4, 100)), LimitSetSettings(duration=1000.0), spread=10.0)
    assert {one.kind for one in found.sets} == {"chaos"} and np.all(found.run >= 0)
    assert all(one.exponent > 2 * one.error and one.exponent > 0.05 for one in found.sets) and np.isnan(
        found.sets[0].period
    )


def test_a_line_attractor_is_many_neutral_fixed_points() -> None:
    """One direction is neither driven nor leaky; the other decays."""
    found = ends(Plane(lambda x: x * [0.0, -1.0]), np.array([[-1.0, 2.0], [0.5, -1.0], [0.5, 3.0], [0.5 + 1e-5, 0.0]]))
    assert [one.kind for one in found.sets] == ["fixed point"] * 2 and found.run.tolist() == [0, 1, 1, 1]
    assert np.allclose([one.state for one in found.sets], [[-1.0, 0.0], [0.5, 0.0]], atol=1e-4)
    assert all(abs(one.exponent) < 1e-6 for one in found.sets)


def test_a_run_that_creeps_towards_a_fixed_point_has_come_to_it_once_it_is_near() -> None:
    found = ends(Plane(lambda x: x * [-0.01, -1.0]), np.array([[1.0, 1.0], [-0.5, 1.0]]))
    assert found.run.tolist() == [0, 0] and found.sets[0].exponent == pytest.approx(-0.01, rel=1e-3)
    assert np.allclose(found.sets[0].state, 0.0, atol=1e-7)


DRIFTS = {
    "a slow drift": lambda x: np.broadcast_to([0.01, 0.0], x.shape) - x * [0.0, 1.0],
    "a slow decay": lambda x: x * [-1e-3, -1.0],
    "a spiral that winds down": lambda x: x @ (np.array([[-3e-3, 1.0], [-1.0, -3e-3]]) - 0.05 * np.eye(2)),
}


@pytest.mark.parametrize("speed", DRIFTS.values(), ids=DRIFTS)
def test_a_run_that_still_drifts_ends_in_nothing_that_is_told_apart(speed) -> None:
    found = ends(Plane(speed, 0.1), np.array([[1.0, 1.0]]), LimitSetSettings(duration=200.0))
    assert found.run.tolist() == [-1] and found.sets == []


def test_a_saddle_is_left_by_runs_that_begin_beside_it() -> None:
    motion = RateMotion(2.0 * np.eye(2), np.zeros(2), 0.2)
    beside = np.array([[ROOT, 1e-6], [ROOT, -1e-6], [1e-6, -ROOT]])
    found = ends(motion, beside)
    assert np.allclose(
        np.array([one.state for one in found.sets])[found.run], ROOT * np.array([[1, 1], [1, -1], [1, -1]])
    )


def test_a_run_that_stays_on_a_saddle_is_not_at_a_limit_set() -> None:
    found = ends(RateMotion(2.0 * np.eye(2), np.zeros(2), 0.2), np.array([[ROOT, 0.0]]))
    assert found.run.tolist() == [-1] and found.sets == []


def test_an_oscillation_of_two_steps_is_a_limit_cycle_of_the_map() -> None:
    """With a = 1 and J < −1 the map hops between two states."""
    found = ends(
        RateMotion(np.array([[-3.0]]), np.zeros(1), 1.0), np.array([[0.3], [2.0]]), LimitSetSettings(duration=400.0)
    )
    assert [one.kind for one in found.sets] == ["limit cycle"] and found.run.tolist() == [0, 0]
    assert found.sets[0].period == 2.0 and found.sets[0].exponent < 0
    level = brentq(lambda x: 3 * np.tanh(x) - x, 0.1, 10)
    assert abs(found.sets[0].state[0]) == pytest.approx(level) and found.sets[0].range[0] == pytest.approx(
        2 * np.tanh(level)
    )


def test_points_and_cycles_can_stand_side_by_side() -> None:
    """The origin attracts what begins within r = 1/2, the unit circle the rest."""

    def speed(x: np.ndarray) -> np.ndarray:
        r2 = np.sum(x**2, axis=-1, keepdims=True)
        return x * (r2 - 0.25) * (1 - r2) + np.stack([-x[..., 1], x[..., 0]], axis=-1)

    starts = np.array([[0.1, 0.0], [0.0, 0.3], [0.7, 0.0], [0.0, -2.0]])
    found = ends(Plane(speed, 0.02), starts, LimitSetSettings(duration=160.0))
    assert [one.kind for one in found.sets] == ["fixed point", "limit cycle"] and found.run.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(AtlasError, match="NaN or infinity"):
        ends(RateMotion(2.0 * np.eye(2), np.zeros(2), 0.2), np.array([[1.0, bad]]))


def test_every_corner_of_the_cube_is_reached_from_any_number_of_starts() -> None:
    motion = RateMotion(2.0 * np.eye(3), np.zeros(3), 0.2)
    corners = np.array(list(product((-1.0, 1.0), repeat=3)))
    assert ends(motion, corners).run.tolist() == list(range(8))
    assert ends(motion, corners[:1]).run.tolist() == [0] and ends(motion, corners[:0]).run.tolist() == []
