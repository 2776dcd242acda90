"""Medians over pairs of networks."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array


def pairwise_median(matrix: Array, indices: Array) -> float:
    """Median over ordered pairs of different networks among ``indices``, which may repeat (as in a bootstrap)."""
    rows, columns = np.meshgrid(indices, indices, indexing="ij")
    values = matrix[rows, columns][rows != columns]
    return float(np.median(values)) if values.size else np.nan
