"""dt is precision: at another step a task has the same pulses, the same noise per unit of time, and is judged for as long."""

from typing import Any

import numpy as np
import pytest

from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.streams.keys import generator
from rnnatlas.tasks import get_task
from rnnatlas.tasks.per_time import REFERENCE, deviation_at, probability_at

STEPS = [1.0, 5.0, 10.0, 20.0]


@pytest.mark.parametrize("dt", STEPS)
def test_as_many_pulses_a_second_at_any_step(dt: float) -> None:
    trials = get_task("flip_flop", dt=dt, duration=4000.0).trials(60, seed=2)
    lasts, seen = round(REFERENCE / dt), trials.inputs != 0
    # Onsets that can be told: a pulse after silence, or one of the other sign.
    changed = np.diff(trials.targets, axis=1) != 0
    p, steps = 0.05 * dt / REFERENCE, changed[:, :, :].size
    assert abs(changed.sum() - steps * p / 2) < 5 * np.sqrt(steps * p / 2)  # half of all pulses change the sign
    # A step is without a pulse if none began in the last `lasts` steps; the first `lasts` belong to the first one.
    silent = (1 - p) ** lasts
    late = ~seen[:, lasts:]
    assert seen[:, :lasts].all()
    assert abs(late.mean() - silent) < 5 * np.sqrt(silent * (1 - silent) * lasts / late.size)
    assert abs(silent - 0.95) < 0.0015


@pytest.mark.parametrize("dt", STEPS)
def test_the_same_share_of_a_flip_flop_is_judged(dt: float) -> None:
    trials = get_task("flip_flop", dt=dt, duration=4000.0, settle=100.0).trials(60, seed=3)
    p, settle = 0.05 * dt / REFERENCE, round(100.0 / dt)
    late, expected = trials.judged[:, settle:], (1 - p) ** settle
    assert not trials.judged[:, :settle].any()
    assert abs(late.mean() - expected) < 5 * np.sqrt(expected * (1 - expected) * settle / late.size)
    assert abs(expected - np.exp(-0.25)) < 0.006  # what is left of the rate alone as dt goes to 0


def test_a_pulse_lasts_as_long_as_given_unless_another_one_cuts_it_short() -> None:
    trials = get_task("flip_flop", dt=5.0, pulse=20.0, probability=0.1).trials(40, seed=4)
    for trial in range(40):
        for bit in range(3):
            shown, target = trials.inputs[trial, :, bit], trials.targets[trial, :, bit]
            on = shown != 0
            np.testing.assert_array_equal(shown[on], target[on])
            edges = np.flatnonzero(np.diff(np.r_[False, on, False].astype(int)))
            long = edges[1::2] - edges[::2]
            assert (long >= 4)[edges[1::2] < trials.times].all()
    task = get_task("flip_flop", dt=5.0, probability=0.4)
    holds = task.silent_holds(50, generator(0, "test"), 3.0)
    for trial, (start, stop) in enumerate(holds.epochs["silence"]):
        assert (holds.inputs[trial, start - 1] != 0).any() and not holds.inputs[trial, start:stop].any()
        bits = [np.flatnonzero(np.diff(np.r_[0.0, holds.inputs[trial, :, bit], 0.0])) for bit in range(3)]
        assert all(edges[-1] - edges[-2] >= 4 for edges in bits)  # the last pulse of every bit is whole


@pytest.mark.parametrize("name", ["context_integration", "memory_pro"])
@pytest.mark.parametrize("dt", STEPS)
def test_noise_moves_a_state_as_much_at_any_step(name: str, dt: float) -> None:
    # x ← (1 − a) x + a u with a = dt/τ has the stationary variance s²·(20/τ)/(2 − a) for noise of deviation s in 20 ms.
    tau, s = 100.0, 0.3
    settings: dict[str, Any] = {"onset": 20.0, "duration": 4000.0} if name[0] == "c" else {"delay": (4000.0, 4000.0)}
    task = get_task(name, dt=dt, input_noise=s, **settings)
    clean = task.draw(80, generator(0, "test"))
    noise = (task.with_noise(clean, generator(1, "test")).inputs - clean.inputs)[:, :, 0].astype(float)
    alpha, state, kept = dt / tau, np.zeros(80), []
    shortest = int(clean.length.min())
    for step in range(1, shortest - 1):
        state = (1 - alpha) * state + alpha * noise[:, step]
        if step * dt > 8 * tau:
            kept.append(state**2)
    expected = s**2 * (REFERENCE / tau) / (2 - alpha)
    independent = len(kept) * 80 * alpha / 2  # squares of the state are correlated over τ/2
    assert abs(np.mean(kept) / expected - 1) < 5 * np.sqrt(2 / independent)
    private = Cell(alpha, noise=s).noise_scale() ** 2 / (
        1 - (1 - alpha) ** 2
    )  # without scaling by the task: 2σ²/(2 − a)
    assert private == pytest.approx(2 * s**2 / (2 - alpha))


@pytest.mark.parametrize("dt", STEPS)
def test_evidence_is_as_hard_to_integrate_and_judged_for_as_long(dt: float) -> None:
    task = get_task("context_integration", dt=dt)
    trials = task.trials(2000, seed=5)
    assert trials.judged.sum() * dt == 2000 * REFERENCE
    for weight in (trials.weight, trials.valid()):
        assert weight[0].sum() * dt == 1500.0
    # Summed evidence over its bound: drift c·n and noise s·√(20/dt)·√n, in units of c_max·n/2.
    relevant = trials.inputs[np.arange(2000), :, trials.conditions["context"].astype(int)].sum(1)
    left = relevant / task.bound() - 2 * trials.conditions["relevant"] / 0.2
    expected = 0.32 * np.sqrt(REFERENCE / 1400.0) / 0.1
    assert abs(left.std() / expected - 1) < 5 / np.sqrt(2 * 2000)


def test_the_default_step_takes_every_number_as_it_is() -> None:
    for number in (0.05, 0.32, 0.03, 1 / 3):
        assert probability_at(number, 20.0) == number and deviation_at(number, 20.0) == number


def test_steps_too_long_for_what_is_given_are_refused() -> None:
    for settings, key in (({"dt": 40.0}, "pulse"), ({"dt": 40.0, "pulse": 40.0, "probability": 0.6}, "probability")):
        with pytest.raises(AtlasError, match=key):
            get_task("flip_flop", **settings)
    with pytest.raises(AtlasError, match="at most 1 in a step"):
        probability_at(0.6, 40.0)
