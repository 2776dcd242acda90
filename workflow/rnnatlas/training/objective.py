"""The task's loss."""

import numpy as np

from rnnatlas.arrays import Array, Float


def weighted_loss(
    outputs: Float[Array, "trial time output"],
    targets: Float[Array, "trial time output"],
    weight: Float[Array, "trial time output"],
) -> tuple[float, Float[Array, "trial time output"]]:
    """Weighted mean squared error and its gradient with respect to the outputs.

    ``L = Σ w (y − y*)² / Σ w`` over trials, steps and outputs; padding has w = 0. L ≥ 0, in squared output units.
    """
    error = outputs - targets
    total = float(weight.sum(dtype=np.float64))
    weighted = weight * error
    loss = float(np.sum(weighted * error, dtype=np.float64)) / total
    return loss, weighted * np.float32(2.0 / total)
