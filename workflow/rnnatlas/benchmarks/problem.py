"""What all contenders are timed on: a leaky tanh network, its trials, and how it is trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters

ALPHA, GAIN, CLIP, RATE = 0.2, 0.9, 1.0, 1e-3
BETAS, EPSILON = (0.9, 0.999), 1e-8


@dataclass(frozen=True)
class Problem:
    """One network (the member axis of ``parameters`` has length 1), its trials, and the weight of each squared error.

    The loss is ``Σ w (y − y*)² / Σ w``; a step clips the gradient's norm to ``CLIP`` and is Adam's with rate ``RATE``.
    """

    parameters: Parameters
    cell: Cell
    inputs: Float[Array, "trial time input"]
    targets: Float[Array, "trial time output"]
    weight: Float[Array, "trial time output"]


def draw_problem(
    units: int = 100, trials: int = 128, times: int = 100, inputs: int = 5, outputs: int = 3, noise: float = 0.05, seed: int = 0
) -> Problem:  # fmt: skip
    """Random weights at gain 0.9, standard normal inputs and targets, weights 0, 1 or 2; ``noise`` is σ of the cell."""
    cell = Cell(ALPHA, noise)
    network = initialise([0], units, inputs, outputs, GAIN, cell, (seed, "benchmark"))
    rng = np.random.default_rng(seed)
    return Problem(
        parameters=network.parameters,
        cell=cell,
        inputs=rng.standard_normal((trials, times, inputs), dtype=np.float32),
        targets=rng.standard_normal((trials, times, outputs), dtype=np.float32),
        weight=rng.integers(0, 3, (trials, times, outputs)).astype(np.float32),
    )
