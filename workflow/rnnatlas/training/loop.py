"""The training loop: blocks of steps for a whole ensemble, with or without a penalty."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Curves, Schedule, Trainer, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.training.batches import draw_batches
from rnnatlas.training.progress import Progress
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.schedule import BLOCK, learning_rates, sub_steps
from rnnatlas.training.stepwise import Penalty, advance

T = TypeVar("T")


def fit(
    ensemble: Ensemble,
    task: Task[Any],
    settings: TrainingSettings,
    run: TrainingRun,
    penalty: Penalty | None = None,
) -> Ensemble:
    """Train every member on its own trials and private noise, by the optimiser of ``settings``; returns the ensemble with its record.
    A network keeps its cell, of leak dt/τ, whatever the time steps that it was trained at.

    A member whose loss is not finite, or grows beyond 10⁴ times its first value, is frozen with the last weights
    that gave a finite loss, marked with that step, and costs nothing from then on. With a checkpoint the training goes on
    from where an earlier one was stopped, to the same bits. Raises ``AtlasError`` if all members diverge.
    """
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
            steps, active = range(first, min(first + BLOCK, settings.steps)), state.active.copy()
            return pool.submit(
                lambda: draw_batches(task, settings.batch, run, steps, active).finer(division[first // BLOCK])
            )

        ahead = run.threads > 1  # draw the next trials while the engine works
        following = draw(state.step) if state.step < settings.steps else None
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
            if not state.active.any():
                raise AtlasError(
                    None, run.label, f"every member diverged (steps {state.diverged_at.tolist()})", "lower training.learning_rate or clip"
                )  # fmt: skip
            progress.report(
                state.step, part.loss[:, -1], None if penalty is None else part.penalty[:, -1].max(1), state.active
            )
            if run.checkpoint is not None:
                run.checkpoint.save_if_due(state, curves)
            if following is None and state.step < settings.steps:
                following = draw(state.step)
    trained = ensemble.with_parameters(state.parameters)
    score = acceptance_score(trained, task, settings, run)
    record = TrainingRecord(
        **vars(curves),
        performance=score,
        accepted=state.active & (score >= settings.acceptance),
        attempts=np.array([member.attempt + 1 for member in run.members]),
        diverged_at=state.diverged_at,
    )
    if run.beacon is not None:
        run.beacon.tell(accepted=int(record.accepted.sum()), performance=float(np.median(score)))
    return Ensemble(trained.parameters, trained.cell, record, trained.chain)


def acceptance_score(
    ensemble: Ensemble, task: Task[Any], settings: TrainingSettings, run: TrainingRun
) -> Float[Array, "member"]:
    """Performance on the acceptance trials, which all members of the stream share, under training noise of their own."""
    trials = task.batch(settings.acceptance_trials, generator(*run.members[0].stream, "acceptance trials"))
    inputs = np.broadcast_to(trials.inputs, (ensemble.members, *trials.inputs.shape))
    noise = Noise(run.keys("acceptance noise"), 0, ensemble.cell.noise_scale())
    outputs = run.engine.outputs(ensemble.parameters, ensemble.cell, inputs, noise)
    return np.asarray(task.performance(outputs, trials), dtype=np.float64)
