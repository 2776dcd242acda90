"""Silent holds: how long a network remembers after the last pulse, when nothing more comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.config.analysis import HoldSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.generalisation.grid import CHUNK, noisy_outputs
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator, stream_key
from rnnatlas.tasks.trials import Trials

CHANCE = 0.5  # of a bit that is guessed


@runtime_checkable
class HoldingTask(Protocol):
    """What a task adds to ``tasks.task.Task`` to be examined here: outputs that hold ±1 while its inputs are silent."""

    def pulse_interval(self) -> float:
        """Mean time between two pulses of one bit, in steps."""
        ...

    def silent_holds(self, count: int, rng: np.random.Generator, longest: float) -> Trials:
        """Trials as trained, then silence for ``longest`` mean intervals after the last pulse: the epoch ``silence``.

        Targets keep the last state; ``[start, stop)`` of the epoch begins with the first step after the last pulse.
        """
        ...


@dataclass(frozen=True)
class Holds:
    """Share of bits that the output still tells after each silence, and the silence that halves it."""

    duration: Float[Array, "hold"]
    retained: Float[Array, "member hold"]
    half_life: Float[Array, "member"]

    def datasets(self) -> dict[str, Array]:
        """These arrays under their names in a ``generalisation`` artifact."""
        return {f"hold/{name}": getattr(self, name) for name in ("duration", "retained", "half_life")}


def hold_durations(settings: HoldSettings) -> Float[Array, "hold"]:
    """1, 2, 3, … mean intervals between pulses, up to the longest."""
    return np.arange(1.0, settings.longest + 1.0)


def read_out_steps(trials: Trials, durations: Float[Array, "hold"], interval: float) -> Int[Array, "trial hold"]:
    """The steps that end silences of ``durations`` intervals of ``interval`` steps, at least one step each."""
    silent = np.maximum(1, np.round(durations * interval)).astype(int)
    return trials.epochs["silence"][:, :1] - 1 + silent


def evaluate_holds(ensemble: Ensemble, task: HoldingTask, settings: HoldSettings, seed: int, engine: Engine) -> Holds:
    """Retention of every member under private noise as trained, on trials and noise common to all networks of a study.

    Retained is the share of (trial, bit) whose output has the sign of the target at the last step of the silence.
    """
    trials = task.silent_holds(settings.trials, generator(seed, "silent holds"), float(settings.longest))
    durations = hold_durations(settings)
    steps = read_out_steps(trials, durations, task.pulse_interval())
    key = stream_key(seed, "silent holds", "private noise")
    right = np.zeros((ensemble.members, len(durations)))
    for number, first in enumerate(range(0, trials.count, CHUNK)):
        chunk = slice(first, first + CHUNK)
        outputs = noisy_outputs(ensemble, trials.inputs[chunk], 1.0, key, number, engine)
        right += _right(outputs, trials[chunk], steps[chunk]).mean(-1).sum(1)
    retained = right / trials.count
    return Holds(durations, retained, np.array([half_life(durations, curve) for curve in retained]))


def _right(
    outputs: Float[Array, "member trial time output"], trials: Trials, steps: Int[Array, "trial hold"]
) -> Bool[Array, "member trial hold output"]:
    rows = np.arange(len(steps))[:, None]
    return np.sign(outputs[:, rows, steps]) == trials.targets[rows, steps]


def half_life(durations: Float[Array, "hold"], retained: Float[Array, "hold"]) -> float:
    """First silence at which ``(retained − ½) / (1 − ½)`` has fallen to ½, interpolated linearly; inf if it never does.

    A bit is wholly known at its pulse, so the curve begins at silence 0 with retention 1. Unit: that of ``durations``.
    """
    x, y = np.r_[0.0, durations], (np.r_[1.0, retained] - CHANCE) / (1.0 - CHANCE)
    fallen = np.flatnonzero(y <= 0.5)
    if not fallen.size:
        return float("inf")
    k = int(fallen[0])
    return float(x[k - 1] + (y[k - 1] - 0.5) / (y[k - 1] - y[k]) * (x[k] - x[k - 1]))
