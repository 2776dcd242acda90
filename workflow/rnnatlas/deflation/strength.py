"""The weight of the penalty: fixed, or adapted so that the similarity is minimised subject to a task loss."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import DeflationSettings

LOW, HIGH, START, SMOOTHING = 1e-3, 1e2, 0.1, 0.95


def first_strength(settings: DeflationSettings) -> float:
    """λ before the first step."""
    return START if settings.strength == "auto" else settings.strength


def adapt_strength(
    strength: Float[Array, "member"],
    smoothed: Float[Array, "member"],
    loss: Float[Array, "member"],
    settings: DeflationSettings,
) -> None:
    """λ for this step, in place. A number stays; ``auto`` minimises S subject to L ≤ tolerance: λ rises by a small factor while the
    smoothed task loss is under its tolerance, and falls by the same factor while it is above, within [10⁻³, 10²]."""
    if settings.strength != "auto":
        return
    smoothed[:] = np.where(np.isnan(smoothed), loss, SMOOTHING * smoothed + (1 - SMOOTHING) * loss)
    factor = 1.0 + settings.adaptation
    strength *= np.where(smoothed <= settings.tolerance, factor, 1.0 / factor)
    np.clip(strength, LOW, HIGH, out=strength)


def ramped(strength: Float[Array, "member"], step: int, settings: DeflationSettings) -> Float[Array, "member"]:
    """The penalty's weight at ``step`` (from 0): ``λ·min(1, (step + 1)/ramp)``, so that a task is learned before it is solved anew."""
    share = (step + 1) / settings.ramp if step + 1 < settings.ramp else 1.0
    return (strength * share).astype(np.float32)
