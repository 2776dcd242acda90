"""Does a code last? Scores across time, and the angles by which decoders turn."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, NotNegative


def distant_pairs(time: Float[Array, "bin"], gap: float) -> Bool[Array, "bin bin"]:
    """Ordered pairs of bins whose centres lie at least ``gap`` apart (in the unit of ``time``)."""
    return np.abs(time[:, None] - time) >= gap * (1.0 - 1e-9)  # centres are sums of durations, with their rounding


def stability_ratio(cross: Float[Array, "bin bin"], time: Float[Array, "bin"], gap: NotNegative) -> float:
    """The cross-temporal ratio: mean score over pairs of bins at least ``gap`` apart, over the mean of the diagonal.

    1: a fixed code. NaN where no pair is that far apart, or where the diagonal holds nothing that could last (a mean of at most 0).
    """
    apart, diagonal = distant_pairs(time, gap), float(np.mean(np.diag(cross)))
    return float(np.mean(cross[apart])) / diagonal if apart.any() and diagonal > 0.0 else float("nan")


def largest_angles(weights: Float[Array, "bin unit target"]) -> Float[Array, "bin bin"]:
    """Largest principal angle between the decoders' subspaces (the spans of their weights) of every two bins, in degrees.

    In [0, 90]; 0: the same subspace, 90: a direction of one is orthogonal to the whole other (Björck & Golub 1973). NaN in
    rows and columns of a decoder without weights, which has no subspace.
    """
    basis, size, _ = np.linalg.svd(weights, full_matrices=False)
    cosines = np.linalg.svd(basis.swapaxes(1, 2)[:, None] @ basis[None], compute_uv=False)
    angle = np.degrees(np.arccos(np.clip(cosines[..., -1], 0.0, 1.0)))
    empty = size[:, 0] == 0.0
    angle[empty] = angle[:, empty] = np.nan
    return angle
