"""Results that are shares of networks, with Wilson's interval."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.evidence import Evidence


def share(claim: Claim, evidence: Evidence, met: Bool[Array, "network"], networks: Array, detail: dict[str, float]) -> Result:  # fmt: skip
    """The share of ``networks`` that ``met`` a claim's criterion, accepted or not."""
    low, high = wilson_interval(int(met.sum()), len(met))
    accepted = int(evidence.accepted(networks).sum())
    return Result(claim, evidence.task, float(met.mean()), low, high, len(met), accepted, detail)


def on_alternatives(claim: Claim, evidence: Evidence, criteria: dict[int, dict[str, Bool[Array, "network"]]]) -> Result:
    """Judged on alt-1; later rounds, and each criterion alone on alt-1, are printed. Competence first."""
    rounds = evidence.rounds()
    met = {k: np.logical_and.reduce([competent(evidence, rounds[k]), *criteria[k].values()]) for k in rounds}
    detail = {f"alt-{k}": float(share.mean()) for k, share in met.items()}
    detail |= {name: float(alone.mean()) for name, alone in criteria[1].items()}
    return share(claim, evidence, met[1], rounds[1], detail)
