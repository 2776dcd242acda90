"""Claims on classes of networks: S6, A2, A7 and A9, and what becomes of a verdict under other settings and scores of DSA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.clusters import clusters, silhouette
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval
from rnnatlas.claims.pairs import pairwise_median
from rnnatlas.claims.permanova import permanova
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

S6 = Claim(
    "S6", "Standard networks cluster by the g of their initial weights", "INSD, MDS of DSA",
    "p of PERMANOVA on DSA distances by population, 1 unless the median within populations is below that between", 0.01,
    above=False, smallest=9,
    figure="similarity",
)  # fmt: skip
A2 = Claim(
    "A2", "What stays predictable is what the output needs", "INSD, main results",
    "median over chains of r2(X Q_X, Y) / r2(X, Y), X Q_X the readout-potent part; the worst round decides", 0.8,
    figure="chains",
)  # fmt: skip
A7 = Claim(
    "A7", "Alternatives are dynamically distinct", "INSD, MDS of DSA",
    "median DSA distance alternative-standard over median standard-standard within a population; the worst round decides", 2.0,
    figure="solutions",
)  # fmt: skip
A9 = Claim(
    "A9", "Different chains: one second solution, or many?", "open question of this project",
    "median DSA distance between alt-1 of different chains over that between standard networks", 1.0, question=True,
    figure="chains",
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


def dynamically_distinct(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A7; the interval resamples chains. An incompetent alternative counts with ratio 0."""
    distance = evidence.embedding["distance"]
    standard = evidence.standard()
    within = [pairwise_median(distance, networks) for networks in evidence.populations().values() if len(networks) > 1]
    base = float(np.median(within)) if within else np.nan
    ratios = {
        k: np.where(competent(evidence, n), np.median(distance[np.ix_(n, standard)], axis=1), 0.0) / base
        for k, n in evidence.rounds().items()
    }
    medians = {k: float(np.median(v)) for k, v in ratios.items()}
    worst = min(medians, key=lambda k: medians[k])
    chosen = ratios[worst]
    low, high = bootstrap_interval(len(chosen), lambda drawn: float(np.median(chosen[drawn])), rng)
    accepted = int(evidence.accepted(evidence.rounds()[worst]).sum())
    detail = {"standard-standard": base} | {f"alt-{k}": value for k, value in medians.items()}
    return Result(A7, evidence.task, medians[worst], low, high, len(chosen), accepted, detail)


def one_or_many(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A9, printed. Null predictivity and DSA are medians over pairs of chains in a round, competent or not; clusters as in
    ``clusters``. The interval resamples chains."""
    null, distance = evidence.similarity["null"], evidence.embedding["distance"]
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


def robust(evidence: Evidence, judge: Callable[[Evidence], Result]) -> Result:
    """A claim on DSA distances: undecided if any setting of the sweep that the trials of all networks support, or the other score,
    gives another verdict.

    ``detail`` gains how many settings there are and how many agree, and the claim's value by the alignment score.
    """

    def by(distance: Float[Array, "network network"]) -> Result:
        return judge(replace(evidence, tables={**evidence.tables, "embedding": {**evidence.embedding, "distance": distance}}))  # fmt: skip

    result, aligned = judge(evidence), by(evidence.embedding["alignment"])
    swept = [by(distance) for distance in evidence.measures["dsa/distance"] if np.isfinite(distance).all()]
    agreeing = sum(other.verdict == result.verdict for other in swept)
    detail = result.detail | {
        "settings": float(len(swept)),
        "agreeing": float(agreeing),
        "alignment score": aligned.value,
        "alignment score agrees": float(aligned.verdict == result.verdict),
    }
    return replace(result, detail=detail, flips=agreeing < len(swept) or aligned.verdict != result.verdict)


def judge(case: Case) -> list[Result]:
    """S6."""
    return [robust(case.evidence, lambda one: cluster_by_gain(one, case.rng("S6")))]


def judge_chains(case: Case) -> list[Result]:
    """A2, A7 and A9."""
    evidence = case.evidence
    return [
        output_needs(evidence, case.rng("A2")),
        robust(evidence, lambda one: dynamically_distinct(one, case.rng("A7"))),
        one_or_many(evidence, case.rng("A9")),
    ]
