"""Claims on standard networks: S1 and S4."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval

S1 = Claim(
    "S1", "Flip-flop: a cube of eight stable points and saddles", "INSD, table of main results",
    "share of standard networks with exactly 2^bits stable counted points at zero input, one per output corner", 0.9, share=True,
)  # fmt: skip
S4 = Claim(
    "S4", "Solutions collapse: standard networks predict each other", "INSD, key finding on standard networks",
    "smallest of the median pairwise predictivities: raw and null space, uncentred and centred", 0.9,
)  # fmt: skip
MATRICES = ("raw", "null", "raw_centred", "null_centred")


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
    """S1; where the saddles' branches were followed, the mean share of those between corners one bit apart is printed."""
    networks = evidence.standard()
    found = meets_s1(evidence)
    low, high = wilson_interval(int(found.sum()), len(found))
    accepted = int(evidence.accepted(networks).sum())
    detail: dict[str, float] = {}
    if evidence.attractors:
        shares = np.array([float(evidence.of(int(n), evidence.attractors)["cube/branches"]) for n in networks])
        detail["saddles between corners one bit apart"] = (
            float(np.nanmean(shares)) if np.isfinite(shares).any() else np.nan
        )
    return Result(S1, evidence.task, float(np.mean(found)), low, high, len(found), accepted, detail)


def pairwise_median(matrix: Array, indices: Array) -> float:
    """Median over ordered pairs of different networks among ``indices``, which may repeat (as in a bootstrap)."""
    rows, columns = np.meshgrid(indices, indices, indexing="ij")
    values = matrix[rows, columns][rows != columns]
    return float(np.median(values)) if values.size else np.nan


def solutions_collapse(evidence: Evidence, rng: np.random.Generator) -> Result:
    """S4: the worst of the four variants decides; its interval resamples networks."""
    networks = evidence.standard()
    medians = {name: pairwise_median(evidence.networks[name], networks) for name in MATRICES}
    worst = min(medians, key=lambda name: medians[name])
    low, high = bootstrap_interval(
        len(networks), lambda drawn: pairwise_median(evidence.networks[worst], networks[drawn]), rng
    )
    accepted = int(evidence.accepted(networks).sum())
    return Result(S4, evidence.task, medians[worst], low, high, len(networks), accepted, medians)
