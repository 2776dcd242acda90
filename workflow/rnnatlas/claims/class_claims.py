"""Claims on classes of networks: S6, A2 and A9, and what becomes of a verdict in the sweep of DSA's settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.alternatives import competent
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.clusters import clusters, silhouette
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval
from rnnatlas.claims.permanova import permanova
from rnnatlas.claims.standard_networks import pairwise_median

S6 = Claim(
    "S6", "Standard networks cluster by the g of their initial weights", "INSD, MDS of DSA",
    "p of PERMANOVA on DSA distances by population, 1 unless the median within populations is below that between", 0.01,
    above=False, smallest=9,
)  # fmt: skip
A2 = Claim(
    "A2", "What stays predictable is what the output needs", "INSD, main results",
    "median over chains of r2(X Q_X, Y) / r2(X, Y), X Q_X the readout-potent part; the worse round decides", 0.8,
)  # fmt: skip
A9 = Claim(
    "A9", "Different chains: one second solution, or many?", "open question of this project",
    "median DSA distance between alt-1 of different chains over that between standard networks", 1.0, question=True,
)  # fmt: skip


def cluster_by_gain(evidence: Evidence, rng: np.random.Generator) -> Result:
    """S6. ``low`` and ``high`` bound p by its own sampling error (Wilson, over labellings; p itself if all were taken)."""
    distance, networks = evidence.embedding["distance"], evidence.standard()
    mine = distance[np.ix_(networks, networks)]
    groups = evidence.networks["ensemble"][networks]
    same, pairs = groups[:, None] == groups, ~np.eye(len(groups), dtype=bool)
    accepted = int(evidence.accepted(networks).sum())
    if not 2 <= len(np.unique(groups)) < len(groups):
        return Result(S6, evidence.task, np.nan, -np.inf, np.inf, len(networks), accepted)
    within, between = float(np.median(mine[same & pairs])), float(np.median(mine[~same]))
    test = permanova(mine, groups, rng)
    low, high = (test.p, test.p) if test.exact else wilson_interval(round(test.p * test.labellings), test.labellings)
    if not within < between:
        low, high = (1.0, 1.0)
    value = test.p if within < between else 1.0
    detail = {"F": test.pseudo_f, "within g": within, "between g": between, "silhouette": silhouette(mine, groups)}
    return Result(S6, evidence.task, value, low, high, len(networks), accepted, detail, p=test.p)


def output_needs(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A2. An alternative that is not competent, or predicts nothing of its reference, counts with ratio 0.

    ``targets`` in ``detail`` is the median predictivity of the chains' references by the task's targets alone.
    """
    share = evidence.measures["potent_share"]
    ratios = {
        k: np.where(competent(evidence, networks) & np.isfinite(share[networks]), share[networks], 0.0)
        for k, networks in evidence.rounds().items()
    }
    medians = {k: float(np.median(values)) for k, values in ratios.items()}
    worst = min(medians, key=lambda k: medians[k])
    chosen, networks = ratios[worst], evidence.rounds()[worst]
    low, high = bootstrap_interval(len(chosen), lambda drawn: float(np.median(chosen[drawn])), rng)
    references = evidence.networks["reference"][networks]
    targets = float(np.median(evidence.measures["targets"][references[references >= 0]]))
    detail = {f"alt-{k}": value for k, value in medians.items()} | {"targets": targets}
    accepted = int(evidence.accepted(networks).sum())
    return Result(A2, evidence.task, medians[worst], low, high, len(chosen), accepted, detail)


def one_or_many(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A9, printed. Null predictivity and DSA are medians over pairs of chains in a round, competent or not; clusters as in
    ``clusters``. The interval resamples chains."""
    null, distance = evidence.networks["null"], evidence.embedding["distance"]
    groups = {"standard": evidence.standard()} | {f"alt-{k}": n for k, n in evidence.rounds().items()}
    detail: dict[str, float] = {}
    for name, networks in groups.items():
        detail[f"{name} null"] = pairwise_median(null, networks)
        detail[f"{name} DSA"] = pairwise_median(distance, networks)
        detail[f"{name} clusters"] = float(clusters(distance[np.ix_(networks, networks)]).max())
    base, first = detail["standard DSA"], groups["alt-1"]
    low, high = bootstrap_interval(len(first), lambda drawn: pairwise_median(distance, first[drawn]) / base, rng)
    accepted = int(evidence.accepted(first).sum())
    return Result(A9, evidence.task, detail["alt-1 DSA"] / base, low, high, len(first), accepted, detail)


def in_sweep(evidence: Evidence, judge: Callable[[Evidence], Result]) -> list[Result]:
    """A claim judged on the DSA distances of every setting of the sweep that the trials of all networks support."""
    usable: list[Float[Array, "network network"]] = [
        distance for distance in evidence.measures["dsa/distance"] if np.isfinite(distance).all()
    ]
    return [judge(replace(evidence, embedding=evidence.embedding | {"distance": d})) for d in usable]


def robust(result: Result, results_in_sweep: Sequence[Result]) -> Result:
    """``result``, undecided if any setting of the sweep gives another verdict (claims.md, DSA).

    ``detail`` gains how many settings there are and how many agree.
    """
    agreeing = sum(other.verdict == result.verdict for other in results_in_sweep)
    detail = result.detail | {"settings": float(len(results_in_sweep)), "agreeing": float(agreeing)}
    return replace(result, detail=detail, flips=agreeing < len(results_in_sweep))
