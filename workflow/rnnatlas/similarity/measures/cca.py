"""Mean canonical correlation (CCA)."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float, NotNegative
from rnnatlas.similarity.measures.decomposed import Decomposed, centred_pair, decompose, product, ratio, silent

describe = decompose


def compare(a: Decomposed, b: Decomposed) -> float:
    """``mean_cca`` of two decomposed networks."""
    if silent(a, b):
        return float("nan")
    correlations = np.linalg.svd(product(a, b)[: a.rank, : b.rank], compute_uv=False)
    return float(correlations.sum() / min(a.rank, b.rank))


def mean_cca(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"], cutoff: NotNegative = 1e-6) -> float:
    """Mean canonical correlation, ``Σ σ(U_xᵀ U_y) / min(rank X, rank Y)`` with orthonormal bases U, in [0, 1].

    Invariant to any invertible linear map of either side (Hotelling 1936; Raghu, Gilmer, Yosinski & Sohl-Dickstein
    2017), so that a direction of tiny variance counts as much as any other: those below ``cutoff`` times the largest
    singular value are left out as rounding. With fewer samples than rank X + rank Y it is high whatever the data.
    """
    x, y = centred_pair(x, y)
    u, v = _column_basis(x, cutoff), _column_basis(y, cutoff)
    return ratio(np.sum(np.linalg.svd(u.T @ v, compute_uv=False)), float(min(u.shape[1], v.shape[1])))


def _column_basis(x: Float[Array, "sample unit"], cutoff: float) -> Float[Array, "sample rank"]:
    """Orthonormal basis of the column space: QR first, so that the SVD is of unit × unit."""
    q, r = np.linalg.qr(x)
    u, s, _ = np.linalg.svd(r, full_matrices=False)
    return q @ u[:, s > cutoff * s[0]]
