"""Claims on what noise-free runs end in: A4 and S5."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.attractor_claims import meets_s2, meets_s3
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.cube_claims import meets_s1
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

A4 = Claim(
    "A4", "Flip-flop: memory without stable states", "INSD, main results on the flip-flop",
    "share without a stable state at zero input (alt-1: no stable counted point and no fixed point among the limit sets; "
    "alt-2: no corner attracts half of the runs from states that held it); the worse round decides", 0.75, share=True,
    figure="limit_sets",
)  # fmt: skip
S5 = Claim(
    "S5", "Even chaotic initialisations collapse", "INSD, key finding on standard networks",
    "of the g = 1.5 networks that were chaotic before training, share that meets S1, S2 or S3 after it", 0.8, share=True,
    figure="limit_sets",
)  # fmt: skip
CHAOTIC_POPULATION = "standard/g1.5"
ZERO = 0.01  # an exponent smaller than this is zero, 1/tau
HALF = 0.5  # share of the runs that a corner must draw to attract


def has_no_stable_state(evidence: Evidence, network: int) -> bool:
    """Alt-1's criterion: no stable counted fixed point, and no fixed point among the limit sets, at zero input."""
    points = evidence.points(network)
    stable = points["fixed"] & points["counted"] & points["stable"]
    return not stable.any() and not np.any(evidence.limit_set(network)["kind"] == "fixed point")


def attracting_corners(evidence: Evidence, network: int) -> int:
    """Output corners to which at least half of the runs converge that began while they were held: to a fixed point whose output has
    the corner's signs. A corner that no run began at does not count."""
    table = evidence.of_ensemble(int(network), "limit_sets")
    mine = (table["run/member"] == evidence.networks["member"][network]) & (table["run/input"] == 0)
    mine &= table["run/visited"].astype(bool)
    held, end = table["run/held"][mine] > 0, table["run/set"][mine]
    converged = np.zeros(len(end), dtype=bool)
    told = end >= 0
    at_point = table["set/kind"][end[told]] == "fixed point"
    converged[told] = at_point & ((table["set/output"][end[told]] > 0) == held[told]).all(1)
    corners, which = np.unique(held, axis=0, return_inverse=True)
    which = which.reshape(-1)
    return sum(bool(converged[which == corner].mean() >= HALF) for corner in range(len(corners)))


def memory_without_stable_states(evidence: Evidence) -> Result:
    """A4. An alternative that is not competent counts as not holding it. ``detail`` has the share of each round by the criterion of
    its own (from alt-2 on that of alt-2), and beside it the mean number of corners that attract."""
    rounds = evidence.rounds()
    met: dict[int, Bool[Array, "network"]] = {}
    detail: dict[str, float] = {}
    for k, networks in rounds.items():
        corners = np.array([attracting_corners(evidence, int(n)) for n in networks])
        without = np.array([has_no_stable_state(evidence, int(n)) for n in networks]) if k == 1 else corners == 0
        met[k] = without & competent(evidence, networks)
        detail |= {f"alt-{k}": float(met[k].mean()), f"alt-{k} attracting corners": float(corners.mean())}
    worst = min((k for k in met if k <= 2), key=lambda k: float(met[k].mean()))
    chosen = met[worst]
    low, high = wilson_interval(int(chosen.sum()), len(chosen))
    accepted = int(evidence.accepted(rounds[worst]).sum())
    return Result(A4, evidence.task, float(chosen.mean()), low, high, len(chosen), accepted, detail)


def was_chaotic(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    """Whether the largest exponent before training, at one of the constant inputs, is beyond two standard errors and not zero."""
    chaotic: list[bool] = []
    for network in networks:
        table = evidence.of_ensemble(int(network), "limit_sets")
        member = int(evidence.networks["member"][network])
        value, error = table["exponent/before"][member], table["exponent/before_error"][member]
        chaotic.append(bool(np.any((value > 2.0 * error) & (value >= ZERO))))
    return np.array(chaotic, dtype=bool)


def chaotic_initialisations_collapse(
    evidence: Evidence,
    meets: Callable[[Evidence], Bool[Array, "network"]],
    population: str = CHAOTIC_POPULATION,
) -> Result:
    """S5. ``meets`` says for each network of the evidence whether it meets S1, S2 or S3, whichever is its task's; ``population`` is
    the folder of the g = 1.5 networks. Without chaotic networks the value is NaN, and the study too small."""
    networks = evidence.populations().get(population, np.zeros(0, dtype=int))
    chaotic = was_chaotic(evidence, networks)
    met = meets(evidence)[networks[chaotic]]
    low, high = wilson_interval(int(met.sum()), len(met))
    value = float(met.mean()) if len(met) else np.nan
    detail = {"chaotic before training": float(chaotic.mean()) if len(chaotic) else np.nan}
    accepted = int(evidence.accepted(networks[chaotic]).sum())
    return Result(S5, evidence.task, value, low, high, len(met), accepted, detail)


def judge(case: Case) -> list[Result]:
    """S5, by whichever of S1 to S3 is the task's."""
    measured = case.evidence.measured("attractors")
    own = {"cube/branches": meets_s1, "line/range": meets_s2, "ring/coverage": meets_s3}
    meets = next((meets for name, meets in own.items() if name in measured), None)
    return [chaotic_initialisations_collapse(case.evidence, meets)] if meets else []


def judge_chains(case: Case) -> list[Result]:
    """A4, where the task has corners."""
    corners = "cube/branches" in case.evidence.measured("attractors")
    return [memory_without_stable_states(case.evidence)] if corners else []
