"""The training loop: blocks of steps for a whole ensemble, with or without a penalty."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Curves, Schedule, Trainer, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.training.batches import draw_batches
from rnnatlas.training.lessons import FixedTrials, epoch_losses, last_losses, lessons_of
from rnnatlas.training.progress import Progress
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.schedule import BLOCK, block_end, learning_rates, sub_steps
from rnnatlas.training.stepwise import Penalty, advance

T = TypeVar("T")


def fit(
    ensemble: Ensemble,
    task: Task[Any],
    settings: TrainingSettings,
    run: TrainingRun,
    penalty: Penalty | None = None,
    refuse_diverged: bool = True,
) -> Ensemble:
    """Train every member on its own trials (``lessons.py``) and private noise, by the optimiser of ``settings``; returns the ensemble with
    its record. With epochs, a member whose mean loss over one is at most ``stop`` keeps its weights from then on, and costs nothing.
    A network keeps its cell, of leak dt/τ, whatever the time steps that it was trained at.

    A member whose loss is not finite, or grows beyond 10⁴ times its first value, is frozen with the last weights
    that gave a finite loss, marked with that step, and costs nothing from then on. With a checkpoint the training goes on
    from where an earlier one was stopped, to the same bits. Raises ``AtlasError`` if all members diverge, but where
    ``refuse_diverged`` is false.
    """
    lessons = lessons_of(task, settings)
    settings = settings.model_copy(update={"steps": lessons.steps})
    state = TrainingState.begin(ensemble.parameters, 0.0 if penalty is None else penalty.start)
    curves = Curves.begin(ensemble.members, settings.steps, 0 if penalty is None else penalty.similarities)
    if run.checkpoint is not None:
        run.checkpoint.restore(state, curves)
    term = None if penalty is None else penalty.term
    optimiser = Optimiser(settings.clip, settings.optimiser, settings.beta2)
    division = sub_steps(settings, run, ensemble.cell)
    setup = TrainingSetup(ensemble.cell, run.keys("private noise"), optimiser, term)
    setups = {factor: setup.finer(factor) for factor in set(division)}
    schedule = Schedule.of(learning_rates(settings))
    if penalty is not None:
        schedule = Schedule(schedule.rate, *penalty.course(settings.steps))
    progress = Progress(settings.steps, run.label, state.step, beacon=run.beacon)
    with ThreadPoolExecutor(run.threads) as pool:

        def each_member(job: Callable[[int], T]) -> list[T]:
            return list(pool.map(job, range(ensemble.members)))

        def draw(first: int) -> Any:
            steps, active = range(first, block_end(first, settings.steps, lessons.epoch)), state.active.copy()
            return pool.submit(lambda: draw_batches(lessons, run, steps, active).finer(division[first // BLOCK]))

        ahead = run.threads > 1  # draw the next trials while the engine works
        following = draw(state.step) if state.step < settings.steps and state.active.any() else None
        while following is not None:
            batches, following = following.result(), None
            block, factor = slice(state.step, state.step + len(batches.inputs)), division[state.step // BLOCK]
            given = (setups[factor], state, batches, schedule[block])
            if ahead and block.stop < settings.steps:
                following = draw(block.stop)
            if isinstance(run.engine, Trainer) and (penalty is None or term is not None):
                part = run.engine.train(*given)
            else:
                part = advance(run.engine, *given, penalty, each_member, factor)
            for name, curve in vars(curves).items():
                curve[:, block] = getattr(part, name)
            if refuse_diverged:  # before the checkpoint, which is to be one that can go on
                check_converged(run, state.diverged_at)
            progress.report(
                state.step, part.loss[:, -1], None if penalty is None else part.penalty[:, -1].max(1), state.active,
                state.diverged_at >= 0,
            )  # fmt: skip
            if isinstance(lessons, FixedTrials) and settings.stop is not None and block.stop % lessons.epoch == 0:
                epoch = slice(block.stop - lessons.epoch, block.stop)
                state.active &= ~(epoch_losses(curves.loss[:, epoch], lessons)[:, 0] <= settings.stop)
            if run.checkpoint is not None:
                run.checkpoint.save_if_due(state, curves)
            if not state.active.any():
                break
            if following is None and state.step < settings.steps:
                following = draw(state.step)
    trained = ensemble.with_parameters(state.parameters)
    score = acceptance_score(trained, task, settings, run)
    accepted = (state.diverged_at < 0) & (score >= settings.acceptance)
    final = (
        last_losses(epoch_losses(curves.loss[:, : state.step], lessons))
        if isinstance(lessons, FixedTrials)
        else curves.loss[:, state.step - 1]
    )
    if settings.accepted_loss is not None:
        accepted &= final <= settings.accepted_loss
    record = TrainingRecord(
        **{name: curve[:, : state.step] for name, curve in vars(curves).items()},
        performance=score,
        accepted=accepted,
        attempts=np.array([member.attempt + 1 for member in run.members]),
        diverged_at=state.diverged_at,
        final_loss=np.asarray(final, np.float64)[:, None],
    )
    if run.beacon is not None:
        run.beacon.tell(accepted=int(record.accepted.sum()), performance=float(np.median(score)))
    return Ensemble(trained.parameters, trained.cell, record, trained.chain)


def check_converged(run: TrainingRun, diverged_at: Int[Array, "member"]) -> None:
    """Raise ``AtlasError`` if every member diverged."""
    if (diverged_at >= 0).all():
        raise AtlasError(None, run.label, f"every member diverged (steps {diverged_at.tolist()})", "lower training.learning_rate or clip")  # fmt: skip


def acceptance_score(
    ensemble: Ensemble, task: Task[Any], settings: TrainingSettings, run: TrainingRun
) -> Float[Array, "member"]:
    """Performance on the acceptance trials, which all members of the stream share, under training noise of their own."""
    trials = task.batch(settings.acceptance_trials, generator(*run.members[0].stream, "acceptance trials"))
    inputs = np.broadcast_to(trials.inputs, (ensemble.members, *trials.inputs.shape))
    noise = Noise(run.keys("acceptance noise"), 0, ensemble.cell.noise_scale())
    outputs = run.engine.outputs(ensemble.parameters, ensemble.cell, inputs, noise)
    return np.asarray(task.performance(outputs, trials), dtype=np.float64)
