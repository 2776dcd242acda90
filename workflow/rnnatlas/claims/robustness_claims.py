"""Claim K1, an open question: do alternatives bear noise on their weights, and kicks to their state, as standards do?"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.hard_groups import Groups
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.generalisation.contrast import contrast

K1 = Claim(
    "K1", "Do alternatives bear noise on their weights, and kicks to their state in the delay, as matched standards do?",
    "new: open question of this project",
    "competent alternatives less matched standards, difference of medians: performance under multiplicative weight noise (0.5-10 %; the "
    "value is that of alt-1 at the largest), and the smallest kick in the delay that changes the attractor (median over 64 directions, in "
    "units of the state's spread)", float("nan"), question=True,
    figure="robustness",
)  # fmt: skip
KIND, DRAWS = "robustness", 2000


def robustness(evidence: Evidence, rng: np.random.Generator, controls: Evidence | None = None) -> Result:
    """K1. ``detail`` has, for each round, the differences at every weight noise and of the smallest kick, each with its 95 % interval over
    networks (``from``, ``to``), and the medians that these are differences of at the largest weight noise and of the kick. Kicks are
    given in units of the state's spread, and of x as well, since the spread of alternatives is another. A network whose median kick lies
    beyond the largest tried counts with that; where all do, a difference is a bound."""
    detail: dict[str, float] = {}
    value, low, high, count, accepted = np.nan, -np.inf, np.inf, 0, 0
    for round_ in evidence.rounds():
        groups = Groups.of_round(evidence, round_, controls)
        if round_ == 1:
            count, accepted = len(groups.alternatives), int(evidence.accepted(groups.alternatives).sum())
        detail |= {f"alt-{round_} trained": float(groups.trained), "standards": float(len(groups.standards))}
        detail |= {} if groups.matched else {"unmatched": 1.0}
        if not len(groups.alternatives):
            continue
        ours, theirs = measured(evidence, groups.alternatives), measured(groups.source, groups.standards)
        for name, values in ours.items():
            found = contrast(values[:, None], theirs[name][:, None], rng, DRAWS)
            difference, ends = float(found.difference), (float(found.low), float(found.high))
            detail |= {f"alt-{round_} {name}": difference, f"alt-{round_} {name} from": ends[0], f"alt-{round_} {name} to": ends[1]}  # fmt: skip
            if round_ == 1 and name == _largest(evidence):
                value, (low, high) = difference, ends
        for name in (_largest(evidence), *(name for name in ours if name.startswith("kick"))):
            detail |= {f"alt-{round_} median {name}": float(np.median(ours[name])), f"standards median {name}": float(np.median(theirs[name]))}  # fmt: skip
    return Result(K1, evidence.task, value, low, high, count, accepted, detail)


def measured(evidence: Evidence, networks: Array) -> dict[str, Float[Array, "network"]]:
    """What is compared, by name: performance at each weight noise (``weights 10 %``), the median smallest ``kick`` and the same ``kick in
    x``; the kicks where the task has a delay."""
    level = levels(evidence)
    weights = evidence.column(networks, KIND, "weights")
    found = {_weights(eps): weights[:, place] for place, eps in enumerate(level)}
    if "kick/median" in evidence.measured(KIND):
        kick = kicks(evidence, networks)
        found |= {"kick": kick, "kick in x": kick * evidence.column(networks, KIND, "kick/spread")}
    return found


def kicks(evidence: Evidence, networks: Array) -> Float[Array, "network"]:
    """The median smallest kick of each network, at most the largest tried."""
    return np.minimum(evidence.column(networks, KIND, "kick/median"), largest_kick(evidence))


def largest_kick(evidence: Evidence) -> float:
    """The largest kick tried, the same for all networks of a study."""
    return float(next(iter(evidence.each(KIND).values()))["kick/size"][-1])


def levels(evidence: Evidence) -> Float[Array, "level"]:
    """The weight noises ε, the same for all networks of a study."""
    return next(iter(evidence.each(KIND).values()))["level"]


def _weights(eps: float) -> str:
    return f"weights {100 * eps:g} %"


def _largest(evidence: Evidence) -> str:
    return _weights(float(levels(evidence).max()))


def judge_chains(case: Case) -> list[Result]:
    """K1."""
    return [robustness(case.evidence, case.rng("K1"), case.controls)]
