"""Procrustes similarity: the best rotation of one network's samples onto another's."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.similarity.measures.decomposed import Decomposed, centred_pair, decompose, ratio, scaled_product, silent

describe = decompose


def compare(a: Decomposed, b: Decomposed) -> float:
    """``procrustes`` of two decomposed networks."""
    if silent(a, b):
        return float("nan")
    rotation = np.linalg.svd(scaled_product(a, b), compute_uv=False)
    return float(rotation.sum() / (np.linalg.norm(a.singular) * np.linalg.norm(b.singular)))


def procrustes(x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]) -> float:
    """Cosine of the best rotation of X onto Y, ``|XᵀY|_* / (|X|_F |Y|_F)`` (nuclear norm), in [0, 1].

    Invariant to rotation and scaling of either side (Schönemann 1966). Its arccosine is the angular shape distance,
    a metric (Williams, Kunz, Kornblith & Linderman 2021).
    """
    x, y = centred_pair(x, y)
    return ratio(np.sum(np.linalg.svd(x.T @ y, compute_uv=False)), np.linalg.norm(x) * np.linalg.norm(y))
