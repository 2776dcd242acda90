"""Where a task has its networks remember in silence: the delay in which their state is kicked, and where the memory is read.

What a task declares already says it:

- ``silent_holds`` (``holds.HoldingTask``, the flip-flop): silence after a last pulse; the memory stands in the output, ±1 a bit;
- an epoch ``delay`` in its trials (MemoryPro): the last step of it is repeated until it is long enough, then come the go cue and the
  response, at whose last step the memory is read. Before that the output does not show it.

A task with neither has no delay: context-dependent integration as trained ends with its evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.dynamics.ring_attractor import prolonged
from rnnatlas.generalisation.holds import HoldingTask
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

EPOCH = "delay"


@dataclass(frozen=True)
class Delay:
    """Noise-free trials with a delay. ``kicked`` is the step at whose end the state is displaced, ``read`` the one whose output is
    compared; a memory has changed where outputs lie further than ``apart`` from each other (Euclidean, in units of the output)."""

    inputs: Float[Array, "trial time input"]
    kicked: Int[Array, "trial"]
    read: Int[Array, "trial"]
    apart: float


def delay_of(task: Task[Any], settings: RobustnessSettings, alpha: float, seed: int) -> Delay | None:
    """``settings.states`` trials with a delay, drawn from the stream (seed, "kicks", "trials"), common to all networks of a study;
    None for a task that declares none. ``alpha`` is dt/τ of the networks.

    The kick comes ``settings.wait`` τ after the delay began, and the delay goes on for ``settings.follow`` τ after it at least.
    """
    wait, follow = (max(1, round(duration / alpha)) for duration in (settings.wait, settings.follow))
    rng = generator(seed, "kicks", "trials")
    if isinstance(task, HoldingTask):
        trials = task.silent_holds(settings.states, rng, (wait + follow) / task.pulse_interval())
        kicked = trials.epochs["silence"][:, 0] + wait - 1
        return _cut(trials, kicked, kicked + follow, 1.0)  # ±1 lie 2 apart
    trials = task.draw(settings.states, rng, 1.0)
    if EPOCH not in trials.epochs:
        return None
    short = wait + follow - int(np.diff(trials.epochs[EPOCH]).min())
    trials = prolonged(trials, EPOCH, max(0, short))
    read = trials.length - 1
    return _cut(trials, trials.epochs[EPOCH][:, 0] + wait - 1, read, _apart(task, trials, read, settings.graded))


def _cut(trials: Trials, kicked: Int[Array, "trial"], read: Int[Array, "trial"], apart: float) -> Delay:
    """The delay, without what comes after the last output that is read."""
    return Delay(trials.inputs[:, : int(read.max()) + 1], kicked, read, apart)


def _apart(task: Task[Any], trials: Trials, read: Int[Array, "trial"], graded: float) -> float:
    """Half of the smallest distance between remembered values, as the targets at ``read`` have them, of a task whose variables are
    all classes; else ``graded``."""
    values = np.unique(trials.targets[np.arange(trials.count), read], axis=0).astype(np.float64)
    if len(values) < 2 or any(variable.scale != "class" for variable in task.variables()):
        return graded
    distances = np.linalg.norm(values[:, None] - values, axis=-1)
    return 0.5 * float(distances[~np.eye(len(values), dtype=bool)].min())
