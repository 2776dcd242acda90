from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from rnnatlas.tasks import get_task
from rnnatlas.tasks.flip_flop import Settings


def test_the_target_is_the_sign_of_the_last_pulse_of_each_bit() -> None:
    trials = get_task("flip_flop").trials(20, seed=3)
    for trial in range(20):
        state = np.zeros(3)
        for step, pulses in enumerate(trials.inputs[trial]):
            state = np.where(pulses != 0, np.sign(pulses), state)
            np.testing.assert_array_equal(trials.targets[trial, step], state)
            assert np.all(state != 0)  # every bit is set in the first step


def test_the_first_tau_after_each_pulse_is_not_judged_and_the_rest_is() -> None:
    trials = get_task("flip_flop", settle=100.0, dt=20.0).trials(20, seed=4)
    for trial in range(20):
        for bit in range(3):
            since = np.inf
            for step in range(trials.times):
                since = 0 if trials.inputs[trial, step, bit] != 0 else since + 1
                assert trials.judged[trial, step, bit] == (since >= 5)


def test_pulses_come_with_the_probability_asked_for_and_either_sign() -> None:
    pulses = get_task("flip_flop", probability=0.2).trials(400, seed=5).inputs[:, 1:]
    share = (pulses != 0).mean()
    assert abs(share - 0.2) < 5 * np.sqrt(0.2 * 0.8 / pulses.size)
    assert abs(np.sign(pulses).sum()) < 5 * np.sqrt((pulses != 0).sum())
    assert set(np.unique(pulses)) == {-1.0, 0.0, 1.0}


def test_pulses_of_steps_bits_and_trials_are_independent() -> None:
    pulses = get_task("flip_flop", probability=0.2).trials(400, seed=8).inputs[:, 1:]
    for values in (np.abs(pulses), pulses):
        for a, b in (
            (values[:, 1:], values[:, :-1]),
            (values[:, :, 1:], values[:, :, :-1]),
            (values[1:], values[:-1]),
        ):
            assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4 / np.sqrt(a.size)
    # As many pulses in a trial as of a binomial distribution: a fixed number in all would have no variance.
    counts = np.abs(pulses).sum(1).ravel()
    assert abs(counts.var() / (99 * 0.2 * 0.8) - 1) < 5 * np.sqrt(2 / counts.size)


def test_a_pulse_in_every_step_leaves_nothing_to_judge() -> None:
    trials = get_task("flip_flop", probability=1.0).trials(5, seed=9)
    np.testing.assert_array_equal(trials.targets, trials.inputs)
    assert np.all(trials.inputs != 0) and not trials.judged.any()


@pytest.mark.parametrize("times", [1, 3, 30])
def test_trials_shorter_than_the_time_to_settle(times: int) -> None:
    task = get_task("flip_flop", duration=20.0 * times, settle=200.0, probability=0.01)
    trials = task.trials(50, seed=10)
    assert trials.times == times and np.all(trials.targets != 0)
    assert not trials.judged[:, :10].any()
    assert trials.judged[:, 10:].any() == (times > 10)


def test_perfect_outputs_score_one_wrong_ones_zero_and_a_member_axis_is_kept() -> None:
    task = get_task("flip_flop", bits=2)
    trials = task.trials(64, seed=6)
    outputs = np.stack([trials.targets, -trials.targets, 0.1 * trials.targets])
    np.testing.assert_allclose(task.performance(outputs, trials), [1.0, 0.0, 1.0])


def test_a_trial_with_nothing_to_judge_does_not_count() -> None:
    task = get_task("flip_flop", bits=1, duration=400.0, probability=0.5)
    trials = task.trials(300, seed=7)
    assert not trials.judged.any((1, 2)).all()
    assert task.performance(trials.targets, trials) == 1.0


def test_load_multiplies_the_duration() -> None:
    task = get_task("flip_flop", duration=1000.0)
    assert task.draw(3, np.random.default_rng(0), load=2.0).times == 100
    assert len(task.corners()) == 8


def test_trials_are_reproducible_and_differ_between_seeds() -> None:
    task = get_task("flip_flop")
    np.testing.assert_array_equal(task.trials(8, 1).inputs, task.trials(8, 1).inputs)
    assert not np.array_equal(task.trials(8, 1).inputs, task.trials(8, 2).inputs)


@pytest.mark.parametrize(
    "bad", [{"bits": 0}, {"probability": 0.0}, {"probability": 1.5}, {"duration": -1.0}, {"bit": 3}]
)
def test_settings_out_of_bounds_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**bad)
