"""Correction of p values for the number of claims that are tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.record import Record


def holm(p: Float[Array, "test"]) -> Float[Array, "test"]:
    """Adjusted p values of Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    With the p values sorted, ``p̃_(k) = max_{j ≤ k} min(1, (m − j + 1) p_(j))``: rejecting where p̃ ≤ α keeps the chance of any
    false rejection at α, however the tests depend on each other. NaN, a test that could not be made, stays NaN and does
    not count in m.
    """
    made = np.flatnonzero(np.isfinite(p))
    order = made[np.argsort(p[made], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order])) if len(order) else []
    return adjusted


def with_corrected_p(records: Sequence[Record]) -> list[Record]:
    """The records of a whole scorecard (all claims, all tasks): those that rest on a test print p as found and corrected for
    all tests of the scorecard. Verdicts do not change: thresholds on p were fixed for single tests."""
    adjusted = holm(np.array([record.p for record in records], dtype=np.float64))
    return [
        replace(record, detail={"p": record.p, "p (Holm)": float(corrected), **record.detail})
        if np.isfinite(record.p)
        else record
        for record, corrected in zip(records, adjusted, strict=True)
    ]
