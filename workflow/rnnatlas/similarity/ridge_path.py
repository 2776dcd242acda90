"""Linear predictivity along a path of ridges: one eigendecomposition of the source serves every target and ridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.similarity.inputs import paired_samples


class Split(NamedTuple):
    """The same activity on the trials that maps are fitted on, and on those that they are scored on."""

    fit: Float[Array, "sample unit"]
    score: Float[Array, "sample2 unit"]


def predictivity_by_ridge(
    source: Split, targets: Sequence[Split], ridges: Sequence[float]
) -> Float[Array, "target ridge"]:
    """Uncentred held-out R² of linear maps from ``source`` to each target, ``1 − |X M − Y|²/|Y|²`` on the ``score`` samples.

    ``M = (XᵀX + ρI)⁻¹ XᵀY`` on the ``fit`` samples, ``ρ = ridge · tr(XᵀX)/N``, as in ``predictivity_matrix``. With
    ``XᵀX = V Λ Vᵀ`` a ridge changes ``(Λ + ρ)⁻¹`` alone. At most 1, without lower bound; NaN for a target without activity.
    Raises ``AtlasError`` for NaN, infinity, or samples that do not pair.
    """
    gram, other = (x.T @ x for x in (part.astype(np.float64) for part in source))
    values, vectors = np.linalg.eigh(gram)
    other = vectors.T @ other @ vectors
    shrunk = [_inverse(values, ridge * np.trace(gram) / len(gram)) for ridge in ridges]
    result = np.empty((len(targets), len(ridges)))
    for row, target in enumerate(targets):
        x, y = paired_samples(source.fit, target.fit)
        x_score, y_score = paired_samples(source.score, target.score)
        cross, cross_score = vectors.T @ (x.T @ y), vectors.T @ (x_score.T @ y_score)
        power = np.sum(y_score**2)
        for column, inverse in enumerate(shrunk):
            m = inverse[:, None] * cross
            explained = np.sum(m * (2.0 * cross_score - other @ m))
            result[row, column] = explained / power if power > 0.0 else np.nan
    return result


def _inverse(values: Float[Array, "unit"], rho: float) -> Float[Array, "unit"]:
    """``1/(λ + ρ)``; what is 0 to rounding even with the ridge is left out."""
    total = values + rho
    kept = total > len(total) * np.finfo(np.float64).eps * total[-1]
    return np.divide(1.0, total, out=np.zeros_like(total), where=kept)
