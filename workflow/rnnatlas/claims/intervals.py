"""Intervals: Wilson for shares, bootstrap over networks for medians."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array, Float

Z95 = 1.959963984540054


def wilson_interval(successes: int, total: int) -> tuple[float, float]:
    """95 % Wilson score interval of a share (Wilson 1927); (0, 1) for an empty sample."""
    if total == 0:
        return 0.0, 1.0
    p, z2 = successes / total, Z95**2
    centre = (p + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 * np.sqrt(p * (1 - p) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))


def bootstrap_interval(
    units: int, statistic: Callable[[Array], float], rng: np.random.Generator, draws: int = 2000
) -> tuple[float, float]:
    """95 % percentile interval of ``statistic(indices)`` over resampled units (networks, or whole chains).

    A draw whose statistic is not finite (a resample with one distinct network has no pairs) is left out; with fewer than
    two units there is nothing to resample, and the interval is that of the value alone: (−∞, ∞).
    """
    if units < 2:
        return -np.inf, np.inf
    values: Float[Array, "draw"] = np.array([statistic(rng.integers(0, units, units)) for _ in range(draws)])
    values = values[np.isfinite(values)]
    if values.size == 0:
        return -np.inf, np.inf
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
