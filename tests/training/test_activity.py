"""The activity penalty: its value, its gradient through the whole network, and training with it."""

import numpy as np
import pytest

from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.training.activity import ActivityPenalty, activity_level, mean_squared_rate
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks
from rnnatlas.training.stepwise import Penalised, Step

TASK = FlipFlop(Settings(bits=1, duration=600.0))
TRAINING = TrainingSettings(
    warm_up=0,
    optimiser="adam",
    time_steps=[1.0],
    steps=150,
    batch=16,
    learning_rate=1e-2,
    acceptance=0.8,
    acceptance_trials=64,
)
MEMBERS = [Member((0, "activity"), k) for k in range(2)]


def at(rates: np.ndarray, valid: np.ndarray, penalty: ActivityPenalty) -> Penalised:
    """The penalty at one training step of networks with these rates."""
    members, trials, times, units = rates.shape
    fresh = fresh_networks(TASK, NetworkSettings(units=units), 1.0, [Member((0, "step"), k) for k in range(members)])
    state = TrainingState.begin(fresh.parameters, penalty.start)
    noise = Noise(np.zeros(members, np.uint64), 0, 0.0)
    inputs = np.zeros((members, trials, times, 1), np.float32)
    rollout = Rollout(rates, np.zeros((members, trials, times, 1), np.float32))
    return penalty(Step(0, inputs, valid, noise, rollout, np.zeros(members), state, lambda job: [job(k) for k in range(members)]))  # fmt: skip


def case() -> tuple[np.ndarray, np.ndarray]:
    """Rates of two networks; the last steps of some trials are padding."""
    rng = np.random.default_rng(0)
    rates = np.tanh(rng.normal(size=(2, 3, 5, 4)))
    return rates, np.arange(5) < np.array([[5, 4, 2], [5, 5, 3]])[..., None]


def test_the_level_is_the_mean_over_valid_steps_and_units() -> None:
    rates, valid = case()
    expected = [np.mean(rates[k][valid[k]] ** 2) for k in range(2)]
    assert np.allclose(mean_squared_rate(rates, valid), expected, rtol=1e-14)
    single = mean_squared_rate(rates.astype(np.float32), valid)
    assert single.dtype == np.float64 and np.allclose(single, expected, rtol=1e-6)


def test_the_gradient_is_that_of_finite_differences_and_padding_has_none() -> None:
    rates, valid = case()
    penalty = ActivityPenalty(0.2, 7.0)
    found = at(rates, valid, penalty)
    assert np.all(found.strength == 7.0) and not found.readout_gradient.any()
    assert not found.rate_gradient[~valid].any()
    h, rng = 1e-6, np.random.default_rng(1)
    for k in range(2):
        move = np.zeros(rates.shape)
        move[k] = rng.normal(size=rates.shape[1:])
        up, down = (7.0 * at(rates + s * move, valid, penalty).value for s in (h, -h))
        slope = (up - down) / (2 * h)
        assert np.sum(found.rate_gradient * move) == pytest.approx(slope[k], rel=1e-6)
        assert slope[1 - k] == 0.0  # members do not mix


def test_training_reaches_the_level_and_the_task() -> None:
    engine = NativeEngine()
    fresh = fresh_networks(TASK, NetworkSettings(units=24), 1.0, MEMBERS)
    free = fit(fresh, TASK, TRAINING, TrainingRun(MEMBERS, engine))
    trials = TASK.batch(64, generator(0, "activity trials"))
    before = activity_level(free, trials, 0, engine)
    for target in (0.4 * before.min(), min(0.9, 1.8 * before.max())):
        held = fit(fresh, TASK, TRAINING, TrainingRun(MEMBERS, engine), ActivityPenalty(float(target), 50.0))
        level = activity_level(held, trials, 0, engine)
        assert np.all(np.abs(level - target) < 0.25 * np.abs(before - target))
        assert held.training is not None and (held.training.performance > 0.8).all()
        assert np.allclose(held.training.penalty[:, -20:].mean(1), (level - target) ** 2, atol=2e-3)


def test_members_train_as_they_do_alone() -> None:
    engine, short = NativeEngine(), TRAINING.model_copy(update={"steps": 6})
    fresh = fresh_networks(TASK, NetworkSettings(units=24), 1.0, MEMBERS)
    together = fit(fresh, TASK, short, TrainingRun(MEMBERS, engine), ActivityPenalty(0.1))
    alone = fit(fresh[1], TASK, short, TrainingRun(MEMBERS[1:], engine), ActivityPenalty(0.1))
    assert np.array_equal(together.parameters.recurrent[1], alone.parameters.recurrent[0])


@pytest.mark.parametrize(("target", "weight"), [(0.0, 1.0), (1.0, 1.0), (float("nan"), 1.0), (0.2, 0.0)])
def test_what_no_network_can_reach_is_refused(target: float, weight: float) -> None:
    with pytest.raises(AtlasError):
        ActivityPenalty(target, weight)
