"""The optimisers with clipping, for all members at once and each by itself; see ``engine.optimisers`` for the mathematics."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.optimisers import (
    BETA1,
    COEFFICIENTS,
    EPSILON,
    ITERATIONS,
    LEAST_NORM,
    MOMENTUM,
    RMS,
    Optimiser,
)
from rnnatlas.engine.steps import TrainingState
from rnnatlas.networks.parameters import Parameters


def optimiser_step(
    state: TrainingState, gradient: Parameters, rate: float, optimiser: Optimiser
) -> Float[Array, "member"]:
    """One step of Adam (β₁ = 0.9, ε = 1e-8), or of Muon for J and Adam for the rest, for the active members of ``state``, in place.

    A member's gradient is first scaled to norm ≤ ``optimiser.clip``; returns the norms before. A member whose gradient is not finite
    is not updated, and none depends on the others.
    """
    norm = gradient.norm()
    active = state.active & np.isfinite(norm)
    scale = np.where(active, np.minimum(1.0, optimiser.clip / np.maximum(norm, 1e-30)), 0.0).astype(np.float32)
    number = state.step + 1
    fade = np.sqrt(1.0 - optimiser.beta2**number)
    size = np.where(active, rate * fade / (1.0 - BETA1**number), 0.0).astype(np.float32)
    epsilon = np.float32(EPSILON * fade)
    groups = (state.parameters, gradient, state.first, state.second)
    for k, (value, change, first, second) in enumerate(zip(*groups, strict=True)):
        wide = (-1,) + (1,) * (value.ndim - 1)
        clipped = np.where(active.reshape(wide), change, np.float32(0.0)) * scale.reshape(wide)
        if k == 0 and optimiser.kind == "muon":
            first += np.float32(1.0 - MOMENTUM) * (clipped - first)
            ahead = clipped + np.float32(MOMENTUM) * (first - clipped)
            units = value.shape[1]
            length = np.where(active, rate * RMS * np.sqrt(units), 0.0).astype(np.float32)
            for block in range(value.shape[2] // units):
                columns = slice(block * units, (block + 1) * units)
                value[..., columns] -= length.reshape(wide) * near_orthogonal(ahead[..., columns])
            continue
        first += np.float32(1.0 - BETA1) * (clipped - first)
        second += np.float32(1.0 - optimiser.beta2) * (clipped * clipped - second)
        value -= size.reshape(wide) * first / (np.sqrt(second) + epsilon)
    return norm


def near_orthogonal(matrices: Float[Array, "member unit unit"]) -> Float[Array, "member unit unit"]:
    """``U p(S/|S|) Vᵀ`` of each matrix ``U S Vᵀ``, p the five Newton-Schulz iterations of ``engine.optimisers``; 0 of a zero matrix."""
    a, b, c = (np.float32(number) for number in COEFFICIENTS)
    size = np.sqrt(np.sum(np.square(matrices, dtype=np.float64), axis=(1, 2)))
    x = matrices * (1.0 / np.maximum(size, LEAST_NORM)).astype(np.float32)[:, None, None]
    for _ in range(ITERATIONS):
        square = x.transpose(0, 2, 1) @ x
        x = a * x + x @ (b * square + c * (square @ square))
    return np.asarray(x)
