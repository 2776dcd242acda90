"""Claims on linear predictivity: S4, A1 and A1b; with them A3, which they rest on. Denominators are all chains, accepted or not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competence, competent
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.claims.pairs import pairwise_median
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

S4 = Claim(
    "S4", "Solutions collapse: standard networks predict each other", "INSD, key finding on standard networks",
    "smallest of the median pairwise predictivities: raw and null space, uncentred and centred", 0.9,
    figure="similarity",
)  # fmt: skip
A1 = Claim(
    "A1", "Alternatives are decoupled from every earlier solution of their chain", "INSD, key finding 2",
    "median over chains of the largest null-space predictivity of an earlier solution; the worst round decides", 0.10, above=False,
    figure="chains",
)  # fmt: skip
A1B = Claim(
    "A1b", "and from the whole standard class", "judgement of this project",
    "median null-space predictivity of standard networks outside the chain; the worst round decides", 0.15, above=False,
    figure="chains",
)  # fmt: skip
MATRICES = ("raw", "null", "raw_centred", "null_centred")


def solutions_collapse(evidence: Evidence, rng: np.random.Generator) -> Result:
    """S4: the worst of the four variants decides; its interval resamples networks."""
    networks = evidence.standard()
    medians = {name: pairwise_median(evidence.similarity[name], networks) for name in MATRICES}
    worst = min(medians, key=lambda name: medians[name])
    low, high = bootstrap_interval(
        len(networks), lambda drawn: pairwise_median(evidence.similarity[worst], networks[drawn]), rng
    )
    accepted = int(evidence.accepted(networks).sum())
    return Result(S4, evidence.task, medians[worst], low, high, len(networks), accepted, medians)


def decoupled(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A1. An alternative that is not competent counts as wholly predictable (competence first)."""

    def largest(network: int) -> float:
        return float(max(evidence.similarity["null"][network, earlier] for earlier in evidence.earlier(network)))

    return _worst_round(A1, evidence, lambda networks: np.array([largest(int(n)) for n in networks]), rng)


def decoupled_from_class(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A1b: standard networks other than the chain's own reference."""
    standard = evidence.standard()

    def outside(network: int) -> float:
        others = standard[standard != evidence.networks["reference"][network]]
        return float(np.median(evidence.similarity["null"][network, others])) if others.size else np.nan

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


def judge(case: Case) -> list[Result]:
    """S4."""
    return [solutions_collapse(case.evidence, case.rng("S4"))]


def judge_chains(case: Case) -> list[Result]:
    """A1, A1b and A3."""
    evidence = case.evidence
    return [
        decoupled(evidence, case.rng("A1")),
        decoupled_from_class(evidence, case.rng("A1b")),
        competence(evidence),
    ]
