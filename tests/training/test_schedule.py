"""Step sizes and time steps over a training."""

import numpy as np
import pytest

from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains, deflate
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Schedule, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.finer_steps import outputs_at_finer_step
from rnnatlas.networks.cell import Cell
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.batches import draw_batches
from rnnatlas.training.lessons import FreshTrials
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.objective import weighted_loss
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.schedule import BLOCK, sub_steps
from rnnatlas.training.standard import fresh_networks

TASK = get_task("flip_flop", duration=600.0, bits=1)
NETWORK = NetworkSettings(units=12, noise=0.0)
RATE = Cell(0.2, 0.05)


def run(numbers: list[int], stream: tuple[int | str, ...] = (3, "schedule"), threads: int = 1) -> TrainingRun:
    return TrainingRun([Member(stream, number) for number in numbers], NativeEngine(threads), threads)


def test_each_block_takes_a_time_step_of_the_runs_stream_whoever_trains() -> None:
    settings = TrainingSettings(steps=4001, time_steps=[1.0, 0.5, 0.25])
    found = sub_steps(settings, run([0, 1]), RATE)
    assert len(found) == -(-4001 // BLOCK)
    shares = [found.count(k) / len(found) for k in (1, 2, 4)]
    assert shares == pytest.approx([1 / 3] * 3, abs=4 * np.sqrt(2 / 9 / len(found)))
    assert found == sub_steps(settings, run([7]), RATE) != sub_steps(settings, run([0], (4, "schedule")), RATE)
    shorter = sub_steps(settings.model_copy(update={"steps": 400}), run([0]), RATE)
    assert shorter == found[: len(shorter)]  # a longer training begins as a shorter one


def test_the_last_share_of_the_steps_may_have_time_steps_of_its_own() -> None:
    settings = TrainingSettings(steps=800, time_steps=[1.0], late_time_steps=[0.25], late=0.3)
    found = sub_steps(settings, run([0]), RATE)
    assert found == [1] * 70 + [4] * 30
    assert sub_steps(settings.model_copy(update={"late_time_steps": []}), run([0]), RATE) == [1] * 100


def test_gated_cells_have_no_time_step() -> None:
    assert sub_steps(TrainingSettings(steps=80, time_steps=[0.5]), run([0]), Cell(1.0, 0.0, "gru")) == [1] * 10
    with pytest.raises(AtlasError, match="time_steps"):
        Cell(1.0, 0.0, "gru").finer(2)


@pytest.mark.parametrize("factor", [0.3, 0.0, 2.0, -0.5])
def test_time_steps_divide_dt_by_whole_numbers(factor: float) -> None:
    with pytest.raises(ValueError, match="time_steps"):
        TrainingSettings(time_steps=[1.0, factor])
    assert TrainingSettings(time_steps=[1 / 3]).time_steps == [1 / 3]


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_the_loss_at_a_finer_step_is_that_of_the_networks_simulated_there(factor: float) -> None:
    factor = int(factor)
    who = run([0, 1])
    networks = fresh_networks(TASK, NETWORK, 1.0, who.members)
    batches = draw_batches(FreshTrials(TASK, 10, 1), who, range(1), np.ones(2, bool))
    setup = TrainingSetup(networks.cell, who.keys("private noise"), Optimiser(1.0)).finer(factor)
    state = TrainingState.begin(networks.parameters)
    curves = NativeEngine().train(setup, state, batches.finer(factor), Schedule.of(np.array([1e-3])))
    for k in range(2):
        outputs = outputs_at_finer_step(networks[k], batches.inputs[0, k], factor, 0.0, (0, "test"), NativeEngine())
        expected, _ = weighted_loss(outputs[0], batches.targets[0, k], batches.weight[0, k])
        assert curves.loss[k, 0] == pytest.approx(expected, rel=1e-5)


def test_members_train_at_mixed_steps_as_they_do_alone_on_any_number_of_threads() -> None:
    settings = TrainingSettings(steps=40, batch=6, acceptance=0.0, acceptance_trials=8, time_steps=[1.0, 0.5])
    network = NetworkSettings(units=12)
    assert len(set(sub_steps(settings, run([0]), RATE))) == 2
    whole, alone = (
        fit(fresh_networks(TASK, network, 1.0, who.members), TASK, settings, who)
        for who in (run([0, 1, 2], threads=2), run([1]))
    )
    deflation = DeflationSettings(training=settings, combine=4.0)
    both, one = (
        deflate(Chains([made, made.with_parameters(made.parameters.map(lambda a: a[:, ::-1].copy() if a.ndim == 2 else a))]), TASK, deflation, who, network, start=0.7)
        for made, who in ((whole, run([0, 1, 2], threads=2)), (alone, run([1])))
    )  # fmt: skip
    for together, by_itself in ((whole, alone), (both, one)):
        assert together.cell == Cell(0.2, 0.05)  # that of dt
        for a, b in zip(together.parameters, by_itself.parameters, strict=True):
            assert np.array_equal(a[1], b[0])
        assert together.training and by_itself.training
        assert np.array_equal(together.training.penalty[1], by_itself.training.penalty[0])


def test_a_round_may_start_from_the_alternative_before_it() -> None:
    still = TrainingSettings(steps=1, learning_rate=1e-12, warm_up=0, acceptance=0.0, acceptance_trials=4, batch=2)
    who = run([0, 1])
    reference, before = (fresh_networks(TASK, NETWORK, 1.0, [Member((9, name), k) for k in range(2)]) for name in "ab")
    fresh = fresh_networks(TASK, NETWORK, 1.0, who.members)
    settings = DeflationSettings(training=still)
    for solutions, share in (([reference, before], 0.75), ([reference, before], 0.0), ([reference], 0.0)):
        found = deflate(Chains(solutions), TASK, settings, who, NETWORK, start=0.75 if len(solutions) == 1 else share)
        for new, old, drawn in zip(found.parameters, before.parameters, fresh.parameters, strict=True):
            assert np.allclose(new, share * old + (1 - share) * drawn, atol=1e-6)
    with pytest.raises(AtlasError, match="same shape"):
        deflate(Chains([reference, before]), TASK, settings, who, NetworkSettings(units=9), start=0.5)
