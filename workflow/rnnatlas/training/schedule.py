"""Step sizes and time steps over the course of a training."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import TrainingSettings
from rnnatlas.networks.cell import Cell
from rnnatlas.streams.keys import generator
from rnnatlas.training.run import TrainingRun

BLOCK = 8  # steps a call of the engine, all at the same time step


def block_end(first: int, steps: int, epoch: int) -> int:
    """Where the block of steps that begins at ``first`` ends: a multiple of ``BLOCK``, the end of an epoch (of so many steps; 0: there are
    none) or of the training."""
    end = min((first // BLOCK + 1) * BLOCK, steps)
    return min(end, (first // epoch + 1) * epoch) if epoch else end


def half_cosine(steps: int) -> Float[Array, "step"]:
    """From 1 at the first of ``steps`` to 0 at the last: ``½(1 + cos πs/(steps − 1))``."""
    return 0.5 * (1.0 + np.cos(np.pi * (np.arange(steps) / max(steps - 1, 1))))


def learning_rates(settings: TrainingSettings) -> Float[Array, "step"]:
    """Step size at each step: from the initial rate η to ``final_rate``·η along half a cosine, times ``(step + 1)/warm_up`` before
    ``warm_up``."""
    low, number = settings.final_rate, np.arange(1, settings.steps + 1)
    warm = np.minimum(1.0, number / settings.warm_up) if settings.warm_up else 1.0
    return settings.learning_rate * (low + (1.0 - low) * half_cosine(settings.steps)) * warm


def sub_steps(settings: TrainingSettings, run: TrainingRun, cell: Cell) -> list[int]:
    """For each block of steps, into how many its networks divide dt: one of ``time_steps``, or of ``late_time_steps`` in the last share
    ``late``, drawn from the run's stream. All members have the same, whoever they are; gated cells, which have no step, have 1."""
    found: list[int] = []
    blocks = -(-settings.steps // BLOCK)
    if cell.kind != "rate":
        return [1] * blocks
    for block in range(blocks):
        late = block * BLOCK >= (1.0 - settings.late) * settings.steps
        among = settings.late_time_steps if late and settings.late_time_steps else settings.time_steps
        drawn = 0 if len(among) == 1 else generator(*run.members[0].stream, "time steps", block).integers(len(among))
        found.append(round(1.0 / among[int(drawn)]))
    return found
