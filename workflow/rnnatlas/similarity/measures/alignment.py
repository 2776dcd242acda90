"""DSA's second score: the angle between the networks' delay operators, over all orthogonal changes of coordinates."""

from __future__ import annotations

from rnnatlas.similarity.alignment import compare_aligned
from rnnatlas.similarity.measures import dsa

describe = dsa.describe


def compare(a: dsa.Dynamics, b: dsa.Dynamics) -> float:
    """The angular ``alignment_distance`` of the operators."""
    return compare_aligned(a.aligned, b.aligned).angular
