"""The trials of several training steps, drawn and laid side by side."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.engine.steps import Batches
from rnnatlas.errors import AtlasError
from rnnatlas.training.lessons import Lessons
from rnnatlas.training.run import TrainingRun


def draw_batches(lessons: Lessons, run: TrainingRun, steps: range, active: Bool[Array, "member"]) -> Batches:
    """What each active member is shown at each of ``steps``; trials that a smaller batch lacks are empty, as are all of frozen members.

    Trials are ordered by falling length, so that an engine can leave padding out. Raises ``AtlasError`` if a task draws an input
    that is not finite.
    """
    drawn = [
        [lessons.shown(member, step) if on else None for member, on in zip(run.members, active, strict=True)]
        for step in steps
    ]  # fmt: skip
    times = max(trials.inputs.shape[1] for row in drawn for trials in row if trials is not None)
    shape, task = (len(steps), len(run.members), lessons.batch), lessons.task
    sizes = (len(task.input_names), len(task.output_names), len(task.output_names))
    arrays = [np.zeros((*shape, times, size), np.float32) for size in sizes]
    length = np.zeros(shape, np.int32)
    for s, row in enumerate(drawn):
        for m, trials in enumerate(row):
            if trials is None:
                continue
            order = _longest_first(trials.length)
            for array, values in zip(arrays, (trials.inputs, trials.targets, trials.weight), strict=True):
                array[s, m, : len(values), : values.shape[1]] = values if order is None else values[order]
            length[s, m, : len(trials.length)] = trials.length if order is None else trials.length[order]
    if not np.isfinite(arrays[0]).all():
        bad = steps[int(np.argwhere(~np.isfinite(arrays[0]))[0, 0])]
        raise AtlasError(
            None, f"{run.label}, step {bad}", "finite inputs are expected, the task drew NaN or infinity", "mend the task's draw()"
        )  # fmt: skip
    return Batches(arrays[0], arrays[1], arrays[2], length)


def _longest_first(length: Int[Array, "trial"]) -> Int[Array, "trial"] | None:
    """The order by falling length, trials of one length as they were; None if that is the order they have."""
    return None if (length[1:] <= length[:-1]).all() else np.argsort(-length, kind="stable")
