"""The weight of the penalty: fixed, or adapted so that the similarity is minimised subject to a task loss."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import DeflationSettings


@runtime_checkable
class Strength(Protocol):
    """Lambda of each member at each step."""

    def update(self, loss: Float[Array, "member"]) -> Float[Array, "member"]: ...


class FixedStrength:
    """The same lambda throughout."""

    def __init__(self, members: int, value: float) -> None:
        self.value = np.full(members, value, dtype=np.float32)

    def update(self, loss: Float[Array, "member"]) -> Float[Array, "member"]:  # noqa: ARG002
        return self.value


class AdaptiveStrength:
    """Minimise S subject to L ≤ tolerance: raise lambda by a small factor while the smoothed task loss is under its
    tolerance, lower it by the same factor while it is above. Lambda stays within [10⁻³, 10²]."""

    LOW, HIGH, START, SMOOTHING = 1e-3, 1e2, 0.1, 0.95

    def __init__(self, members: int, tolerance: float, adaptation: float) -> None:
        self.value = np.full(members, self.START)
        self.loss = np.full(members, np.nan)
        self.tolerance, self.factor = tolerance, 1.0 + adaptation

    def update(self, loss: Float[Array, "member"]) -> Float[Array, "member"]:
        self.loss = np.where(np.isnan(self.loss), loss, self.SMOOTHING * self.loss + (1 - self.SMOOTHING) * loss)
        change = np.where(self.loss <= self.tolerance, self.factor, 1.0 / self.factor)
        self.value = np.clip(self.value * change, self.LOW, self.HIGH)
        return self.value.astype(np.float32)


def make_strength(members: int, settings: DeflationSettings) -> Strength:
    """The strength that the configuration asks for."""
    if settings.strength == "auto":
        return AdaptiveStrength(members, settings.tolerance, settings.adaptation)
    return FixedStrength(members, settings.strength)
