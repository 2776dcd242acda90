"""Rings made by hand. N units with preferred angles θ and J = (2/N)(g cos Δθ + h sin Δθ) hold x = A cos(θ - φ) at any φ if h = 0,
with A = g α(A) and α(A) the first Fourier coefficient of tanh(A cos θ); h turns φ by h/g radians per τ at the same A."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from rnnatlas.config.analysis import AttractorSettings, FixedPointSettings
from rnnatlas.dynamics.attractors import measure_attractors
from rnnatlas.dynamics.census import fixed_point_census
from rnnatlas.dynamics.ring_attractor import (
    Relaxed,
    circular_variable,
    measure_ring,
    prolonged,
    relaxed_delay_states,
    ring_attractor,
)
from rnnatlas.engine.select import select_engine
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.registry import get_task

UNITS, GAIN = 32, 2.0
PREFERRED = 2 * np.pi * np.arange(UNITS) / UNITS
CIRCLE = np.stack([np.cos(PREFERRED), np.sin(PREFERRED)])
ENGINE = select_engine("auto", threads=1)
AMPLITUDE = brentq(
    lambda a: GAIN * quad(lambda t: np.tanh(a * np.cos(t)) * np.cos(t), 0, 2 * np.pi)[0] / np.pi - a, 0.1, 10
)


def ring(turn: float = 0.0, offset: float = 0.0, modalities: int = 1, alpha: float = 0.2, discrete: bool = False):
    """``turn``: h; ``offset``: rotation of the readout; ``discrete``: cosine and sine are each bistable instead."""
    cos, sin = CIRCLE
    recurrent = 2 / UNITS * (GAIN * (CIRCLE.T @ CIRCLE) + turn * (np.outer(cos, sin) - np.outer(sin, cos)))
    if discrete:  # each half of the units holds the sign of one coordinate
        half = np.arange(UNITS) < UNITS // 2
        recurrent = GAIN * 2 / UNITS * (np.outer(half, half) + np.outer(~half, ~half))
    shown = np.stack([half, ~half]).astype(float) if discrete else CIRCLE
    turned = np.array([[np.cos(offset), np.sin(offset)], [-np.sin(offset), np.cos(offset)]])
    weights = np.concatenate([np.zeros((1, UNITS)), *[shown] * modalities])
    readout = np.concatenate([np.zeros((UNITS, 1)), (turned.T @ shown).T / UNITS], axis=1)
    parts = recurrent, weights, np.zeros(UNITS), readout, np.zeros(3)
    return Ensemble(Parameters(*(np.float32(part)[None] for part in parts)), Cell(alpha))


def measured(ensemble: Ensemble, spread: float = 1.0, slow: float = 0.2, **settings):
    task = get_task("memory_pro", **settings)
    rng = np.random.default_rng(0)
    return measure_ring(ensemble, task, "angle", np.array([spread]), AttractorSettings(), slow, rng, ENGINE)[0]


@pytest.mark.parametrize(
    ("settings", "modalities", "alpha"),
    [
        ({}, 1, 0.2),
        ({"modalities": 2}, 2, 0.2),
        ({"dt": 50.0, "delay": (500.0, 3000.0), "stimulus": (400.0, 400.0)}, 1, 0.5),
    ],
)
def test_a_ring_holds_every_angle_whatever_the_settings(settings: dict, modalities: int, alpha: float) -> None:
    found = measured(ring(modalities=modalities, alpha=alpha), **settings)
    assert found.coverage == found.slow == 1.0 and found.error < 1e-3


def test_the_error_is_the_offset_of_the_readout() -> None:
    for offset in (0.2, -0.4):
        found = measured(ring(offset=offset))
        assert found.coverage == 1.0 and found.error == pytest.approx(abs(offset), abs=1e-3)


def test_two_bistable_coordinates_hold_four_angles_only() -> None:
    """The nearest diagonal is held: uniform angles are off by up to a quarter of π, with median π/8."""
    found = measured(ring(discrete=True))
    assert found.coverage == 4 / 20 and found.slow == 1.0
    assert found.error == pytest.approx(np.pi / 8, abs=0.06)


@pytest.mark.parametrize("part", [0.8, 1.25])
def test_a_turning_ring_is_slow_up_to_the_speed_that_is_known(part: float) -> None:
    """The speed is A sqrt(N/2) h/g; the longest delay of 1600 ms lasts 16 τ."""
    turn = 0.01
    speed = AMPLITUDE * np.sqrt(UNITS / 2) * turn / GAIN
    found = measured(ring(turn=turn), spread=part * 16 * speed / 0.2)
    assert found.slow == (part > 1)
    assert (found.coverage == 1.0) == (part > 1) and np.isnan(found.error) == (part < 1)


def test_speeds_and_angles_are_those_of_the_rotation() -> None:
    turn, task = 0.02, get_task("memory_pro", onset=(300.0, 300.0), stimulus=(400.0, 400.0), response=(500.0, 500.0))
    trials = task.draw(30, np.random.default_rng(1), 1.0)
    moving = relaxed_delay_states(ring(turn=turn), task, trials, 25, ENGINE)
    still = relaxed_delay_states(ring(), task, trials, 25, ENGINE)
    assert moving.speed == pytest.approx(np.full(30, AMPLITUDE * np.sqrt(UNITS / 2) * turn / GAIN), rel=0.01)
    assert still.speed.max() < 1e-4
    longer = relaxed_delay_states(ring(turn=turn), task, trials, 125, ENGINE)  # 100 steps = 20 τ more
    turned = np.mod(longer.angle - moving.angle + np.pi, 2 * np.pi) - np.pi
    assert np.abs(turned) == pytest.approx(np.full(30, 20 * turn / GAIN), rel=0.01)


def test_a_prolonged_delay_repeats_its_last_step_and_shifts_what_follows() -> None:
    task = get_task("memory_pro")
    trials = task.draw(12, np.random.default_rng(0))
    longer = prolonged(trials, "delay", 7)
    for k in range(12):
        go, end = trials.epochs["response"][k]
        for name in ("inputs", "targets", "weight", "judged"):
            old, new = getattr(trials, name)[k], getattr(longer, name)[k]
            assert np.array_equal(new[:go], old[:go]) and np.array_equal(new[go + 7 : end + 7], old[go:end])
            assert np.all(new[go : go + 7] == old[go - 1])
        assert longer.length[k] == trials.length[k] + 7
        assert longer.epochs["delay"][k].tolist() == [trials.epochs["delay"][k, 0], go + 7]
        assert longer.epochs["response"][k].tolist() == [go + 7, end + 7]
        assert longer.epochs["stimulus"][k].tolist() == trials.epochs["stimulus"][k].tolist()
        assert longer.epochs["trial"][k].tolist() == [0, end + 7]


def test_coverage_and_error_count_slow_states_alone() -> None:
    angle = np.pi / 20 + 2 * np.pi * np.arange(20) / 20  # a bin's centre each
    speed = np.where(np.arange(20) < 5, 0.1, 2.0)
    found = ring_attractor(Relaxed(speed, angle - 2 * np.pi), angle + np.where(np.arange(20) < 5, 6.0, 0.0), 1.0, 20)
    assert found.coverage == found.slow == 0.25 and found.error == pytest.approx(2 * np.pi - 6.0)
    none = ring_attractor(Relaxed(speed, angle), angle, 0.01, 20)
    assert none.coverage == none.slow == 0.0 and np.isnan(none.error)


def test_a_memory_task_has_a_ring_and_no_line(make_ensemble) -> None:
    task = get_task("memory_pro")
    assert circular_variable(task) == "angle" and circular_variable(get_task("context_integration")) is None
    shown, ensemble = task.trials(8, seed=0), ring()
    points = fixed_point_census(ensemble, task, shown, FixedPointSettings(starts=8, between=0), seed=0)
    found = measure_attractors(ensemble, task, shown, points, AttractorSettings(angles=60), 0.2, 0, ENGINE)
    assert set(found) == {"ring/coverage", "ring/error", "ring/slow"} and found["ring/slow"].tolist() == [1.0]


def test_the_cube_of_a_memory_of_bits_is_found_by_its_edges() -> None:
    """Units that are bistable each by itself: 4 saddles on the edges. One unit that feeds two outputs: a saddle on a diagonal."""
    for bits, units, readout, expected in ((2, 2, np.eye(2), (1.0, 4)), (2, 1, np.ones((1, 2)), (0.0, 1))):
        task = get_task("flip_flop", bits=bits)
        weights = 8.0 * np.eye(units) if units == bits else np.array([[8.0], [0.0]])
        parts = 2.0 * np.eye(units), weights, np.zeros(units), readout, np.zeros(bits)
        ensemble = Ensemble(Parameters(*(np.float32(part)[None] for part in parts)), Cell(0.2))
        shown = task.trials(16, seed=0)
        points = fixed_point_census(ensemble, task, shown, FixedPointSettings(starts=128, slow=1e-9), seed=0)
        found = measure_attractors(ensemble, task, shown, points, AttractorSettings(), 0.2, 0, ENGINE)
        assert (found["cube/branches"][0], found["cube/saddles"][0]) == expected
