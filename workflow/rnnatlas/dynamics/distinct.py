"""One point for each cluster of points."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from rnnatlas.arrays import Array, Float


def distinct(
    points: Float[Array, "point state"], q: Float[Array, "point"], radius: float
) -> Float[Array, "kept state"]:
    """Points further than ``radius`` from every slower one that is kept, in an order that depends on their values alone."""
    order = np.argsort(q, kind="stable")
    points = points[order]
    tree = KDTree(points) if len(points) else None
    taken = np.zeros(len(points), dtype=bool)
    kept: list[int] = []
    for i in range(len(points)):
        if not taken[i] and tree is not None:
            kept.append(i)
            taken[tree.query_ball_point(points[i], radius)] = True
    chosen = points[kept]
    return chosen[np.lexsort(np.round(chosen, 6).T[::-1])] if kept else chosen
