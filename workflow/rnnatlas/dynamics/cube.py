"""The saddles between the stable points of a memory: do their branches lead from corner to neighbouring corner?"""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from rnnatlas.arrays import Array
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.saddles import saddle_branches


def cube_edges(points: dict[str, Array], field: RateField, spread: float, radius: float = 0.01) -> tuple[float, int]:
    """(share, number) of the counted index-1 saddles whose two unstable branches end at corners one bit apart.

    ``points`` are one network's points at one constant input (columns of a ``fixed_points`` artifact). A branch ends at a
    corner if it ends within ``radius`` spreads of a stable counted root; the corner is the signs of that root's readout. The
    share is NaN without such saddles.
    """
    roots = points["fixed"] & points["counted"]
    saddles = np.flatnonzero(roots & (points["unstable"] == 1))
    stable = np.flatnonzero(roots & points["stable"])
    if len(saddles) == 0:
        return np.nan, 0
    if len(stable) == 0:
        return 0.0, len(saddles)
    tree = KDTree(points["state"][stable])
    edges = 0
    for saddle in saddles:
        ends = saddle_branches(field, points["state"][saddle], points["left"][saddle, 0], spread)
        distance, nearest = tree.query(ends)
        one, other = points["output"][stable[nearest]] > 0
        edges += bool(np.all(distance <= radius * spread) and np.sum(one != other) == 1)
    return edges / len(saddles), len(saddles)
