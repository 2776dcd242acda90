"""Times of several contenders, taken in turn."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from rnnatlas.arrays import Count, Index


def interleave(
    contenders: dict[str, Callable[[], Any]],
    repetitions: Count,
    warm_up: Index = 1,
    calls: dict[str, int] | None = None,
) -> dict[str, list[float]]:
    """Milliseconds of each contender, ``repetitions`` times in turn, so that a drift of the machine's speed hits all alike.

    ``calls`` says how many steps a contender does at once (1 unless named); its time is divided by it.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    gc.disable()
    try:
        for round_ in range(warm_up + repetitions):
            for name, step in contenders.items():
                start = time.perf_counter()
                step()
                spent = 1e3 * (time.perf_counter() - start)
                if round_ >= warm_up:
                    times[name].append(spent / (calls or {}).get(name, 1))
    finally:
        gc.enable()
    return times


def summary(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Median, quartiles and number of repetitions of each contender, in milliseconds."""
    found = {}
    for name, values in times.items():
        low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
        found[name] = {"median": middle, "lower": low, "upper": high, "repetitions": len(values)}
    return found


def ratio(times: dict[str, list[float]], slow: str, fast: str) -> float:
    """How many times the median of ``slow`` is that of ``fast``."""
    return statistics.median(times[slow]) / statistics.median(times[fast])
