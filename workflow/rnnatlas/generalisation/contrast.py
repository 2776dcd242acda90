"""How far two groups of networks differ in each of many conditions, with intervals over networks and trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.checks.records import check_fields


@dataclass(frozen=True)
class Contrast:
    """Median over networks of the mean over trials, of one group less that of the other, in each condition.

    ``low`` and ``high`` are 95 % percentile intervals condition by condition, infinite where a group has fewer than two
    networks; ``drawn`` are the differences of the bootstrap draws, the same draws in all conditions.
    """

    difference: Float[Array, "*cell"]
    low: Float[Array, "*cell"]
    high: Float[Array, "*cell"]
    drawn: Float[Array, "draw *cell"]

    def __post_init__(self) -> None:
        check_fields(self)

    def largest(self) -> tuple[float, float, float]:
        """The largest difference over conditions, with a 95 % interval that allows for having looked at all of them.

        The ends are the largest difference less (plus) the 97.5 % point of the largest error over conditions, upwards
        (downwards): a simultaneous band by the bootstrap. Percentiles of the drawn maxima would lie too high, since the
        largest of many noisy values exceeds the largest of their means.
        """
        top = float(self.difference.max())
        if not np.isfinite(self.low).all():
            return top, -np.inf, np.inf
        errors = (self.drawn - self.difference).reshape(len(self.drawn), -1)
        up, down = np.percentile([errors.max(1), (-errors).max(1)], 97.5, axis=1)
        return top, float(top - up), float(top + down)


def contrast(
    scores: Float[Array, "network *cell trial"],
    others: Float[Array, "network2 *cell trial"],
    rng: np.random.Generator,
    draws: int = 1000,
) -> Contrast:
    """``scores`` less ``others``; NaN scores are left out of the means over trials.

    Each draw takes networks with replacement within either group and one set of trials with replacement for all networks of
    both and all conditions: all were run on the same trials, so their errors go together. Resampling two crossed factors errs to
    the wide side (Owen 2007, Annals of Applied Statistics). With a single trial (a measure that has no trials) only networks are resampled.
    """
    trials = scores.shape[-1]
    once = np.ones((1, trials))
    counts = rng.multinomial(trials, np.full(trials, 1.0 / trials), draws).astype(np.float64)
    difference = np.asarray(np.median(_means(scores, once), axis=0)[0] - np.median(_means(others, once), axis=0)[0])
    drawn = _resampled(scores, counts, rng) - _resampled(others, counts, rng)
    if min(len(scores), len(others)) < 2:
        return Contrast(difference, np.full(difference.shape, -np.inf), np.full(difference.shape, np.inf), drawn)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return Contrast(difference, np.asarray(low), np.asarray(high), drawn)


def _means(
    scores: Float[Array, "network *cell trial"], counts: Float[Array, "draw trial"]
) -> Float[Array, "network draw *cell"]:
    """Means over trials that are taken ``counts`` times each."""
    finite = np.isfinite(scores)
    total = np.where(finite, scores, 0.0).astype(np.float64) @ counts.T
    number = finite.astype(np.float64) @ counts.T
    return np.moveaxis(total / np.where(number > 0.0, number, np.nan), -1, 1)


def _resampled(
    scores: Float[Array, "network *cell trial"], counts: Float[Array, "draw trial"], rng: np.random.Generator
) -> Float[Array, "draw *cell"]:
    """Medians over resampled networks of the means over resampled trials."""
    means = _means(scores, counts)
    chosen = rng.integers(0, len(scores), (len(counts), len(scores)))
    drawn = np.arange(len(counts))[:, None]
    return np.median(means[chosen, drawn], axis=1)
