"""Linear centred kernel alignment (CKA)."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.similarity.measures.decomposed import Decomposed, centred_pair, decompose, ratio, scaled_product, silent

describe = decompose


def compare(a: Decomposed, b: Decomposed) -> float:
    """``linear_cka`` of two decomposed networks."""
    if silent(a, b):
        return float("nan")
    norms = np.linalg.norm(a.singular**2) * np.linalg.norm(b.singular**2)
    return float(np.sum(scaled_product(a, b) ** 2) / norms)


def linear_cka(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]) -> float:
    """Centred kernel alignment with linear kernels, ``|XᵀY|²_F / (|XᵀX|_F |YᵀY|_F)``, in [0, 1].

    Invariant to rotation and to scaling of either side, not to other linear maps: directions of large variance
    count most (Kornblith, Norouzi, Lee & Hinton 2019).
    """
    x, y = centred_pair(x, y)
    return ratio(np.sum((x.T @ y) ** 2), np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
