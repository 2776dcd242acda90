"""The hard grid: load × private noise × input noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.interface import Engine, Noise
from rnnatlas.engine.simulate import EVALUATION_STEP, broadcast_inputs
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator, stream_key
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

# Trials simulated at once, which bounds memory whatever the grid.
CHUNK = 128


@dataclass(frozen=True)
class HardGrid:
    """Mean performance in each condition, and its standard error over trials."""

    performance: Float[Array, "member load private input_level"]
    error: Float[Array, "member load private input_level"]


def input_levels(task: Task[Any], settings: HardSettings) -> list[float]:
    """Input-noise factors of the grid: only 1 where the task has no input noise to multiply."""
    return settings.input_noise if task.settings.input_noise > 0.0 else [1.0]


def evaluate_grid(
    ensemble: Ensemble, task: Task[Any], loads: list[Trials], settings: HardSettings, seed: int, engine: Engine
) -> HardGrid:
    """Performance of every member on noise-free ``loads`` (a trial set for each load of the grid).

    Input noise and private noise are drawn by name (seed, task, load, level), so they are common to all networks of a study
    and every network is judged on the same noisy trials. No trajectory is kept.
    """
    private, input_ = settings.private_noise, input_levels(task, settings)
    shape = (ensemble.members, len(loads), len(private), len(input_))
    mean, error = np.zeros(shape), np.zeros(shape)
    for i, clean in enumerate(loads):
        for k, factor in enumerate(input_):
            trials = task.with_noise(clean, generator(seed, "hard input noise", i, k), factor)
            for j, level in enumerate(private):
                key = stream_key(seed, "hard private noise", i, j)
                scores = _scores(ensemble, task, trials, level, key, engine)
                mean[:, i, j, k] = np.nanmean(scores, axis=1)
                error[:, i, j, k] = np.nanstd(scores, axis=1, ddof=1) / np.sqrt(np.isfinite(scores).sum(1))
    return HardGrid(mean, error)


def _scores(
    ensemble: Ensemble, task: Task[Any], trials: Trials, level: float, key: int, engine: Engine
) -> Float[Array, "member trial"]:
    """Score of each trial under ``level`` times the trained private noise."""
    scale = ensemble.cell.noise_scale(level * ensemble.cell.noise)
    parts: list[Array] = []
    for number, first in enumerate(range(0, trials.count, CHUNK)):
        part = trials[slice(first, first + CHUNK)]
        keys = np.full(ensemble.members, key, dtype=np.uint64)
        noise = Noise(keys, EVALUATION_STEP - number, scale) if scale > 0.0 else None
        outputs = engine.outputs(ensemble.parameters, ensemble.cell, broadcast_inputs(ensemble, part.inputs), noise)
        parts.append(task.score(outputs, part)["performance"])
    return np.concatenate(parts, axis=1).astype(np.float64)
