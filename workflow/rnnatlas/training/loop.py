"""The training loop: one step after the other for a whole ensemble, with or without a penalty."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import generator, stream_key
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.objective import weighted_loss
from rnnatlas.training.optimiser import Adam, cosine_rate
from rnnatlas.training.progress import Progress

# A loss beyond this many times the first one counts as diverged.
DIVERGED = 1e4
T = TypeVar("T")


class Penalised(NamedTuple):
    """A penalty at one step: its value, its weight, and the gradient of the product."""

    value: Float[Array, "member"]
    strength: Float[Array, "member"]
    rate_gradient: Float[Array, "member trial time unit"]
    readout_gradient: Float[Array, "member unit output"]


@runtime_checkable
class Penalty(Protocol):
    """What is added to the task loss."""

    def __call__(
        self, step: int, batches: list[Trials], inputs: Array, noise: Noise, rollout: Rollout, parameters: Parameters,
        loss: Array, run: Callable[[Callable[[int], Any]], list[Any]],
    ) -> Penalised: ...  # fmt: skip


class Member(NamedTuple):
    """A member's name in the random streams: it does not depend on the ensemble that it is trained in."""

    stream: tuple[int | str, ...]
    number: int
    attempt: int = 0

    def words(self, purpose: str) -> tuple[int | str, ...]:
        return (*self.stream, purpose, self.number, self.attempt)


def fit(
    ensemble: Ensemble,
    task: Task[Any],
    settings: TrainingSettings,
    members: list[Member],
    engine: Engine,
    penalty: Penalty | None = None,
    what: str = "training",
    threads: int = 1,
) -> Ensemble:
    """Train every member by Adam on its own trials and private noise; returns the ensemble with its record.

    A member whose loss is not finite, or grows beyond 10⁴ times its first value, is frozen with the last weights
    that gave a finite loss and marked with that step. Raises ``AtlasError`` if all members diverge.
    """
    count, steps = ensemble.members, settings.steps
    parameters = ensemble.parameters.map(lambda array: np.array(array, dtype=np.float32))
    adam = Adam(parameters, settings.clip)
    keys = np.array([stream_key(*member.words("private noise")) for member in members], dtype=np.uint64)
    curves = {name: np.zeros((count, steps), dtype=np.float32) for name in ("loss", "penalty", "strength")}
    diverged_at = np.full(count, -1)
    active = np.ones(count, dtype=bool)
    progress = Progress(steps, what)
    first_loss = np.full(count, np.inf)
    with ThreadPoolExecutor(threads) as pool:

        def run(job: Callable[[int], T]) -> list[T]:
            return list(pool.map(job, range(count)))

        for step in range(steps):
            batches = run(partial(_draw, task, settings.batch, members, step))
            inputs = np.stack([batch.inputs for batch in batches])
            if not np.isfinite(inputs).all():
                raise AtlasError(None, f"{what}, step {step}", "finite inputs are expected, the task drew NaN or infinity", "mend the task's draw()")  # fmt: skip
            noise = Noise(keys, step, ensemble.cell.noise_scale())
            rollout = engine.roll_out(parameters, ensemble.cell, inputs, noise)
            results = run(partial(_loss, rollout, batches))
            loss = np.array([result[0] for result in results])
            output_gradient = np.stack([result[1] for result in results])
            if step == 0:
                first_loss = loss
            active = _freeze(active, diverged_at, step, loss, first_loss)
            penalised = None
            if penalty is not None:
                penalised = penalty(step, batches, inputs, noise, rollout, parameters, loss, run)
                active = _freeze(active, diverged_at, step, penalised.value, first_loss)
                curves["penalty"][:, step], curves["strength"][:, step] = penalised.value, penalised.strength
            if not active.any():
                raise AtlasError(
                    None, what, f"every member diverged (steps {diverged_at.tolist()})", "lower training.learning_rate or clip"
                )  # fmt: skip
            gradient = engine.gradient(
                parameters, ensemble.cell, inputs, rollout, output_gradient, None if penalised is None else penalised.rate_gradient
            )  # fmt: skip
            if penalised is not None:
                gradient = replace(gradient, readout=gradient.readout + penalised.readout_gradient)
            norm = adam.step(parameters, gradient, cosine_rate(step, settings), step, active)
            active = _freeze(active, diverged_at, step, norm, np.full(count, np.inf))
            curves["loss"][:, step] = np.where(active, loss, np.nan)
            progress.report(step, loss, None if penalised is None else penalised.value, active)
    trained = ensemble.with_parameters(parameters)
    score = acceptance_score(trained, task, settings, members, engine)
    record = TrainingRecord(
        **curves,
        performance=score,
        accepted=active & (score >= settings.acceptance),
        attempts=np.array([member.attempt + 1 for member in members]),
        diverged_at=diverged_at,
    )
    return replace(trained, training=record)


def _draw(task: Task[Any], count: int, members: list[Member], step: int, k: int) -> Trials:
    return task.batch(count, generator(*members[k].words("training"), step))


def _loss(rollout: Rollout, batches: list[Trials], k: int) -> tuple[float, Array]:
    return weighted_loss(rollout.outputs[k], batches[k].targets, batches[k].weight)


def _freeze(active: Array, diverged_at: Array, step: int, loss: Array, first: Array) -> Bool[Array, "member"]:
    """``active`` without the members whose loss is not finite or has exploded; marks the step in ``diverged_at``."""
    bad = active & ~(np.isfinite(loss) & (loss <= DIVERGED * np.maximum(first, 1.0)))
    diverged_at[bad] = step
    return active & ~bad


def acceptance_score(
    ensemble: Ensemble, task: Task[Any], settings: TrainingSettings, members: list[Member], engine: Engine
) -> Float[Array, "member"]:
    """Performance on the acceptance trials, which all members of the stream share, under training noise of their own."""
    trials = task.batch(settings.acceptance_trials, generator(*members[0].stream, "acceptance trials"))
    inputs = np.broadcast_to(trials.inputs, (ensemble.members, *trials.inputs.shape))
    keys = np.array([stream_key(*member.words("acceptance noise")) for member in members], dtype=np.uint64)
    noise = Noise(keys, 0, ensemble.cell.noise_scale())
    rollout = engine.roll_out(ensemble.parameters, ensemble.cell, inputs, noise)
    return np.asarray(task.performance(rollout.outputs, trials), dtype=np.float64)
