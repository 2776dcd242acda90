"""Training against random features: what a step compares, whose draws are whose, and that the measure falls.

That a training goes on from its checkpoint to the same bits is tested with the others (tests/training/test_checkpoint.py)."""

from collections.abc import Callable

import numpy as np
import pytest

from rnnatlas.config.population import ChainSettings
from rnnatlas.config.training import DeflationSettings, FeatureSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains, deflate
from rnnatlas.deflation.feature_penalty import feature_penalty
from rnnatlas.deflation.null_space import project
from rnnatlas.deflation.online import SimilarityPenalty
from rnnatlas.deflation.penalty import similarity_penalty
from rnnatlas.deflation.random_features import FeatureComparison, draw_features, leading_components
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks
from rnnatlas.training.stepwise import Step

TASK = FlipFlop(Settings(bits=1, duration=600.0))
NETWORK = NetworkSettings(units=16)
ADAM = {"optimiser": "adam", "time_steps": [1.0], "beta2": 0.999, "warm_up": 0}
TRAINING = TrainingSettings(**ADAM, steps=150, batch=16, learning_rate=1e-2, acceptance=0.8, acceptance_trials=64)
FEATURES = FeatureSettings(number=24, components=3)
MEMBERS = [Member((0, "random features"), k) for k in range(3)]


@pytest.fixture(scope="module")
def standard() -> Ensemble:
    return fit(fresh_networks(TASK, NETWORK, 1.0, MEMBERS), TASK, TRAINING, TrainingRun(MEMBERS, NativeEngine()))


def test_a_step_compares_features_of_sampled_steps_with_components_of_earlier_networks(
    make_ensemble: Callable[..., Ensemble],
) -> None:
    task, engine = get_task("memory_pro"), NativeEngine()
    new, first, second = (make_ensemble(2, 24, 3, 3, noise=0.1, seed=seed) for seed in (1, 2, 3))
    batches = [task.trials(12, seed=k) for k in range(2)]
    times = min(batch.times for batch in batches)
    inputs = np.stack([batch.inputs[:, :times] for batch in batches])
    valid = np.stack([batch.valid()[:, :times] for batch in batches])
    noise = Noise(np.arange(1, 3).astype(np.uint64), 5, new.cell.noise_scale())
    rollout = engine.roll_out(new.parameters, new.cell, inputs, noise)
    settings = DeflationSettings(strength=0.7, ridge=1e-2, stride=2, combine=4.0, features=FEATURES)
    penalty = SimilarityPenalty([first, second], settings, TrainingRun(MEMBERS[:2], engine), "random_features", task)
    assert penalty.term is None and penalty.similarities == 2
    state = TrainingState.begin(new.parameters, penalty.start)
    found = penalty(Step(5, inputs, valid, noise, rollout, np.ones(2), state, lambda job: [job(k) for k in range(2)]))
    for k in range(2):
        rows = valid[k] & (np.arange(times) % 2 == 1)
        readouts = [earlier.parameters.readout[k] for earlier in (first, second)]
        rates = [engine.roll_out(e.parameters, e.cell, inputs, None).rates[k][rows] for e in (first, second)]
        trials = task.batch(64, generator(*MEMBERS[k].words("trials of random features")))
        targets = [
            other @ leading_components(e[k].simulate(trials.inputs, 0.0).rates[0][trials.valid()], w, 3).astype(np.float32)
            for other, e, w in zip(rates, (first, second), readouts, strict=True)
        ]  # fmt: skip
        drawn = draw_features(generator(*MEMBERS[k].words("random features"), 5), 24, FEATURES)
        own = (rollout.rates[k][rows], new.parameters.readout[k])
        by_features = feature_penalty(*own, targets, drawn, 1e-3, order=4.0)
        linear = similarity_penalty(*own, rates, readouts, 1e-2, order=4.0)
        assert list(found.each[k]) == by_features.each and min(by_features.each) > 0.0
        assert found.value[k] == pytest.approx(by_features.value + 0.2 * linear.value)
        gradient = by_features.rate_gradient + 0.2 * linear.rate_gradient
        assert np.allclose(found.rate_gradient[k][rows], 0.7 * gradient, rtol=1e-4, atol=1e-9)
        gradient = by_features.readout_gradient + 0.2 * linear.readout_gradient
        assert np.allclose(found.readout_gradient[k], 0.7 * gradient, rtol=1e-4, atol=1e-9)
        assert not found.rate_gradient[k][~rows].any()


def test_the_linear_similarity_can_be_left_out_and_a_task_is_needed(standard: Ensemble) -> None:
    run = TrainingRun(MEMBERS, NativeEngine())
    settings = DeflationSettings(features=FEATURES.model_copy(update={"linear": 0.0}))
    compare = FeatureComparison([standard], TASK, settings, run)
    rates = standard.simulate(TASK.trials(8, seed=1).inputs).rates[0].reshape(-1, 16)
    readout = standard.parameters.readout[0]
    alone = compare(0, 3, rates, readout, [rates], [readout])
    assert alone.value == alone.each[0] > 0.9
    assert compare(0, 3, rates, readout, [rates], [readout]).value == alone.value
    assert compare(0, 4, rates, readout, [rates], [readout]).value != alone.value
    assert compare(1, 3, rates, readout, [rates], [readout]).value != alone.value
    with pytest.raises(AtlasError, match="a task is expected"):
        SimilarityPenalty([standard], settings, run, "random_features")


def trained(standard: Ensemble, chosen: list[int], threads: int, steps: int = 20) -> Ensemble:
    training = TRAINING.model_copy(update={"steps": steps, "acceptance": 0.0})
    settings = DeflationSettings(strength="auto", stride=2, features=FEATURES, training=training)
    run = TrainingRun([MEMBERS[k] for k in chosen], NativeEngine(threads), threads)
    return deflate(Chains([standard[chosen]]), TASK, settings, run, NETWORK, measure="random_features")


def test_bits_depend_neither_on_company_nor_on_threads(standard: Ensemble) -> None:
    together, threaded, alone = (trained(standard, *given) for given in (([0, 1, 2], 1), ([0, 1, 2], 2), ([2], 1)))
    for one, two, three in zip(together.parameters, threaded.parameters, alone.parameters, strict=True):
        assert np.array_equal(one, two) and np.array_equal(one[2:], three)
    assert together.training and threaded.training and alone.training
    assert np.array_equal(together.training.penalty, threaded.training.penalty)
    assert np.array_equal(together.training.penalty[2:], alone.training.penalty)


def test_a_chain_whose_earlier_network_is_not_finite_is_frozen_and_the_others_go_on(standard: Ensemble) -> None:
    broken = Parameters(*(np.array(array) for array in standard.parameters))
    broken.readout[1] = np.nan
    found = trained(Ensemble(broken, standard.cell), [0, 1, 2], 1)
    assert found.training and list(found.training.diverged_at) == [-1, 0, -1]
    whole = trained(standard, [0, 1, 2], 1)
    assert all(np.array_equal(a[[0, 2]], b[[0, 2]]) for a, b in zip(found.parameters, whole.parameters, strict=True))


def test_training_lowers_what_features_read_and_learns_the_task(standard: Ensemble) -> None:
    settings = DeflationSettings(strength=1.0, ridge=1e-2, stride=1, features=FEATURES, training=TRAINING)
    members = [Member((0, "alternatives"), k) for k in range(3)]
    run = TrainingRun(members, NativeEngine())
    new = deflate(Chains([standard]), TASK, settings, run, NETWORK, measure="random_features")
    assert new.training is not None and (new.training.performance > 0.8).all()
    plain = fit(fresh_networks(TASK, NETWORK, 1.0, members), TASK, TRAINING, run)
    trials = TASK.trials(64, seed=99)

    def value(ensemble: Ensemble, k: int) -> float:
        given = ((ensemble, None), (standard, 0.0))
        rates, others = (e.simulate(trials.inputs, noise).rates[k].reshape(-1, 16) for e, noise in given)
        drawn = draw_features(np.random.default_rng(1), 16, FEATURES)
        target = project(others, standard.parameters.readout[k])
        return feature_penalty(rates, ensemble.parameters.readout[k], [target], drawn, 1e-3).value

    for k in range(3):
        assert value(new, k) < 0.6 * value(plain, k)
        assert new.training.penalty[k, -20:].mean() < 0.7 * new.training.penalty[k, :5].mean()


def test_chains_may_have_a_stride_of_their_own() -> None:
    task = DeflationSettings(stride=2)
    assert ChainSettings().deflation(task) == task
    assert ChainSettings(stride=3).deflation(task) == DeflationSettings(stride=3)
