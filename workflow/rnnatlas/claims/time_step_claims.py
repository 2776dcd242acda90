"""Claims A4t and A12: are alternatives made by the Euler step that they were trained at?

The step of the map is a = dt/τ. Fixed points are the same at any step and in continuous time; their stability is not: at dt/k all
|1 + (a/k) λ| < 1, in continuous time all Re λ < 0, with the same eigenvalues λ of dF/dx, in 1/τ (``generalisation/finer_steps.py``).
What is stable at one step is stable at every finer one and in continuous time.
"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.claims.shares import share
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

SOURCE = "claims of this project, time steps"
A4T = Claim(
    "A4t", "Flip-flop: no stable states, whatever the step", SOURCE,
    "share without a stable state at zero input at dt, dt/2, dt/4 and in continuous time at once: no counted point that is stable "
    "at any of them, and no fixed point among the limit sets, which are those at dt (the census is made there); the worst round decides",
    0.75, share=True, figure="controls",
)  # fmt: skip
A12 = Claim(
    "A12", "Alternatives do not live on the time step", SOURCE,
    "median over chains of performance at dt less that at dt/4, private noise as trained; the worst round decides", 0.03, above=False,
    figure="controls",
)  # fmt: skip
FINEST = 4  # the step dt/4, which A12 compares with that as trained
LOST = 1.0  # what an alternative that is not competent counts as in A12: its whole performance


def stable_by_step(evidence: Evidence, network: int) -> dict[str, bool]:
    """Whether one network has a stable counted fixed point at zero input, by step (``dt``, ``dt/2``, …) and in ``continuous`` time."""
    factors = evidence.of_ensemble(network, "finer_steps")["factor"]
    counts: Int[Array, "factor"] = evidence.of(network, "finer_steps")["stable"][0]
    points = evidence.points(network)
    chosen = points["fixed"].astype(bool) & points["counted"].astype(bool)
    settles: Bool[Array, "point"] = np.all(np.real(points["eigenvalues"][chosen]) < 0.0, axis=-1, keepdims=False)
    steps = {_step(int(k)): bool(count > 0) for k, count in zip(factors, counts, strict=True)}
    return steps | {"continuous": bool(settles.any())}


def _step(factor: int) -> str:
    return "dt" if factor == 1 else f"dt/{factor}"


def without_states_at_any_step(evidence: Evidence) -> Result:
    """A4t; the share lies in 0 to 1. An alternative that is not competent counts as not holding it. ``detail``: the share of each
    round, and of all its networks, competent or not, the share without a stable point at each step alone (``alt-1 dt/2``) and without
    a fixed point among its limit sets (``alt-1 limit sets``)."""
    rounds = evidence.rounds()
    met: dict[int, Bool[Array, "network"]] = {}
    detail: dict[str, float] = {}
    for k, networks in rounds.items():
        found = [stable_by_step(evidence, int(n)) for n in networks]
        moves = np.array(
            [not np.any(evidence.limit_set(int(n))["kind"] == "fixed point") for n in networks], dtype=bool
        )
        alone = {step: np.array([not one[step] for one in found], dtype=bool) for step in found[0]}
        met[k] = np.logical_and.reduce([moves, competent(evidence, networks), *alone.values()])
        detail[f"alt-{k}"] = float(met[k].mean())
        detail |= {f"alt-{k} {step}": float(free.mean()) for step, free in {**alone, "limit sets": moves}.items()}
    worst = min(met, key=lambda k: float(met[k].mean()))
    return share(A4T, evidence, met[worst], rounds[worst], detail)


def lost_at_finest(evidence: Evidence, networks: Int[Array, "network"]) -> Float[Array, "network"]:
    """Performance at dt less that at dt/4, −1 to 1: above 0 where the finer step costs."""
    (place,) = np.flatnonzero(next(iter(evidence.each("finer_steps").values()))["factor"] == FINEST)
    noisy: Float[Array, "network factor"] = evidence.column(networks, "finer_steps", "noisy")
    return noisy[:, 0] - noisy[:, place]


def does_not_live_on_the_step(evidence: Evidence, rng: np.random.Generator) -> Result:
    """A12, −1 to 1. An alternative that is not competent counts as losing 1. ``detail``: the median of each round, that of all its
    alternatives as they are (``alt-1 as measured``), and that of the standard networks."""
    rounds = evidence.rounds()
    lost = {k: lost_at_finest(evidence, networks) for k, networks in rounds.items()}
    judged = {k: np.where(competent(evidence, rounds[k]), values, LOST) for k, values in lost.items()}
    medians = {k: float(np.median(values)) for k, values in judged.items()}
    worst = max(medians, key=lambda k: medians[k])
    chosen = judged[worst]
    low, high = bootstrap_interval(len(chosen), lambda drawn: float(np.median(chosen[drawn])), rng)
    detail = {f"alt-{k}": value for k, value in medians.items()}
    detail |= {f"alt-{k} as measured": float(np.median(values)) for k, values in lost.items()}
    ensembles, measured = evidence.networks["ensemble"], evidence.each("finer_steps")
    standard = np.array(
        [n for n in evidence.standard() if str(ensembles[n]) in measured], dtype=np.int64
    )  # not gated ones
    detail["standard"] = float(np.median(lost_at_finest(evidence, standard))) if len(standard) else np.nan
    accepted = int(evidence.accepted(rounds[worst]).sum())
    return Result(A12, evidence.task, medians[worst], low, high, len(chosen), accepted, detail)


def judge_chains(case: Case) -> list[Result]:
    """A4t, where the task has corners, and A12."""
    corners = "cube/branches" in case.evidence.measured("attractors")
    found = [without_states_at_any_step(case.evidence)] if corners else []
    return [*found, does_not_live_on_the_step(case.evidence, case.rng("A12"))]
