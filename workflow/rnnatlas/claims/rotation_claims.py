"""Claim A6: the code of MemoryPro rotates."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.attractor_claims import ring_coverage
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.shares import on_alternatives
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

A6 = Claim(
    "A6", "MemoryPro: the code rotates", "INSD, table of main results",
    "share of alt-1 with ring coverage (S3) <= 0.5 and cross-temporal ratio (S7) <= 0.5", 0.75, share=True,
    figure="decoding",
)  # fmt: skip
LITTLE_COVERAGE, LITTLE_STABILITY = 0.5, 0.5


def rotation_criteria(evidence: Evidence, networks: Array) -> dict[str, Bool[Array, "network"]]:
    """Both criteria of A6 for each network; a stability that is not defined does not hold."""
    return {
        "little of a ring": ring_coverage(evidence, networks) <= LITTLE_COVERAGE,
        "unstable code": np.asarray(evidence.column(networks, "decoding", "stability/angle") <= LITTLE_STABILITY),
    }


def code_rotates(evidence: Evidence) -> Result:
    """A6, of the ring's coverage and the decoder's stability."""
    criteria = {k: rotation_criteria(evidence, networks) for k, networks in evidence.rounds().items()}
    return on_alternatives(A6, evidence, criteria)


def judge_chains(case: Case) -> list[Result]:
    """A6, where the task has a ring."""
    rings = "ring/coverage" in case.evidence.measured("attractors")
    return [code_rotates(case.evidence)] if rings else []
