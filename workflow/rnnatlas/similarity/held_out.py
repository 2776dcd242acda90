"""Linear predictivity held out over conditions, for activity that is noisy: the ridge is chosen on the training conditions.

``R² = 1 − Σ|Ŷ − Y|² / Σ|Y − ȳ|²``, with ``Ŷ = ȳ + (X − x̄) M``, ``M = (XᵀX + ρI)⁻¹ XᵀY`` of the centred training samples and
``ρ = ridge · tr(XᵀX)/N``, as in ``regression.py``. Conditions are dealt to folds; each fold is predicted by the map of the others,
with the ridge that predicts these best when each of them is left out in turn, the largest of ridges that are tied. Sums are over
all folds and units.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.similarity.inputs import ROUNDING, paired_samples
from rnnatlas.streams.keys import generator
from rnnatlas.ties import first_of_ties


class _Moments(NamedTuple):
    """Sums over the samples of one or more folds; those of a union are the sums of its parts."""

    samples: float
    x: Float[Array, "unit"]
    y: Float[Array, "unit2"]
    xx: Float[Array, "unit unit"]
    xy: Float[Array, "unit unit2"]
    yy: float

    def plus(self, other: _Moments, sign: float = 1.0) -> _Moments:
        x, y, xx = self.x + sign * other.x, self.y + sign * other.y, self.xx + sign * other.xx
        return _Moments(
            self.samples + sign * other.samples, x, y, xx, self.xy + sign * other.xy, self.yy + sign * other.yy
        )

    def without(self, other: _Moments) -> _Moments:
        return self.plus(other, -1.0)

    def about(self, mean_x: Array, mean_y: Array) -> tuple[Array, Array, float]:
        """``XᵀX``, ``XᵀY`` and ``|Y|²`` after these means are taken away."""
        xx = self.xx - np.outer(self.x, mean_x) - np.outer(mean_x, self.x) + self.samples * np.outer(mean_x, mean_x)
        xy = self.xy - np.outer(self.x, mean_y) - np.outer(mean_x, self.y) + self.samples * np.outer(mean_x, mean_y)
        return xx, xy, float(self.yy - 2.0 * self.y @ mean_y + self.samples * mean_y @ mean_y)


def deal(conditions: int, folds: int, seed: int) -> Int[Array, "condition"]:
    """The fold of each condition: shuffled, then dealt like cards, so that folds differ by one at most."""
    fold = np.empty(conditions, dtype=int)
    fold[generator(seed, "folds of conditions").permutation(conditions)] = np.arange(conditions) % min(
        folds, conditions
    )
    return fold


def held_out_predictivity(
    source: Float[Array, "sample unit"],
    target: Float[Array, "sample unit2"],
    fold: Int[Array, "sample"],
    ridges: Sequence[float],
) -> float:
    """Held-out, centred R² of the linear map from ``source`` to ``target``; ``fold`` numbers three folds or more from 0.

    At most 1, without lower bound; NaN for a target without variance. Neither map nor ridge has seen what they are scored on, so
    noise that is independent from condition to condition (from trial to trial) adds nothing to R². Cost: one
    eigendecomposition for each pair of folds. Raises ``AtlasError`` for NaN, infinity, or samples that do not pair.
    """
    x, y = paired_samples(source, target)
    raw = np.sum(y**2)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)  # for rounding alone: the training means follow
    parts = [_moments(x[fold == k], y[fold == k]) for k in range(int(fold.max()) + 1)]
    whole = reduce(_Moments.plus, parts)
    ridges = sorted(ridges, reverse=True)
    missed = power = 0.0
    for k, scored in enumerate(parts):
        rest = whole.without(scored)
        inner = [_errors(rest.without(left_out), left_out, ridges) for j, left_out in enumerate(parts) if j != k]
        chosen = first_of_ties(np.sum([errors for errors, _ in inner], axis=0), sum(spread for _, spread in inner))
        errors, spread = _errors(rest, scored, [ridges[chosen]])
        missed, power = missed + errors[0], power + spread
    return float(1.0 - missed / power) if power > ROUNDING**2 * raw else float("nan")


def _moments(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]) -> _Moments:
    return _Moments(float(len(x)), x.sum(axis=0), y.sum(axis=0), x.T @ x, x.T @ y, float(np.sum(y**2)))


def _errors(train: _Moments, test: _Moments, ridges: Sequence[float]) -> tuple[Float[Array, "ridge"], float]:
    """``|Ŷ − Y|²`` on ``test`` of the maps fitted on ``train`` with each ridge, and ``|Y − ȳ|²``."""
    means = train.x / train.samples, train.y / train.samples
    xx, xy, _ = train.about(*means)
    values, vectors = np.linalg.eigh(xx)
    other_xx, other_xy, power = test.about(*means)
    cross, other_cross = vectors.T @ xy, vectors.T @ other_xy
    other = vectors.T @ other_xx @ vectors
    errors = np.empty(len(ridges))
    for place, ridge in enumerate(ridges):
        total = np.maximum(values, 0.0) + ridge * np.trace(xx) / len(xx)
        kept = total > len(total) * np.finfo(np.float64).eps * total[-1]  # the rest is 0 to rounding
        m = np.divide(cross, total[:, None], out=np.zeros_like(cross), where=kept[:, None])
        errors[place] = power - np.sum(m * (2.0 * other_cross - other @ m))
    return errors, power
