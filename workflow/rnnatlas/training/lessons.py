"""What a member is shown at each step: fresh trials, or a fixed set of them, gone through in shuffled batches, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.training import TrainingSettings
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.training.member import Member


@dataclass(frozen=True)
class Shown:
    """The trials of one step of one member, as far as a training needs them."""

    inputs: Float[Array, "trial time input"]
    targets: Float[Array, "trial time output"]
    weight: Float[Array, "trial time output"]
    length: Int[Array, "trial"]


@dataclass(frozen=True)
class FreshTrials:
    """Trials drawn anew at each step, from the member's own stream; there are no epochs."""

    task: Task[Any]
    batch: int
    steps: int
    epoch: int = 0

    def shown(self, member: Member, step: int) -> Shown:
        """What ``member`` is shown at ``step``: it depends on nothing else."""
        return _shown(self.task.batch(self.batch, generator(*member.words("training"), step)))


@dataclass(frozen=True)
class FixedTrials:
    """A set of ``count`` trials: all that the task has, or so many, drawn once for each member and attempt. An epoch goes through it once
    in an order of its own; its last batch may be smaller. Input noise, where the task has any, is drawn anew each time."""

    task: Task[Any]
    batch: int
    count: int
    complete: bool
    steps: int
    _sets: dict[Member | None, Any] = field(default_factory=dict, repr=False)
    _orders: dict[Member, tuple[int, Array]] = field(default_factory=dict, repr=False)

    @property
    def epoch(self) -> int:
        """Steps of an epoch."""
        return -(-self.count // self.batch)

    def sizes(self) -> Int[Array, "step"]:
        """The trials of each step of an epoch."""
        return np.minimum(self.batch, self.count - self.batch * np.arange(self.epoch))

    def shown(self, member: Member, step: int) -> Shown:
        """What ``member`` is shown at ``step``: it depends on nothing else."""
        epoch, part = divmod(step, self.epoch)
        chosen = self._order(member, epoch)[part * self.batch : (part + 1) * self.batch]
        trials = self._set(member)
        if self.task.settings.input_noise == 0.0:
            return Shown(trials.inputs[chosen], trials.targets[chosen], trials.weight[chosen], trials.length[chosen])
        return _shown(self.task.with_noise(trials[chosen], generator(*member.words("training noise"), step)))

    def _set(self, member: Member) -> Any:
        key = None if self.complete else member
        if key not in self._sets:
            drawn = self.task.complete() if self.complete else self.task.draw(self.count, generator(*member.words("training set")))  # fmt: skip
            self._sets[key] = drawn
        return self._sets[key]

    def _order(self, member: Member, epoch: int) -> Array:
        known, order = self._orders.get(member, (-1, np.empty(0, np.int64)))
        if known != epoch:
            own = (member.order,) if member.order else ()
            order = generator(*member.words("training order"), epoch, *own).permutation(self.count)
            self._orders[member] = (epoch, order)
        return order


Lessons = FreshTrials | FixedTrials


def lessons_of(task: Task[Any], settings: TrainingSettings) -> Lessons:
    """The lessons that ``settings`` describe. Raises ``AtlasError`` for a complete set of a task that has none, or a batch larger than the
    set."""
    if settings.trials == "fresh":
        return FreshTrials(task, settings.batch, settings.steps)
    complete = settings.trials == "complete"
    every = task.complete() if complete else None
    if complete and (every is None or every.count == 0):
        raise AtlasError(
            None, "training.trials", f"{task.title!r} has no complete set of trials (its complete() gives none)",
            "give a number of trials, which are drawn once, or let its file define complete()",
        )  # fmt: skip
    count = every.count if every is not None else int(settings.trials)
    if settings.batch > count:
        raise AtlasError(
            None, "training.batch", f"{count} trials at most are expected, which is all of the training set, found {settings.batch}",
            "lower training.batch or raise training.trials",
        )  # fmt: skip
    found = FixedTrials(task, settings.batch, count, complete, 0)
    return FixedTrials(task, settings.batch, count, complete, settings.epochs * found.epoch)


def epoch_losses(loss: Float[Array, "member step"], lessons: FixedTrials) -> Float[Array, "member epoch"]:
    """Mean loss of each whole epoch over its trials; NaN from where a member ended."""
    sizes = lessons.sizes().astype(np.float64)
    whole = loss.shape[1] // lessons.epoch
    steps = loss[:, : whole * lessons.epoch].reshape(len(loss), whole, lessons.epoch)
    return np.asarray(steps.astype(np.float64) @ (sizes / sizes.sum()))


def last_losses(losses: Float[Array, "member epoch"]) -> Float[Array, "member"]:
    """The last that is a number; NaN where none is."""
    there = np.isfinite(losses)
    last = losses.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)
    return np.where(there.any(1), losses[np.arange(len(losses)), last], np.nan)


def _shown(trials: Any) -> Shown:
    return Shown(trials.inputs, trials.targets, trials.weight, trials.length)
