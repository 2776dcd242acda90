"""The hard grid: load × private noise × input noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.checks.records import check_fields
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.interface import Engine, Noise
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.inputs import broadcast_inputs
from rnnatlas.simulation.noise import EVALUATION_STEP
from rnnatlas.streams.keys import generator, stream_key
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

# Trials simulated at once, which bounds memory whatever the grid.
CHUNK = 128


@dataclass(frozen=True)
class HardGrid:
    """Mean performance in each condition, its standard error over trials, and each trial's score, a load at a time.

    A score is NaN where a trial has nothing to judge; means and errors leave it out.
    """

    performance: Float[Array, "member load private input_level"]
    error: Float[Array, "member load private input_level"]
    scores: list[Float[Array, "member private input_level trial"]]

    def __post_init__(self) -> None:
        check_fields(self)

    def datasets(self) -> dict[str, Array]:
        """These arrays under their names in a ``generalisation`` artifact."""
        numbered = {f"score/{number}": scores for number, scores in enumerate(self.scores)}
        return {"performance": self.performance, "error": self.error} | numbered


def input_levels(task: Task[Any], settings: HardSettings) -> list[float]:
    """Input-noise factors of the grid: only 1 where there is no input noise to multiply."""
    return settings.input_noise if _with_unit(task, settings).settings.input_noise > 0.0 else [1.0]


def _with_unit(task: Task[Any], settings: HardSettings) -> Task[Any]:
    """The task whose input noise the factors multiply: its own, or ``settings.input_unit`` where it has none."""
    if task.settings.input_noise > 0.0 or settings.input_unit is None:
        return task
    return type(task)(task.settings.model_copy(update={"input_noise": settings.input_unit}))


def evaluate_grid(
    ensemble: Ensemble, task: Task[Any], loads: list[Trials], settings: HardSettings, seed: int, engine: Engine
) -> HardGrid:
    """Performance of every member on noise-free ``loads`` (a trial set for each load of the grid).

    Input noise and private noise are drawn by name (seed, task, load, level), so they are common to all networks of a study
    and every network is judged on the same noisy trials, trial by trial. No trajectory is kept. Levels multiply the trained
    noise; where none was trained, ``settings.private_unit`` and ``settings.input_unit``. Raises ``AtlasError`` for trials of another task.
    """
    for clean in loads:
        task.check_trials(clean)
    noisy = _with_unit(task, settings)
    private, input_ = settings.private_noise, input_levels(task, settings)
    shape = (ensemble.members, len(loads), len(private), len(input_))
    mean, error = np.zeros(shape), np.zeros(shape)
    kept: list[Array] = []
    for i, clean in enumerate(loads):
        kept.append(np.empty((ensemble.members, len(private), len(input_), clean.count), np.float32))
        for k, factor in enumerate(input_):
            trials = noisy.with_noise(clean, generator(seed, "hard input noise", i, k), factor)
            for j, level in enumerate(private):
                key = stream_key(seed, "hard private noise", i, j)
                scores = _scores(ensemble, task, trials, level, key, engine, settings.private_unit or 0.0)
                mean[:, i, j, k] = np.nanmean(scores, axis=1)
                error[:, i, j, k] = np.nanstd(scores, axis=1, ddof=1) / np.sqrt(np.isfinite(scores).sum(1))
                kept[i][:, j, k] = scores
    return HardGrid(mean, error, kept)


def noisy_outputs(
    ensemble: Ensemble,
    inputs: Float[Array, "trial time input"],
    level: float,
    key: int,
    chunk: int,
    engine: Engine,
    unit: float = 0.0,
) -> Float[Array, "member trial time output"]:
    """Outputs of every member under ``level`` times its trained private noise, the same draws for all members.

    ``chunk`` numbers the parts of a trial set that is run in pieces; each has noise of its own. ``unit`` is the σ that ``level``
    multiplies for networks that were trained without noise.
    """
    scale = ensemble.cell.noise_scale(level * (ensemble.cell.noise or unit))
    keys = np.full(ensemble.members, key, dtype=np.uint64)
    noise = Noise(keys, EVALUATION_STEP - chunk, scale) if scale > 0.0 else None
    return engine.outputs(ensemble.parameters, ensemble.cell, broadcast_inputs(ensemble, inputs), noise)


def _scores(
    ensemble: Ensemble, task: Task[Any], trials: Trials, level: float, key: int, engine: Engine, unit: float
) -> Float[Array, "member trial"]:
    """Score of each trial under ``level`` times the trained private noise, or ``unit``."""
    parts: list[Array] = []
    for number, first in enumerate(range(0, trials.count, CHUNK)):
        part = trials[slice(first, first + CHUNK)]
        outputs = noisy_outputs(ensemble, part.inputs, level, key, number, engine, unit)
        parts.append(task.score(outputs, part)["performance"])
    return np.concatenate(parts, axis=1).astype(np.float64)
