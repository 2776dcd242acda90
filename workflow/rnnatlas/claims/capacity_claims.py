"""Claim A13, an open question: how many solutions has a task that do not predict each other?

A chain goes on until a round misses its criterion. ``make capacity`` trains chains of eight rounds for it; chains of fewer are
censored earlier.
"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.claims.predictivity_claims import A1
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

MOST = 8  # rounds that are looked at
PREDICTS = A1.threshold  # 0.10, of held-out R²
A13 = Claim(
    "A13", "Capacity: how many rounds until there is no other solution?", "open question of this project",
    "median over chains of the rounds, at most 8, until one is not accepted or its largest held-out null-space predictivity of an "
    "earlier solution exceeds 0.1 (that round not counted); a chain that never misses is censored at its last round", float("nan"),
    question=True, figure="chains",
)  # fmt: skip


def still_in(evidence: Evidence) -> Bool[Array, "chain round"]:
    """Whether a chain and all its rounds so far were accepted and predict every earlier solution of the chain with R² <= 0.10; the
    first ``MOST`` rounds. A round that a chain does not have is one that it misses."""
    rounds = {k: networks for k, networks in evidence.rounds().items() if k <= MOST}
    chains: Int[Array, "chain"] = np.unique(np.concatenate([evidence.networks["member"][n] for n in rounds.values()]))
    met = np.zeros((len(chains), len(rounds)), dtype=bool)
    for place, networks in enumerate(rounds.values()):
        for network in map(int, networks):
            largest = float(evidence.similarity["null"][network, evidence.earlier(network)].max())
            chain = np.searchsorted(chains, evidence.networks["member"][network])
            met[chain, place] = largest <= PREDICTS and bool(evidence.networks["accepted"][network])
    return np.logical_and.accumulate(met, axis=1)


def capacity(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A13, 0 to 8 rounds, printed; where the chains in the middle are censored, a lower bound. ``detail``: rounds of each chain
    (``chain 1``; ``chain 2 censored`` for one that never misses), how many chains are still in after each round (``alt-1 still in``),
    and how many are ``censored``."""
    within = still_in(evidence)
    rounds, censored = within.sum(axis=1), within[:, -1]
    detail = {f"alt-{k} still in": float(count) for k, count in enumerate(within.sum(axis=0), start=1)}
    detail["censored"] = float(censored.sum())
    for number, (lasted, never) in enumerate(zip(rounds, censored, strict=True), start=1):
        detail[f"chain {number}{' censored' * bool(never)}"] = float(lasted)
    low, high = bootstrap_interval(len(rounds), lambda drawn: float(np.median(rounds[drawn])), rng)
    accepted = int(evidence.accepted(evidence.rounds()[1]).sum())
    return Result(A13, evidence.task, float(np.median(rounds)), low, high, len(rounds), accepted, detail)


def judge_chains(case: Case) -> list[Result]:
    """A13."""
    return [capacity(case.evidence, case.rng("A13"))]
