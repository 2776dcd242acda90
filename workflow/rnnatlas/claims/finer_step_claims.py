"""Control (d): the alternatives themselves at finer time steps."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

SOURCE = "claims of this project, controls"
CD = Claim(
    "Cd", "Control (d): alternatives at dt/2 and dt/4", SOURCE,
    "median performance at the finer step where it is lowest, less that at dt", 0.0, question=True,
    figure="controls",
)  # fmt: skip


def at_finer_steps(evidence: Evidence, rng: np.random.Generator) -> Result:
    """(d), over all alternatives of the study, accepted or not; standard networks are printed beside them.

    The value is the largest median loss of performance at a finer step, under private noise as trained; "gain stable points" is the
    share of networks without a stable counted fixed point at dt that have one at dt/2 or dt/4: their absence is the Euler step's.
    """
    groups = {f"alt-{k}": networks for k, networks in evidence.rounds().items()}
    rows = np.concatenate(list(groups.values()))

    def column(networks: Array, name: str) -> Array:
        return np.array([evidence.of(int(n), "finer_steps")[name] for n in networks])

    performance = column(rows, "noisy")
    change = performance[:, 1:] - performance[:, :1]
    worst = int(np.argmin(np.median(change, axis=0)))
    low, high = bootstrap_interval(len(rows), lambda drawn: float(np.median(change[drawn, worst])), rng)
    detail: dict[str, float] = {}
    for name, networks in {"standard": evidence.standard(), **groups}.items():
        stable = column(networks, "stable").sum(axis=1)  # over constant inputs: [network, factor]
        for place, factor in enumerate(next(iter(evidence.each("finer_steps").values()))["factor"]):
            detail[f"{name} dt/{factor}"] = float(np.median(column(networks, "noisy")[:, place]))
        detail[f"{name} gain stable points"] = float(np.mean((stable[:, 0] == 0) & (stable[:, 1:] > 0).any(axis=1)))
    accepted = int(evidence.accepted(rows).sum())
    value = float(np.median(change[:, worst]))
    return Result(CD, evidence.task, value, low, high, len(rows), accepted, detail)


def judge_chains(case: Case) -> list[Result]:
    """Control (d)."""
    return [at_finer_steps(case.evidence, case.rng("Cd"))]
