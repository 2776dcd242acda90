"""Claims on alternatives: A1, A1b, A3 and A7. Denominators are all chains, accepted or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval
from rnnatlas.claims.standard_networks import pairwise_median

A1 = Claim(
    "A1", "Alternatives are decoupled from every earlier solution of their chain", "INSD, key finding 2",
    "median over chains of the largest null-space predictivity of an earlier solution; the worse round decides", 0.10, above=False,
)  # fmt: skip
A1B = Claim(
    "A1b", "and from the whole standard class", "judgement of this project",
    "median null-space predictivity of standard networks outside the chain; the worse round decides", 0.15, above=False,
)  # fmt: skip
A3 = Claim(
    "A3", "Alternatives are competent in distribution", "INSD, main results",
    "share of alt-1 whose test accuracy is at least the standard median - 0.03 (MemoryPro: at least 0.9)", 0.75, share=True,
)  # fmt: skip
A7 = Claim(
    "A7", "Alternatives are dynamically distinct", "INSD, MDS of DSA",
    "median DSA distance alternative-standard over median standard-standard within a population; the worse round decides", 2.0,
)  # fmt: skip
MARGIN, MEMORY_PRO_FLOOR = 0.03, 0.9


def competent(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    """Criterion A3 for each network."""
    standard = float(np.median(evidence.networks["performance"][evidence.standard()]))
    floor = MEMORY_PRO_FLOOR if evidence.task == "memory_pro" else standard - MARGIN
    return evidence.networks["performance"][networks] >= floor


def decoupled(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A1. An alternative that is not competent counts as wholly predictable (competence first)."""

    def largest(network: int) -> float:
        return float(max(evidence.networks["null"][network, earlier] for earlier in evidence.earlier(network)))

    return _worst_round(A1, evidence, lambda networks: np.array([largest(int(n)) for n in networks]), rng)


def decoupled_from_class(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A1b: standard networks other than the chain's own reference."""
    standard = evidence.standard()

    def outside(network: int) -> float:
        others = standard[standard != evidence.networks["reference"][network]]
        return float(np.median(evidence.networks["null"][network, others])) if others.size else np.nan

    return _worst_round(A1B, evidence, lambda networks: np.array([outside(int(n)) for n in networks]), rng)


def _worst_round(
    claim: Claim, evidence: Evidence, measure: Callable[[Array], Array], rng: np.random.Generator
) -> Result:
    """The round with the largest median; incompetent alternatives count as 1. Medians by round stand in ``detail``."""
    values = {
        k: np.where(competent(evidence, networks), measure(networks), 1.0) for k, networks in evidence.rounds().items()
    }
    medians = {k: float(np.median(v)) for k, v in values.items()}
    worst = max(medians, key=lambda k: medians[k])
    chosen = values[worst]
    low, high = bootstrap_interval(len(chosen), lambda drawn: float(np.median(chosen[drawn])), rng)
    accepted = int(evidence.accepted(evidence.rounds()[worst]).sum())
    detail = {f"alt-{k}": value for k, value in medians.items()}
    return Result(claim, evidence.task, medians[worst], low, high, len(chosen), accepted, detail)


def competence(evidence: Evidence) -> Result:
    """A3, judged on alt-1; later rounds are printed."""
    rounds = evidence.rounds()
    shares = {k: competent(evidence, networks) for k, networks in rounds.items()}
    first = shares[1]
    low, high = wilson_interval(int(first.sum()), len(first))
    detail = {f"alt-{k}": float(share.mean()) for k, share in shares.items()}
    accepted = int(evidence.accepted(rounds[1]).sum())
    return Result(A3, evidence.task, float(first.mean()), low, high, len(first), accepted, detail)


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
