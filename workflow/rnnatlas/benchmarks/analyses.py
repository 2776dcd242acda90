"""The analyses that have a requirement of their own, as sections of the benchmark."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from rnnatlas.benchmarks.dsa_contenders import dsa_ours_matrix, dsa_package_matrix, untrained_rates
from rnnatlas.benchmarks.fixed_points import measure
from rnnatlas.benchmarks.measure import interleave, ratio, summary
from rnnatlas.engine.native_engine import NativeEngine


def compare_fixed_points() -> dict[str, Any]:
    """Our search against the fastest joint-Adam search, on a trained flip-flop network of 64 units from 512 starts.

    ``ratio`` is between ours that finds at least as many distinct points and the fastest Adam; ``points`` says how many."""
    rows = measure()
    adams = [row for row in rows if row.method.startswith("adam")]
    fastest, most = min(adams, key=lambda row: row.seconds), max(row.points for row in adams)
    ours = [row for row in rows if row.method.startswith("native")]
    chosen = next((row for row in ours if row.points >= most), ours[-1])
    return {
        "rows": [asdict(row) for row in rows],
        "ms": {row.method: {"median": 1e3 * row.seconds} for row in rows},
        "ours": chosen.method,
        "adam": fastest.method,
        "ratio": fastest.seconds / chosen.seconds,
        "points": {row.method: row.points for row in rows},
        "largest_q": chosen.q_largest,
    }


def compare_dsa(repetitions: int = 1) -> dict[str, Any]:
    """The DSA matrix of 42 networks (64 trials, 100 steps, 64 units; 10 delays, rank 30) against the package's."""
    rates = untrained_rates(NativeEngine())
    found: dict[str, np.ndarray] = {}
    times = interleave(
        {
            "ours": lambda: found.update(ours=dsa_ours_matrix(rates)),
            "dsa-metric": lambda: found.update(package=dsa_package_matrix(rates)),
        },
        repetitions,
        warm_up=0,
    )
    difference = float(np.abs(found["ours"] - found["package"]).max())
    return {"ms": summary(times), "ratio": ratio(times, "dsa-metric", "ours"), "largest_difference": difference}
