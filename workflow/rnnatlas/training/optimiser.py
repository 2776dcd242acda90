"""Adam with clipping and a cosine schedule, for all members at once and each by itself."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.steps import TrainingState
from rnnatlas.networks.parameters import Parameters

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def cosine_rate(step: int, settings: TrainingSettings) -> float:
    """Step size at ``step``: from the initial rate η to ``final_rate``·η along half a cosine."""
    low = settings.final_rate
    phase = step / max(settings.steps - 1, 1)
    return settings.learning_rate * (low + (1.0 - low) * 0.5 * (1.0 + float(np.cos(np.pi * phase))))


def adam_step(state: TrainingState, gradient: Parameters, rate: float, clip: float) -> Float[Array, "member"]:
    """One step of Adam (Kingma & Ba 2015; β = 0.9, 0.999, ε = 1e-8) for the active members of ``state``, in place.

    A member's gradient is first scaled to norm ≤ ``clip``; returns the norms before. A member whose gradient is not finite is not
    updated, and none depends on the others.
    """
    norm = gradient.norm()
    active = state.active & np.isfinite(norm)
    scale = np.where(active, np.minimum(1.0, clip / np.maximum(norm, 1e-30)), 0.0).astype(np.float32)
    fade = np.sqrt(1.0 - BETA2 ** (state.step + 1))
    size = np.where(active, rate * fade / (1.0 - BETA1 ** (state.step + 1)), 0.0).astype(np.float32)
    epsilon = np.float32(EPSILON * fade)
    for value, change, first, second in zip(state.parameters, gradient, state.first, state.second, strict=True):
        wide = (-1,) + (1,) * (value.ndim - 1)
        clipped = np.where(active.reshape(wide), change, np.float32(0.0)) * scale.reshape(wide)
        first += np.float32(1.0 - BETA1) * (clipped - first)
        second += np.float32(1.0 - BETA2) * (clipped * clipped - second)
        value -= size.reshape(wide) * first / (np.sqrt(second) + epsilon)
    return norm
