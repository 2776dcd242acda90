"""CKA, RSA, CCA and Procrustes of every pair in a population: each network is decomposed once, a pair costs one product.

With X = U S Vᵀ of each network's centred rates, everything that the three measures of a pair need follows from
``P = U_xᵀ U_y``: XᵀY has the singular values and the Frobenius norm of ``S_x P S_y``, and the canonical correlations are the
singular values of P. For RSA it is the ranks of the dissimilarities that are kept. The definitions, with their
invariances, stand in ``representation.py``, which computes single pairs; RSA here is its ``euclidean`` form, which is defined for
silent samples too and, like the others, does not depend on the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import rankdata

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.similarity.inputs import centred, refuse_nonfinite

CUTOFF = 1e-6  # directions below this share of the largest singular value do not count in CCA, as in ``mean_cca``
MEASURES = ("cka", "rsa", "cca", "procrustes")


@dataclass(frozen=True, eq=False)
class Geometry:
    """What comparisons need of one network: singular values and left singular vectors of its centred rates, how many of them
    count for CCA, and the centred ranks of its dissimilarities, of norm 1 (NaN where all are equal)."""

    basis: Float[Array, "sample direction"]
    singular: Float[Array, "direction"]
    rank: int
    dissimilarity: Float[Array, "pair"]


def describe(rates: Float[Array, "sample unit"], few: Int[Array, "rdm_sample"]) -> Geometry:
    """The geometry of one network; ``few`` are the rows that enter the dissimilarities (their number is squared).

    Raises ``AtlasError`` for rates that are not finite.
    """
    refuse_nonfinite(rates)
    x = rates.astype(np.float64)
    u, s, _ = np.linalg.svd(centred(x), full_matrices=False)
    ranks = rankdata(pdist(x[few], "sqeuclidean"))
    ranks -= ranks.mean()
    size = np.linalg.norm(ranks)
    return Geometry(u, s, int(np.count_nonzero(s > CUTOFF * s[0])), ranks / (size if size > 0.0 else np.nan))


def geometry_matrices(networks: Sequence[Geometry], threads: int = 1) -> dict[str, Float[Array, "network network"]]:
    """``cka``, ``rsa``, ``cca`` and ``procrustes`` of every pair on common samples: symmetric, at most 1, 1 = the same up
    to the measure's invariances; NaN where a network does not vary. Rows do not depend on ``threads``."""
    count = len(networks)
    matrices = {name: np.empty((count, count)) for name in MEASURES}
    ranks = np.stack([network.dissimilarity for network in networks])
    matrices["rsa"][:] = ranks @ ranks.T

    def row(i: int) -> None:
        for j in range(i, count):
            for name, value in zip(("cka", "cca", "procrustes"), _pair(networks[i], networks[j]), strict=True):
                matrices[name][i, j] = matrices[name][j, i] = value

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(row, range(count)))
    return matrices


def _pair(a: Geometry, b: Geometry) -> tuple[float, float, float]:
    """CKA, mean CCA and Procrustes of two networks."""
    if min(a.rank, b.rank) == 0:
        return np.nan, np.nan, np.nan
    product = a.basis.T @ b.basis
    scaled = a.singular[:, None] * product * b.singular
    cka = np.sum(scaled**2) / (np.linalg.norm(a.singular**2) * np.linalg.norm(b.singular**2))
    correlations = np.linalg.svd(product[: a.rank, : b.rank], compute_uv=False)
    rotation = np.linalg.svd(scaled, compute_uv=False)
    cosine = rotation.sum() / (np.linalg.norm(a.singular) * np.linalg.norm(b.singular))
    return float(cka), float(correlations.sum() / min(a.rank, b.rank)), float(cosine)
