import numpy as np
import pytest
from scipy.stats import norm

from rnnatlas.config.analysis import HoldSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.holds import HoldingTask, evaluate_holds, half_life, hold_durations, read_out_steps
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

ENGINE = select_engine("auto", 1)
SETTINGS = HoldSettings(trials=300, longest=6)


def bits(recurrent: float, strength: float, noise: float, members: int = 1, alpha: float = 0.2) -> Ensemble:
    """Three units that do not meet, each shown one bit and read out alone; with weight > 1 on itself it has two states."""
    eye = np.stack([np.eye(3, dtype=np.float32)] * members)
    zero = np.zeros((members, 3), np.float32)
    return Ensemble(Parameters(recurrent * eye, strength * eye, zero, eye, zero), Cell(alpha, noise))


@pytest.fixture(scope="module")
def task():
    return get_task("flip_flop", duration=400.0, probability=0.2)


def test_the_flip_flop_can_hold_and_the_others_cannot(task) -> None:
    assert isinstance(task, HoldingTask)
    assert not isinstance(get_task("context_integration"), HoldingTask)
    assert not isinstance(get_task("memory_pro"), HoldingTask)


def test_a_hold_is_a_trained_trial_and_then_silence(task) -> None:
    trained, held = task.draw(50, generator(1)), task.silent_holds(50, generator(1), 4.0)
    start, stop = held.epochs["silence"].T
    assert (held.inputs[:, : trained.times] == trained.inputs).all()
    assert task.pulse_interval() == 5.0 and (stop - start == 20).all() and held.times == trained.times + 20
    for k in range(50):
        assert (held.inputs[k, start[k] - 1] != 0).any() and (held.inputs[k, start[k] :] == 0).all()
        assert (held.targets[k, start[k] - 1 :] == trained.targets[k, -1]).all()
        assert held.judged[k, start[k] : stop[k]].all() and held.judged[k].sum() == 3 * 20
    steps = read_out_steps(held, np.array([1.0, 2.0, 4.0]), 5.0)
    assert (steps - (start[:, None] - 1) == [5, 10, 20]).all() and (steps[:, -1] == stop - 1).all()


def test_two_states_keep_every_bit(task) -> None:
    found = evaluate_holds(bits(2.0, 20.0, 0.0, alpha=1.0), task, SETTINGS, 0, ENGINE)
    assert (found.duration == np.arange(1.0, 7.0)).all()
    assert (found.retained == 1.0).all() and found.half_life.tolist() == [np.inf]


def test_a_fading_trace_is_told_as_often_as_gaussian_noise_lets_it(task) -> None:
    """Without recurrence x is a sum of fading pulses and of stationary noise, so that P(right) = Φ(|mean| / deviation)."""
    settings = HoldSettings(trials=2000, longest=6)
    ensemble = bits(0.0, 100.0, 0.8)
    found = evaluate_holds(ensemble, task, settings, 3, ENGINE)
    trials = task.silent_holds(settings.trials, generator(3, "silent holds"), 6.0)
    steps = read_out_steps(trials, hold_durations(settings), task.pulse_interval())
    mean = np.zeros(trials.targets.shape)
    for t in range(trials.times):
        mean[:, t] = 0.8 * (mean[:, t - 1] if t else 0.0) + 0.2 * 100.0 * trials.inputs[:, t]
    rows = np.arange(settings.trials)[:, None]
    signal = mean[rows, steps] * trials.targets[rows, steps]
    variance = ensemble.cell.noise_scale() ** 2 * (1.0 - 0.64 ** (steps + 1)) / 0.36
    expected = norm.cdf(signal / np.sqrt(variance)[..., None]).mean((0, 2))
    error = np.sqrt(expected * (1.0 - expected) / (3 * settings.trials))
    assert (np.abs(found.retained[0] - expected) < 4.0 * error + 1e-6).all()
    assert expected[0] > 0.75 > expected[-1]  # the range in which it fades
    assert found.half_life[0] == pytest.approx(half_life(found.duration, expected), abs=0.3)


def test_noise_and_trials_are_common_to_all_networks(task) -> None:
    found = evaluate_holds(bits(0.0, 100.0, 0.8, members=2), task, SETTINGS, 3, ENGINE)
    alone = evaluate_holds(bits(0.0, 100.0, 0.8), task, SETTINGS, 3, ENGINE)
    assert (found.retained[0] == found.retained[1]).all() and (found.retained[0] == alone.retained[0]).all()


@pytest.mark.parametrize("true", [0.4, 2.5, 7.0])
def test_the_half_life_of_an_exponential(true: float) -> None:
    x = np.arange(1.0, 21.0)
    assert half_life(x, 0.5 + 0.5 * 2.0 ** (-x / true)) == pytest.approx(true, rel=0.07 if true > 1 else 0.8)
    fine = np.linspace(0.01, 20.0, 2000)
    assert half_life(fine, 0.5 + 0.5 * 2.0 ** (-fine / true)) == pytest.approx(true, rel=1e-3)


def test_the_half_life_is_the_first_fall_and_inf_without_one() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert half_life(x, np.array([0.9, 0.7, 0.9, 0.6])) == pytest.approx(1.75)
    assert half_life(x, np.array([0.9, 0.8, 0.76, 0.751])) == np.inf
    assert half_life(x, np.full(4, 0.5)) == pytest.approx(0.5)  # a guess from the first silence on
