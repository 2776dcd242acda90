"""How much of a recording would be seen again: its repeats are split at random in halves that share no noise.

Of condition means over n repeats, signal S plus noise of variance N/n, two halves of m repeats have the pooled correlation
``r = 2 Σ a·b / Σ(a² + b²)``, whose expectation is ``S/(S + N/m)``. The reliability of the mean of all n follows by Spearman and
Brown (both 1910): ``k r / (1 + (k − 1) r) = S/(S + N/n)`` with ``k = n/m``, 2 for an even number of repeats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.similarity.recordings import Recording
from rnnatlas.streams.keys import generator


class Halves(NamedTuple):
    """Condition means of two disjoint halves of the repeats."""

    a: Float[Array, "condition time unit"]
    b: Float[Array, "condition time unit"]


def split(recording: Recording, number: int, seed: int) -> Halves:
    """Split number ``number``: ⌊n/2⌋ repeats of each condition on either side; of an odd number one stays out."""
    order = generator(seed, "halves of repeats", number).permutation(len(recording.condition))
    order = order[np.argsort(recording.condition[order], kind="stable")]  # by condition, at random within
    repeats = recording.repeats()
    place = np.arange(len(order)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    half = np.repeat(repeats // 2, repeats)
    return Halves(recording.means(order[place < half]), recording.means(order[(place >= half) & (place < 2 * half)]))


def lengthening(recording: Recording) -> float:
    """k of the Spearman-Brown formula: noise power in the mean of a half over that in the mean of all repeats.

    (Conditions count by their steps. Exact where the noise is of one size in all conditions, or repeats are as many in each.)
    """
    repeats = recording.repeats()
    return float(recording.length @ (1.0 / (repeats // 2)) / (recording.length @ (1.0 / repeats)))


def spearman_brown(r: Float[Array, "..."], k: float) -> Float[Array, "..."]:
    """``k r / (1 + (k − 1) r)``: the reliability of k times as much data; 0 for r below 0, where nothing is seen again."""
    r = np.maximum(r, 0.0)
    return k * r / (1.0 + (k - 1.0) * r)


def pooled_correlation(
    a: Float[Array, "sample unit"], b: Float[Array, "sample unit"], fold: Int[Array, "sample"]
) -> float:
    """``2 Σ a·b / Σ(a² + b²)`` over all samples and units, in [−1, 1]. Means of the *other* folds are taken away from each fold,
    as in ``held_out_predictivity``, so that a perfect prediction's R² has this as its expectation, not nearly this."""
    a, b = _about_other_folds(a, fold), _about_other_folds(b, fold)
    return float(2.0 * np.sum(a * b) / np.sum(a**2 + b**2))


def _about_other_folds(x: Float[Array, "sample unit"], fold: Int[Array, "sample"]) -> Float[Array, "sample unit"]:
    result = np.empty_like(x)
    for k in range(int(fold.max()) + 1):
        result[fold == k] = x[fold == k] - x[fold != k].mean(axis=0)
    return result


def column_reliability(
    halves: list[tuple[Float[Array, "sample column"], Float[Array, "sample column"]]], k: float
) -> Float[Array, "column"]:
    """Reliability of each column, from the mean of its correlation over all splits; 0 for a column that does not vary."""
    found = []
    for a, b in halves:
        x, y = a - a.mean(axis=0), b - b.mean(axis=0)
        power = np.sum(x**2 + y**2, axis=0)
        found.append(np.divide(2.0 * np.sum(x * y, axis=0), power, out=np.zeros_like(power), where=power > 0.0))
    return spearman_brown(np.mean(found, axis=0), k)
