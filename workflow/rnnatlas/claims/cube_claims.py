"""Claim S1: a cube of stable points."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.evidence import Evidence

S1 = Claim(
    "S1", "Flip-flop: a cube of eight stable points and saddles", "INSD, table of main results",
    "share of standard networks with exactly 2^bits stable counted points at zero input, one per output corner", 0.9, share=True,
    figure="solutions",
)  # fmt: skip


def has_cube(evidence: Evidence, network: int) -> bool:
    """Exactly 2^bits stable counted points, whose outputs lie at distinct corners."""
    points = evidence.points(network)
    stable = points["fixed"] & points["counted"] & points["stable"]
    corners = points["output"][stable] > 0
    wanted = 2 ** points["output"].shape[1]
    return int(stable.sum()) == wanted == len(np.unique(corners, axis=0))


def meets_s1(evidence: Evidence, networks: Array | None = None) -> Bool[Array, "network"]:
    """``has_cube`` of each network; by default of the standard ones."""
    networks = evidence.standard() if networks is None else networks
    return np.array([has_cube(evidence, int(network)) for network in networks], dtype=bool)


def cube_of_stable_points(evidence: Evidence) -> Result:
    """S1; the mean share of saddles' branches that end at corners one bit apart is printed."""
    networks = evidence.standard()
    found = meets_s1(evidence)
    low, high = wilson_interval(int(found.sum()), len(found))
    accepted = int(evidence.accepted(networks).sum())
    shares = evidence.column(networks, "attractors", "cube/branches")
    detail = {
        "saddles between corners one bit apart": float(np.nanmean(shares)) if np.isfinite(shares).any() else np.nan
    }
    return Result(S1, evidence.task, float(np.mean(found)), low, high, len(found), accepted, detail)
