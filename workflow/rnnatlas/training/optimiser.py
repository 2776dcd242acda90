"""Adam with clipping and a cosine schedule, for all members at once and each by itself."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.training import TrainingSettings
from rnnatlas.networks.parameters import Parameters


def cosine_rate(step: int, settings: TrainingSettings) -> float:
    """Step size at ``step``: from the initial rate η to ``final_rate``·η along half a cosine."""
    low = settings.final_rate
    phase = step / max(settings.steps - 1, 1)
    return settings.learning_rate * (low + (1.0 - low) * 0.5 * (1.0 + float(np.cos(np.pi * phase))))


class Adam:
    """Adam (Kingma & Ba 2015; β = 0.9, 0.999, ε = 1e-8); a member's gradient is first scaled to norm ≤ ``clip``.

    The state is per member, and a member's update never depends on the others.
    """

    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, parameters: Parameters, clip: float) -> None:
        self.clip = clip
        self.first = parameters.map(np.zeros_like)
        self.second = parameters.map(np.zeros_like)

    def step(
        self, parameters: Parameters, gradient: Parameters, rate: float, step: int, active: Bool[Array, "member"]
    ) -> Float[Array, "member"]:
        """Update the active members in place; returns each member's gradient norm before clipping.

        A member whose gradient is not finite is not updated."""
        norm = gradient.norm()
        active = active & np.isfinite(norm)
        scale = np.where(active, np.minimum(1.0, self.clip / np.maximum(norm, 1e-30)), 0.0).astype(np.float32)
        correction = np.sqrt(1.0 - self.BETA2 ** (step + 1)) / (1.0 - self.BETA1 ** (step + 1))
        size = np.where(active, rate * correction, 0.0).astype(np.float32)
        epsilon = np.float32(self.EPSILON * np.sqrt(1.0 - self.BETA2 ** (step + 1)))
        for value, change, first, second in zip(parameters, gradient, self.first, self.second, strict=True):
            wide = (-1,) + (1,) * (value.ndim - 1)
            clipped = np.where(active.reshape(wide), change, np.float32(0.0)) * scale.reshape(wide)
            first += np.float32(1.0 - self.BETA1) * (clipped - first)
            second += np.float32(1.0 - self.BETA2) * (clipped * clipped - second)
            value -= size.reshape(wide) * first / (np.sqrt(second) + epsilon)
        return norm
