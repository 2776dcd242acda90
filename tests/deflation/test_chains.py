from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains, begin_chains, deflate, stack
from rnnatlas.deflation.online import SimilarityPenalty
from rnnatlas.deflation.penalty import similarity_penalty
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.steps import TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks
from rnnatlas.training.stepwise import Penalised, Step

Make = Callable[..., Ensemble]
TASK = FlipFlop(Settings(bits=1, duration=600.0))
NETWORK = NetworkSettings(units=24)
TRAINING = TrainingSettings(warm_up=0, steps=300, batch=16, learning_rate=1e-2, acceptance=0.8, acceptance_trials=64)
SETTINGS = DeflationSettings(strength=1.0, ridge=1e-2, training=TRAINING)
BRIEF = SETTINGS.model_copy(update={"training": TRAINING.model_copy(update={"steps": 8})})
MEMBERS = [Member((0, "standard"), k) for k in range(3)]


@pytest.fixture(scope="module")
def standard() -> Ensemble:
    return fit(fresh_networks(TASK, NETWORK, 1.0, MEMBERS), TASK, TRAINING, TrainingRun(MEMBERS, NativeEngine()))


@pytest.fixture(scope="module")
def chains(standard: Ensemble) -> Chains:
    """Two chains, which depart from members 2 and 0."""
    return begin_chains({"g1": standard}, [("g1", 2), ("g1", 0)])


@pytest.fixture(scope="module")
def first(chains: Chains) -> Ensemble:
    return deflate(chains, TASK, SETTINGS, network=NETWORK)


def similarity(new: Ensemble, i: int, earlier: Ensemble, j: int) -> float:
    """S of a new network to an earlier one on trials that neither was trained on, without noise."""
    inputs = TASK.trials(64, seed=99).inputs
    x, y = (
        e[k].simulate(inputs, noise=0.0).rates.reshape(-1, 24).astype(np.float64) for e, k in ((new, i), (earlier, j))
    )
    return similarity_penalty(x, new.parameters.readout[i], [y], [earlier.parameters.readout[j]], SETTINGS.ridge).value


def test_deflation_makes_networks_that_standard_training_does_not(
    standard: Ensemble, chains: Chains, first: Ensemble
) -> None:
    reference = chains.solutions[0]
    for k, own in enumerate((2, 0)):
        assert similarity(standard, 1, reference, k) > 0.9
        assert similarity(first, k, reference, k) < 0.6 * similarity(standard, 1, standard, own)
    assert first.training and np.all(first.training.performance > 0.8)
    assert np.all(first.training.penalty[:, -20:].mean(1) < 0.6 * first.training.penalty[:, 0])
    assert (first.training.strength == 1.0).all()


def test_alternatives_keep_the_record_of_their_chain(chains: Chains, first: Ensemble, tmp_path: Path) -> None:
    first.to_file(tmp_path / "alt1.h5")
    for ensemble in (first, Ensemble.from_file(tmp_path / "alt1.h5")):
        assert ensemble.chain
        assert ensemble.chain.reference_population.tolist() == ["g1", "g1"]
        assert ensemble.chain.reference_member.tolist() == [2, 0]
    assert first[1].chain and first[1].chain.reference_member.tolist() == [0]


def test_begin_chains_takes_the_references_in_order(standard: Ensemble, chains: Chains) -> None:
    for name in ("recurrent", "readout"):
        assert np.array_equal(getattr(chains.solutions[0].parameters, name), getattr(standard.parameters, name)[[2, 0]])


def test_the_second_round_is_pushed_away_from_both_earlier_networks(chains: Chains, first: Ensemble) -> None:
    second = Chains([*chains.solutions, first], chains.record)
    run = TrainingRun(MEMBERS[:2], NativeEngine())
    alone = [deflate(Chains([s], chains.record), TASK, BRIEF, run, NETWORK) for s in second.solutions]
    both = deflate(second, TASK, BRIEF, run, NETWORK)
    assert both.training and alone[0].training and alone[1].training
    # At the first step all three are the same network: each similarity is the one that is had alone.
    parts = [run.training.penalty[:, 0] for run in alone if run.training]
    assert np.allclose(both.training.penalty[:, 0], np.concatenate(parts, 1), rtol=1e-5)


def test_without_strength_deflation_is_standard_training(chains: Chains) -> None:
    settings = BRIEF.model_copy(update={"strength": 0.0})
    one = deflate(chains, TASK, settings, TrainingRun(MEMBERS[:2], NativeEngine()), NETWORK, gain=0.7)
    fresh = fresh_networks(TASK, NETWORK, 0.7, MEMBERS[:2])
    other = fit(fresh, TASK, settings.training, TrainingRun(MEMBERS[:2], NativeEngine()))
    assert all(np.array_equal(a, b) for a, b in zip(one.parameters, other.parameters, strict=True))
    assert one.training and one.training.penalty.all() and not one.training.strength.any()


def test_networks_are_like_their_references_unless_others_are_asked_for(chains: Chains) -> None:
    given = deflate(chains, TASK, BRIEF, network=NETWORK)
    assert all(
        np.array_equal(a, b) for a, b in zip(deflate(chains, TASK, BRIEF).parameters, given.parameters, strict=True)
    )


def test_a_chain_alone_is_the_same_as_among_others_on_any_number_of_threads(chains: Chains) -> None:
    settings = BRIEF.model_copy(update={"strength": "auto", "noise": "own"})
    whole = deflate(chains, TASK, settings, TrainingRun(MEMBERS[:2], NativeEngine(2), threads=2), NETWORK)
    part = Chains([chains.solutions[0][1]])
    alone = deflate(part, TASK, settings, TrainingRun([MEMBERS[1]], NativeEngine()), NETWORK)
    assert all(np.array_equal(a[1], b[0]) for a, b in zip(whole.parameters, alone.parameters, strict=True))
    assert whole.training and alone.training
    for name in ("loss", "penalty", "strength", "performance"):
        assert np.array_equal(getattr(whole.training, name)[1], getattr(alone.training, name)[0]), name


def test_a_chain_whose_reference_is_broken_is_marked_and_harms_no_other(chains: Chains) -> None:
    broken = chains.solutions[0].with_parameters(chains.solutions[0].parameters.map(np.copy))
    broken.parameters.recurrent[1, 2, 3] = np.nan
    spoilt = deflate(Chains([broken]), TASK, BRIEF, network=NETWORK)
    clean = deflate(chains, TASK, BRIEF, network=NETWORK)
    assert spoilt.training and spoilt.training.diverged_at.tolist() == [-1, 0]
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(clean.parameters, spoilt.parameters, strict=True))


def test_deflation_does_not_touch_earlier_networks(chains: Chains) -> None:
    before = chains.solutions[0].parameters.map(np.copy)
    deflate(chains, TASK, BRIEF, network=NETWORK)
    assert all(np.array_equal(a, b) for a, b in zip(before, chains.solutions[0].parameters, strict=True))


def test_networks_of_different_shape_make_no_ensemble(make_ensemble: Make) -> None:
    with pytest.raises(AtlasError, match="one shape"):
        stack([make_ensemble(1, 5), make_ensemble(1, 6)])


def penalise(
    new: Ensemble, earlier: list[Ensemble], settings: DeflationSettings, task: Task, step: int = 3, spoil: float = 0.0
) -> Penalised:
    """The penalty of one training step; ``spoil`` is added to the rates of padded steps."""
    members = MEMBERS[: new.members]
    batches = [task.trials(20, seed=k) for k in range(new.members)]
    inputs = np.stack([batch.inputs for batch in batches])
    noise = Noise(np.arange(1, new.members + 1).astype(np.uint64), step, new.cell.noise_scale())
    rollout = NativeEngine().roll_out(new.parameters, new.cell, inputs, noise)
    for k, batch in enumerate(batches):
        rollout.rates[k][~batch.valid()] += np.float32(spoil)
    penalty = SimilarityPenalty(earlier, settings, TrainingRun(members, NativeEngine()))
    return penalty(step_of(new, step, batches, inputs, noise, rollout, penalty.start))


def step_of(
    new: Ensemble, number: int, batches: list[Any], inputs: np.ndarray, noise: Noise, rollout: Rollout, strength: float
) -> Step:
    """What a penalty sees of a training step of ``new``."""
    valid = np.stack([batch.valid() for batch in batches])
    state = TrainingState.begin(new.parameters, strength)
    run = lambda job: [job(k) for k in range(new.members)]  # noqa: E731
    return Step(number, inputs, valid, noise, rollout, np.ones(new.members), state, run)


def test_earlier_networks_run_without_noise_with_the_new_ones_or_with_their_own(make_ensemble: Make) -> None:
    """A network compared with itself: only under common noise are its rates the same."""
    network = make_ensemble(2, 24, 1, 1, noise=0.5)
    value = {
        mode: [
            penalise(
                network, [network], DeflationSettings(strength=1.0, ridge=1e-5, noise=mode, stride=1), TASK, step
            ).value
            for step in (3, 4)
        ]
        for mode in ("none", "common", "own")
    }
    assert np.allclose(value["common"], 1.0, atol=1e-4)
    for mode in ("none", "own"):
        assert np.all(np.array(value[mode]) < 0.99), mode
    inputs = np.stack([TASK.trials(20, seed=k).inputs for k in range(2)])
    silent, loud = (
        NativeEngine().roll_out(network.parameters, network.cell, inputs, noise).rates.reshape(2, -1, 24)
        for noise in (None, Noise(np.array([1, 2], dtype=np.uint64), 3, network.cell.noise_scale()))
    )
    for k in range(2):
        readout = network.parameters.readout[k]
        assert value["none"][0][k] == pytest.approx(
            similarity_penalty(loud[k], readout, [silent[k]], [readout], 1e-5).value
        )


def test_own_noise_is_another_at_each_step_for_each_member_and_each_earlier_network(make_ensemble: Make) -> None:
    """One network in every place, and new networks without noise: the values differ by the earlier networks' noise alone."""
    one = make_ensemble(1, 24, 1, 1, noise=0.5)[[0, 0]]
    quiet = Ensemble(one.parameters, type(one.cell)(one.cell.alpha))
    settings = DeflationSettings(strength=1.0, ridge=1e-5, noise="own")

    def values(step: int) -> list[float]:
        batch = TASK.trials(20, seed=0)
        inputs = np.broadcast_to(batch.inputs, (2, *batch.inputs.shape))
        noise = Noise(np.zeros(2, dtype=np.uint64), step, 0.0)
        rollout = NativeEngine().roll_out(quiet.parameters, quiet.cell, inputs, noise)
        found = []
        for earlier in ([one], [one, one]):
            penalty = SimilarityPenalty(earlier, settings, TrainingRun(MEMBERS[:2], NativeEngine()))
            found.append(penalty(step_of(quiet, step, [batch] * 2, inputs, noise, rollout, penalty.start)).value)
        return [*found[0], *(found[1] - found[0])]

    found = values(3) + values(4)
    assert len({round(value, 6) for value in found}) == 8
    assert values(3) == found[:4]


@pytest.mark.parametrize("form", ["trace", "norm"])
def test_padded_steps_do_not_count(make_ensemble: Make, form: str) -> None:
    task = get_task("memory_pro")
    new, earlier = (make_ensemble(2, 24, 3, 3, seed=seed) for seed in (1, 2))
    settings = DeflationSettings(strength=2.0, form=form)  # type: ignore[arg-type]
    clean, spoilt = (penalise(new, [earlier], settings, task, spoil=spoil) for spoil in (0.0, 100.0))
    padded = np.stack([~task.trials(20, seed=k).valid() for k in range(2)])
    assert padded.any()
    assert np.array_equal(clean.value, spoilt.value)
    assert np.array_equal(clean.rate_gradient, spoilt.rate_gradient)
    assert not clean.rate_gradient[padded].any() and clean.rate_gradient[~padded].any()


def test_the_gradient_is_that_of_strength_times_value(make_ensemble: Make) -> None:
    new, earlier = make_ensemble(1, 24, 1, 1, seed=1), make_ensemble(1, 24, 1, 1, seed=2)
    weak, strong = (penalise(new, [earlier], DeflationSettings(strength=s), TASK) for s in (0.5, 1.5))
    assert np.allclose(3 * weak.rate_gradient, strong.rate_gradient) and np.array_equal(weak.value, strong.value)
    assert np.allclose(3 * weak.readout_gradient, strong.readout_gradient) and weak.readout_gradient.any()
