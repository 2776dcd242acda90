"""Claim A3: which alternatives are as good as standard networks in distribution. Competence comes first in all other claims."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.evidence import Evidence

A3 = Claim(
    "A3", "Alternatives are competent in distribution", "INSD, main results",
    "share whose test accuracy is at least the standard median - 0.03, the worst round deciding; MemoryPro: share of alt-1 with at "
    "least 0.9 correct, later rounds printed", 0.75, share=True,
    figure="chains",
)  # fmt: skip
MEMORY_PRO = "memory_pro"  # the task with a floor of its own
MARGIN, MEMORY_PRO_FLOOR = 0.03, 0.9


def competent(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    """Criterion A3 for each network."""
    standard = float(np.median(evidence.similarity["performance"][evidence.standard()]))
    floor = MEMORY_PRO_FLOOR if evidence.task == MEMORY_PRO else standard - MARGIN
    return evidence.similarity["performance"][networks] >= floor


def competence(evidence: Evidence) -> Result:
    """A3: the round with the smallest share of competent alternatives, of MemoryPro alt-1; 0 to 1, all rounds in ``detail``."""
    rounds = evidence.rounds()
    shares = {k: competent(evidence, networks) for k, networks in rounds.items()}
    judged = [1] if evidence.task == MEMORY_PRO else list(shares)
    worst = min(judged, key=lambda k: float(shares[k].mean()))
    chosen = shares[worst]
    low, high = wilson_interval(int(chosen.sum()), len(chosen))
    detail = {f"alt-{k}": float(share.mean()) for k, share in shares.items()}
    accepted = int(evidence.accepted(rounds[worst]).sum())
    return Result(A3, evidence.task, float(chosen.mean()), low, high, len(chosen), accepted, detail)
