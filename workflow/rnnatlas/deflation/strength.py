"""The weight of the penalty: fixed, or adapted so that the similarity is minimised subject to a task loss."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.training import DeflationSettings
from rnnatlas.engine.steps import SMOOTHING, SimilarityTerm
from rnnatlas.training.schedule import half_cosine


class Adaptation(NamedTuple):
    """Factors of λ at each step while the task loss is under its tolerance and above, the least λ and the largest."""

    rise: float
    fall: float
    floor: float
    ceiling: float


def first_strength(settings: DeflationSettings) -> float:
    """λ before the first step."""
    return settings.initial if settings.strength == "auto" else settings.strength


def adaptation(settings: DeflationSettings) -> Adaptation:
    """How ``auto`` adapts λ; a number stays, which is a rise of 1."""
    if settings.strength != "auto":
        return Adaptation(1.0, 1.0, settings.floor, settings.ceiling)
    rise = 1.0 + settings.adaptation
    return Adaptation(rise, 1.0 / rise**settings.retreat, settings.floor, settings.ceiling)


def adapt_strength(
    strength: Float[Array, "member"], smoothed: Float[Array, "member"], loss: Float[Array, "member"], tolerance: float,
    how: Adaptation | SimilarityTerm,
) -> None:  # fmt: skip
    """λ for this step, in place: ``auto`` minimises S subject to L ≤ tolerance, as λ rises by a small factor while the smoothed task
    loss is under its tolerance, and falls while it is above, within [floor, ceiling]."""
    if how.rise == 1.0:
        return
    smoothed[:] = np.where(np.isnan(smoothed), loss, SMOOTHING * smoothed + (1 - SMOOTHING) * loss)
    strength *= np.where(smoothed <= tolerance, how.rise, how.fall)
    np.clip(strength, how.floor, how.ceiling, out=strength)


def shares(settings: DeflationSettings, steps: int) -> Float[Array, "step"]:
    """The share of λ with which the penalty counts at each step: 0 until ``begins``, then in proportion to the step, 1 from ``full`` until
    ``falls``, and from there in proportion down to ``last`` at the last step."""
    first, whole, falls = (part * steps for part in (settings.begins, settings.full, settings.falls))
    number = np.arange(1, steps + 1)
    risen = (
        np.clip((number - first) / (whole - first), 0.0, 1.0) if whole > first else (number > first).astype(np.float64)
    )
    if falls >= steps:
        return risen
    return risen * (1.0 - (1.0 - settings.last) * np.clip((number - falls) / (steps - falls), 0.0, 1.0))


def tolerances(settings: DeflationSettings, steps: int) -> Float[Array, "step"]:
    """The task loss that ``auto`` keeps to at each step: falling with the step size, lest λ unwind while the loss is high from that alone."""
    end = settings.tolerance if settings.final_tolerance is None else settings.final_tolerance
    return end + (settings.tolerance - end) * half_cosine(steps)
