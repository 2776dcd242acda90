"""What is decoded from which trials: everything that depends on the kind of task, read off its properties.

- The epoch is the first of ``EPOCHS`` that the task's trials have (MemoryPro: delay; context: stimulus; flip-flop: trial), else
  the whole trial; bins end with the shortest trial's epoch.
- Durations that the settings draw from an interval are held: the decoded epoch's at its longest, the others at the middle. Where
  there is such an interval ``ONSET``, the trials are drawn once more with the onset as trained, and their results are called
  ``<variable>_jittered``. Bins count from the start of the epoch in both.
- Where one variable is an angle, shown and answered as cosine and sine, trials are ``angles`` equidistant angles × ``repeats``.
- Input noise is as trained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task, Variable
from rnnatlas.tasks.trials import Trials

EPOCHS = ("delay", "stimulus", "trial")
ONSET, JITTERED = "onset", "_jittered"


@dataclass(frozen=True)
class Session:
    """Trials to decode from. ``start`` is the first step of the decoded ``epoch``, ``bins`` how many of ``steps`` steps follow;
    ``values`` are those of each variable in each bin; ``condition`` is the variable whose values are equidistant, if any."""

    suffix: str
    epoch: str
    condition: str | None
    trials: Trials
    variables: list[Variable]
    start: Int[Array, "trial"]
    bins: int
    steps: int
    values: dict[str, Float[Array, "trial bin"]]

    def binned(self, rates: Float[Array, "trial time unit"]) -> Float[Array, "trial bin unit"]:
        """Mean rates in each bin of the epoch."""
        step = self.start[:, None] + np.arange(self.bins * self.steps)
        inside = rates[np.arange(len(rates))[:, None], step]
        return inside.reshape(len(rates), self.bins, self.steps, -1).mean(axis=2)


def sessions(task: Task[Any], settings: DecodingSettings, seed: int) -> list[Session]:
    """The trials with fixed timing, then those with jittered onset where the task has one. Reproducible from ``seed``, and the same
    for every network. Raises ``AtlasError`` if a bin does not fit, or a variable does not vary."""
    found = [_session(task, settings, seed, ())]
    if ONSET in _intervals(task):
        found.append(_session(task, settings, seed, (ONSET,)))
    bins = min(session.bins for session in found)  # where the epoch is the trial, its length follows the onset
    return [replace(s, bins=bins, values={name: value[:, :bins] for name, value in s.values.items()}) for s in found]


def _session(task: Task[Any], settings: DecodingSettings, seed: int, free: tuple[str, ...]) -> Session:
    suffix = JITTERED if free else ""
    rng = generator(seed, "decoding", "trials" + suffix)
    epoch = next((name for name in EPOCHS if name in task.draw(1, generator(0)).epochs), "")
    timed = _hold(task, epoch, free)
    variables = timed.variables()
    angles = [variable.name for variable in variables if variable.scale == "circular"]
    condition = angles[0] if len(angles) == 1 and _pairs(timed.input_names) else None
    if condition:
        count = settings.angles * settings.repeats
        wanted = np.arange(count) % settings.angles * (2.0 * np.pi / settings.angles)
        drawn = _turned(timed, timed.draw(count, rng), condition, wanted)
    else:
        drawn = timed.draw(settings.trials, rng)
    trials = timed.with_noise(drawn, rng)
    bounds = trials.epochs.get(epoch, np.stack([np.zeros_like(trials.length), trials.length], axis=1))
    steps = timed.steps(settings.bin)
    bins = int((bounds[:, 1] - bounds[:, 0]).min()) // steps
    if bins < 1:
        raise AtlasError(None, "analysis.decoding.bin", f"a bin of {settings.bin:g} ms is longer than the epoch {epoch or 'trial'!r}", "choose a shorter bin")  # fmt: skip
    middle = bounds[:, :1] + np.arange(bins) * steps + steps // 2
    values = {variable.name: _values(timed, trials, variable.name, middle) for variable in variables}
    for name, value in values.items():
        if value.min() == value.max():
            raise AtlasError(None, f"variables: {name}", "it has one value in all trials, and there is nothing to decode", "leave it out of the task's variables(), or draw trials in which it varies")  # fmt: skip
    return Session(suffix, epoch, condition, trials, variables, bounds[:, 0], bins, steps, values)


def _intervals(task: Task[Any]) -> dict[str, tuple[float, float]]:
    """Settings that are ranges of the onset or of an epoch's duration."""
    timed = {ONSET, *task.draw(1, generator(0)).epochs}
    return {name: value for name, value in vars(task.settings).items() if name in timed and isinstance(value, tuple)}


def _hold(task: Task[Any], epoch: str, free: tuple[str, ...]) -> Task[Any]:
    """The task with durations held, but for those named ``free``."""
    held = {
        name: (ends[1],) * 2 if name == epoch else (sum(ends) / 2.0,) * 2
        for name, ends in _intervals(task).items()
        if name not in free
    }
    return type(task)(type(task.settings).model_validate(task.settings.model_dump() | held))


def _pairs(names: tuple[str, ...]) -> list[tuple[int, int]]:
    """Channels that show an angle: ``cos…`` with the ``sin…`` of the same ending."""
    sines = {name.replace("cos", "sin", 1): k for k, name in enumerate(names) if name.startswith("cos")}
    return [(sines[name], k) for k, name in enumerate(names) if name in sines]


def _turned(task: Task[Any], trials: Trials, name: str, angle: Float[Array, "trial"]) -> Trials:
    """``trials`` with other angles: every pair of channels is rotated by the difference."""
    by = angle - trials.conditions[name]
    rotation = np.exp(1j * by)[:, None]
    changed: list[Array] = []
    for array, names in ((trials.inputs, task.input_names), (trials.targets, task.output_names)):
        turned = array.copy()
        for cosine, sine in _pairs(names):
            pair = (array[..., cosine] + 1j * array[..., sine]) * rotation
            turned[..., cosine], turned[..., sine] = pair.real, pair.imag
        changed.append(turned)
    return replace(trials, inputs=changed[0], targets=changed[1], conditions=trials.conditions | {name: angle})


def _values(task: Task[Any], trials: Trials, name: str, step: Int[Array, "trial bin"]) -> Float[Array, "trial bin"]:
    """A variable's value in each bin: that of the trial; but a variable named as an output that is trained at every one of these
    steps (a bit of the flip-flop) changes within the trial, and its value is the target in the middle of the bin."""
    if name in task.output_names:
        output, row = task.output_names.index(name), np.arange(trials.count)[:, None]
        if (trials.weight[row, step, output] > 0.0).all():
            return trials.targets[row, step, output].astype(np.float64)
    return np.repeat(trials.conditions[name][:, None], step.shape[1], axis=1)
