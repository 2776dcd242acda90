"""Roots of the flow that lie between roots, as saddles lie between attractors."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from rnnatlas.arrays import Array, Count, Float, Index, NotNegative
from rnnatlas.dynamics.descent import descend
from rnnatlas.dynamics.distinct import distinct
from rnnatlas.dynamics.motion import Field, reachable


def roots_between(
    field: Field,
    roots: Float[Array, "root state"],
    radius: NotNegative,
    rounds: Index,
    most: Count,
    tolerance: NotNegative = 1e-20,
    iterations: Count = 200,
    threads: Count = 1,
) -> Float[Array, "all state"]:
    """``roots`` with those found from the midpoints of pairs of roots, in up to ``rounds`` rounds.

    A network rarely visits its saddles, least of all those with many unstable directions, so that searches from visited
    states miss some; the midpoint of two attractors often lies near the saddle between them. A round searches from the
    midpoints of all pairs of which at least one root is new (the nearest ``most`` pairs, so that a ring of roots does not
    cost its square) and is the last one if it finds no root further than ``radius`` from those known. A root is a point
    with q ≤ ``tolerance`` that runs can come to (see ``motion.reachable``).
    """
    fresh = np.ones(len(roots), dtype=bool)
    for _ in range(rounds):
        one, other = np.triu_indices(len(roots), 1)
        new = fresh[one] | fresh[other]
        one, other = one[new], other[new]
        near = np.argsort(np.linalg.norm(roots[one] - roots[other], axis=1), kind="stable")[:most]
        if len(near) == 0:
            break
        found = descend(field, 0.5 * (roots[one[near]] + roots[other[near]]), tolerance, 0.0, iterations, threads)
        at_root = (found.q <= tolerance) & reachable(field, found.state)
        states = np.concatenate([roots, found.state[at_root]])
        # The roots known go first, so that they stay what they are.
        grown = distinct(states, np.concatenate([np.full(len(roots), -1.0), found.q[at_root]]), radius)
        fresh = KDTree(roots).query(grown)[0] > radius
        roots = grown
        if not fresh.any():
            break
    return roots
