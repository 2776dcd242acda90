"""Claim A3: which alternatives are as good as standard networks in distribution. Competence comes first in all other claims."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.evidence import Evidence

A3 = Claim(
    "A3", "Alternatives are competent in distribution", "INSD, main results",
    "share of alt-1 whose test accuracy is at least the standard median - 0.03 (MemoryPro: at least 0.9)", 0.75, share=True,
    figure="chains",
)  # fmt: skip
MARGIN, MEMORY_PRO_FLOOR = 0.03, 0.9


def competent(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    """Criterion A3 for each network."""
    standard = float(np.median(evidence.similarity["performance"][evidence.standard()]))
    floor = MEMORY_PRO_FLOOR if evidence.task == "memory_pro" else standard - MARGIN
    return evidence.similarity["performance"][networks] >= floor


def competence(evidence: Evidence) -> Result:
    """A3, judged on alt-1; later rounds are printed."""
    rounds = evidence.rounds()
    shares = {k: competent(evidence, networks) for k, networks in rounds.items()}
    first = shares[1]
    low, high = wilson_interval(int(first.sum()), len(first))
    detail = {f"alt-{k}": float(share.mean()) for k, share in shares.items()}
    accepted = int(evidence.accepted(rounds[1]).sum())
    return Result(A3, evidence.task, float(first.mean()), low, high, len(first), accepted, detail)
