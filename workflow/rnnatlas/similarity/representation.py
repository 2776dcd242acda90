"""Similarity of geometry: are the samples arranged alike in the two networks' unit spaces?

Every measure takes X [sample, unit] and Y [sample, unit2] of the same samples, takes each unit's mean away, is
symmetric, at most 1, and 1 = identical up to its invariances. Without variance in either it is NaN.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import rankdata

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import centred, paired_samples


def linear_cka(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]) -> float:
    """Centred kernel alignment with linear kernels, ``|XᵀY|²_F / (|XᵀX|_F |YᵀY|_F)``, in [0, 1].

    Invariant to rotation and to scaling of either side, not to other linear maps: directions of large variance
    count most (Kornblith, Norouzi, Lee & Hinton 2019).
    """
    x, y = _centred(x, y)
    return _ratio(np.sum((x.T @ y) ** 2), np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


def rsa(
    x: Float[Array, "sample unit"],
    y: Float[Array, "sample unit2"],
    distance: Literal["correlation", "euclidean"] = "correlation",
) -> float:
    """Representational similarity analysis: Spearman correlation of the two dissimilarity matrices, in [−1, 1].

    A dissimilarity matrix holds the distance of each pair of samples (trial × time): 1 − the correlation of their
    rates over units, or the Euclidean distance (squared or not is the same to ranks). Its upper triangle is compared.
    Invariant to scaling and, for ``euclidean``, to rotation and offset of either side; ``correlation`` takes each
    *sample's* mean over units away, so it depends on the axes and on the units' offsets, which stay (Kriegeskorte,
    Mur & Bandettini 2008). Time and memory grow with samples²: 3,000 samples are 4.5 million pairs.
    """
    x, y = paired_samples(x, y)
    ranks = [rankdata(_dissimilarities(rates, distance)) for rates in (x, y)]
    first, second = (r - r.mean() for r in ranks)
    return _ratio(first @ second, np.linalg.norm(first) * np.linalg.norm(second))


def mean_cca(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"], cutoff: float = 1e-6) -> float:
    """Mean canonical correlation, ``Σ σ(U_xᵀ U_y) / min(rank X, rank Y)`` with orthonormal bases U, in [0, 1].

    Invariant to any invertible linear map of either side (Hotelling 1936; Raghu, Gilmer, Yosinski & Sohl-Dickstein
    2017), so that a direction of tiny variance counts as much as any other: those below ``cutoff`` times the largest
    singular value are left out as rounding. With fewer samples than rank X + rank Y it is high whatever the data.
    """
    x, y = _centred(x, y)
    u, v = _column_basis(x, cutoff), _column_basis(y, cutoff)
    return _ratio(np.sum(np.linalg.svd(u.T @ v, compute_uv=False)), float(min(u.shape[1], v.shape[1])))


def procrustes(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]) -> float:
    """Cosine of the best rotation of X onto Y, ``|XᵀY|_* / (|X|_F |Y|_F)`` (nuclear norm), in [0, 1].

    Invariant to rotation and scaling of either side (Schönemann 1966). Its arccosine is the angular shape distance,
    a metric (Williams, Kunz, Kornblith & Linderman 2021).
    """
    x, y = _centred(x, y)
    return _ratio(np.sum(np.linalg.svd(x.T @ y, compute_uv=False)), np.linalg.norm(x) * np.linalg.norm(y))


def _centred(
    x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]
) -> tuple[Float[Array, "sample unit"], Float[Array, "sample unit2"]]:
    x, y = paired_samples(x, y)
    return centred(x), centred(y)


def _column_basis(x: Float[Array, "sample unit"], cutoff: float) -> Float[Array, "sample rank"]:
    """Orthonormal basis of the column space: QR first, so that the SVD is of unit × unit."""
    q, r = np.linalg.qr(x)
    u, s, _ = np.linalg.svd(r, full_matrices=False)
    return q @ u[:, s > cutoff * s[0]]


def _dissimilarities(rates: Float[Array, "sample unit"], distance: str) -> Float[Array, "pair"]:
    if distance == "euclidean":
        return pdist(rates, "sqeuclidean")
    if distance != "correlation":
        raise AtlasError(None, "distance", f"'correlation' or 'euclidean' was expected, not {distance!r}", "pick one")
    flat = np.ptp(rates, axis=1) == 0.0
    if flat.any():
        raise AtlasError(
            None,
            "distance",
            f"{flat.sum()} of {flat.size} samples have the same rate in every unit: their correlation is undefined",
            "leave these samples out (often the first step, with all rates 0) or use distance='euclidean'",
        )
    return pdist(rates, "correlation")


def _ratio(part: float | np.floating[Any], whole: float | np.floating[Any]) -> float:
    return float(part / whole) if whole > 0.0 else float("nan")
