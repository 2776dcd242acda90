import numpy as np
import pytest

from rnnatlas.dynamics.recurrence import is_steady, orbit, orbit_distance, period

TIME = np.arange(2000)


def wave(length: float, amplitude: float = 1.0, phase: float = 0.0) -> np.ndarray:
    turn = 2 * np.pi * TIME / length + phase
    return amplitude * np.column_stack([np.cos(turn), np.sin(turn), 0.3 * np.cos(2 * turn + 1)])


@pytest.mark.parametrize("length", [11.0, 17.77, 53.3, 200.5, 431.9, 950.0])
def test_the_period_need_not_be_a_whole_number_of_steps(length: float) -> None:
    assert period(wave(length), 0.01) == pytest.approx(length, rel=1e-3)


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_cycles_of_a_few_steps_are_found(steps: int) -> None:
    states = np.random.default_rng(0).normal(size=(steps, 4))
    assert period(states[TIME % steps], 0.01) == steps


def test_the_period_is_that_of_the_state_not_of_one_coordinate() -> None:
    slow = wave(40.0)
    path = np.column_stack([np.cos(2 * np.pi * TIME / 20.0), slow[:, 0]])
    assert period(path, 0.01) == pytest.approx(40.0, rel=1e-3)


NOT_PERIODIC = {
    "a torus": np.hstack([wave(20.0), wave(20.0 / ((1 + np.sqrt(5)) / 2), 0.7)]),
    "a torus with a little of the other frequency": np.hstack([wave(20.0), wave(33.1 * np.sqrt(2), 0.1)]),
    "a spiral that winds down": wave(20.0) * np.exp(-2e-4 * TIME)[:, None],
    "a spiral that winds up": wave(20.0) * np.exp(2e-4 * TIME)[:, None],
    "a drift": np.column_stack([np.exp(-TIME / 3000), 0.1 * TIME / 3000]),
    "noise": np.random.default_rng(0).normal(size=(2000, 3)),
    "rest": np.zeros((2000, 3)),
}


@pytest.mark.parametrize("path", NOT_PERIODIC.values(), ids=NOT_PERIODIC)
def test_other_paths_have_no_period(path: np.ndarray) -> None:
    assert np.isnan(period(path, 0.01))


def test_a_torus_is_steady_and_drifts_and_spirals_are_not() -> None:
    steady = {name: is_steady(path) for name, path in NOT_PERIODIC.items()}
    assert steady == {name: name.startswith("a torus") or name == "noise" for name in NOT_PERIODIC}


@pytest.mark.parametrize("length", [11.0, 17.77, 53.3, 431.9])
def test_samples_of_one_orbit_lie_on_each_other(length: float) -> None:
    points = orbit(wave(length), length)
    shifted = wave(length, phase=1.234)[2 : 2 + int(np.ceil(length))]
    gap = np.median(np.linalg.norm(np.diff(points, axis=0), axis=1))
    assert orbit_distance(shifted, points) < 0.02 + 0.5 * gap < 0.1
    assert orbit_distance(shifted + np.array([0.3, 0.0, 0.0]), points) > 0.15
