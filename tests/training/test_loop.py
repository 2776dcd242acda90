from collections.abc import Callable

import numpy as np
import pytest

from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks, train
from rnnatlas.training.stepwise import Penalised, Step

TASK = FlipFlop(Settings(bits=1, duration=600.0))
NETWORK = NetworkSettings(units=16)
SHORT = TrainingSettings(warm_up=0, steps=12, batch=8, acceptance=0.0, acceptance_trials=32, final_rate=1.0)
LONG = TrainingSettings(warm_up=0, steps=300, batch=16, learning_rate=2e-2, acceptance=0.95, acceptance_trials=64)
MEMBERS = [Member((0, "test"), index) for index in range(3)]


def fresh(members: list[Member] = MEMBERS) -> Ensemble:
    return fresh_networks(TASK, NETWORK, 1.0, members)


def same_member(one: Ensemble, i: int, other: Ensemble, j: int) -> bool:
    """Equal bits of weights and records; NaN equals NaN."""
    assert one.training and other.training
    records = zip(vars(one.training).values(), vars(other.training).values(), strict=True)
    return all(np.array_equal(a[i], b[j]) for a, b in zip(one.parameters, other.parameters, strict=True)) and all(
        np.array_equal(a[i], b[j], equal_nan=True) for a, b in records
    )


class Nudge:
    """A penalty of value 0 without gradient, but for what ``spoil`` does to its three arrays at step 5."""

    start, similarities, term = 1.0, 1, None

    def __init__(self, spoil: Callable[..., None] = lambda *_: None) -> None:
        self.spoil = spoil

    def __call__(self, step: Step) -> Penalised:
        count, rates = len(step.loss), np.zeros_like(step.rollout.rates)
        value, readout = np.zeros(count), np.zeros_like(step.state.parameters.readout)
        if step.number == 5:
            self.spoil(value, rates, readout)
        return Penalised(value, value[:, None], np.ones(count), rates, readout)

    def course(self, steps: int) -> tuple[np.ndarray, np.ndarray]:
        return np.ones(steps), np.ones(steps)


def spoil_value(value: np.ndarray, rates: np.ndarray, readout: np.ndarray) -> None:
    value[1] = np.nan


def spoil_rates(value: np.ndarray, rates: np.ndarray, readout: np.ndarray) -> None:
    rates[1] = np.nan


def spoil_readout(value: np.ndarray, rates: np.ndarray, readout: np.ndarray) -> None:
    readout[1] = np.inf


def explode(value: np.ndarray, rates: np.ndarray, readout: np.ndarray) -> None:
    value[1] = 1e9


def test_a_small_network_learns_one_bit() -> None:
    trained = fit(fresh(), TASK, LONG, TrainingRun(MEMBERS, NativeEngine()))
    assert trained.training
    loss = trained.training.loss
    assert np.all(loss[:, -10:].mean(1) < 0.5 * loss[:, :3].mean(1))
    trials = TASK.trials(400, seed=9)
    performance = TASK.performance(trained.simulate(trials.inputs).outputs, trials)
    assert np.all(performance > 0.9)
    assert np.allclose(trained.training.performance, performance, atol=0.05)
    assert np.array_equal(trained.training.accepted, trained.training.performance >= 0.95)
    assert (trained.training.diverged_at == -1).all() and not trained.training.penalty.any()


@pytest.mark.parametrize(("acceptance", "accepted"), [(0.0, True), (1.0, False)])
def test_acceptance_is_performance_against_the_setting(acceptance: float, accepted: bool) -> None:
    trained = fit(
        fresh(), TASK, SHORT.model_copy(update={"acceptance": acceptance}), TrainingRun(MEMBERS, NativeEngine())
    )
    assert trained.training
    assert (trained.training.accepted == accepted).all() and (trained.training.attempts == 1).all()
    assert np.all((trained.training.performance > 0.3) & (trained.training.performance < 1))


def test_a_member_alone_is_the_same_as_in_an_ensemble() -> None:
    whole = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()))
    for k in (0, 2):
        assert same_member(
            fit(fresh([MEMBERS[k]]), TASK, SHORT, TrainingRun([MEMBERS[k]], NativeEngine())), 0, whole, k
        )
    turned = MEMBERS[::-1]
    assert same_member(fit(fresh(turned), TASK, SHORT, TrainingRun(turned, NativeEngine())), 0, whole, 2)
    assert not same_member(whole, 0, whole, 1)


def test_threads_change_no_bit_of_a_training() -> None:
    one = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine(threads=1), threads=1))
    three = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine(threads=3), threads=3))
    assert all(same_member(one, k, three, k) for k in range(3))


def test_training_leaves_the_networks_that_it_was_given_alone() -> None:
    given, before = fresh(), fresh()
    fit(given, TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()))
    assert all(np.array_equal(a, b) for a, b in zip(given.parameters, before.parameters, strict=True))


def test_train_is_reproducible_from_its_seed_alone() -> None:
    one, two, other = (train(fresh(), TASK, SHORT, seed=seed) for seed in (1, 1, 2))
    assert same_member(one, 0, two, 0) and not same_member(one, 0, other, 0)


@pytest.mark.parametrize("spoil", [spoil_value, explode], ids=["nan", "explodes"])
def test_a_member_whose_penalty_fails_is_frozen_and_marked(spoil: Callable[..., None]) -> None:
    clean = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()), Nudge())
    spoilt = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()), Nudge(spoil))
    assert spoilt.training
    assert spoilt.training.diverged_at.tolist() == [-1, 5, -1]
    assert spoilt.training.accepted.tolist() == [True, False, True]
    assert same_member(clean, 0, spoilt, 0) and same_member(clean, 2, spoilt, 2)
    early = fit(fresh(), TASK, SHORT.model_copy(update={"steps": 5}), TrainingRun(MEMBERS, NativeEngine()), Nudge())
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(early.parameters, spoilt.parameters, strict=True))
    assert np.isnan(spoilt.training.loss[1, 5:]).all() and np.isfinite(spoilt.training.loss[1, :5]).all()


@pytest.mark.parametrize("spoil", [spoil_rates, spoil_readout], ids=["rates", "readout"])
def test_a_gradient_that_is_not_finite_leaves_the_last_weights_that_gave_a_finite_loss(
    spoil: Callable[..., None],
) -> None:
    """Weights that are not finite would make the file of the whole ensemble unreadable."""
    clean = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()), Nudge())
    spoilt = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()), Nudge(spoil))
    assert spoilt.training
    assert spoilt.training.diverged_at[1] in (5, 6)
    assert same_member(clean, 0, spoilt, 0) and same_member(clean, 2, spoilt, 2)
    early = fit(fresh(), TASK, SHORT.model_copy(update={"steps": 5}), TrainingRun(MEMBERS, NativeEngine()), Nudge())
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(early.parameters, spoilt.parameters, strict=True))


def test_a_member_that_starts_from_nan_is_marked_at_once_and_harms_no_other() -> None:
    clean, broken = fit(fresh(), TASK, SHORT, TrainingRun(MEMBERS, NativeEngine())), fresh()
    broken.parameters.recurrent[1, 3, 4] = np.nan
    spoilt = fit(broken, TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()))
    assert spoilt.training and spoilt.training.diverged_at.tolist() == [-1, 0, -1]
    assert same_member(clean, 0, spoilt, 0) and same_member(clean, 2, spoilt, 2)


def test_a_loss_that_explodes_marks_the_step_and_keeps_weights_finite() -> None:
    """A readout bias that Adam moves by 1000 a step: the loss passes 10^4 at once."""
    wild = SHORT.model_copy(update={"learning_rate": 1000.0})
    with pytest.raises(AtlasError, match="every member diverged") as caught:
        fit(fresh(), TASK, wild, TrainingRun(MEMBERS, NativeEngine(), label="flip_flop g1"))
    assert caught.value.key == "flip_flop g1" and "[1, 1, 1]" in str(caught.value)


def test_if_all_members_diverge_training_stops_with_a_message() -> None:
    broken = fresh()
    broken.parameters.bias[:] = np.nan
    with pytest.raises(AtlasError, match="learning_rate"):
        fit(broken, TASK, SHORT, TrainingRun(MEMBERS, NativeEngine()))
