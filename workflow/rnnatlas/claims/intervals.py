"""Intervals: Wilson for shares, bootstrap over networks for medians, over networks and trials for differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np

from rnnatlas.arrays import Array, Float, Index

Z95 = 1.959963984540054
EXHAUSTIVE_BELOW = 8  # with fewer units all resamples are taken: at most 1,716 multisets of 7


def wilson_interval(successes: Index, total: Index) -> tuple[float, float]:
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

    With fewer than eight units every one of the n^n resamples is taken, as multisets with their multinomial weights
    (``statistic`` must not depend on the order of the indices), so that nothing is left to chance; else ``draws`` are
    drawn. A resample whose statistic is not finite (one with a single distinct network has no pairs) is left out; with
    fewer than two units there is nothing to resample, and the interval is (−∞, ∞).
    """
    if units < 2:
        return -np.inf, np.inf
    if units < EXHAUSTIVE_BELOW:
        resamples = list(all_resamples(units))
        weights = np.array([weight for _, weight in resamples])
        return _weighted_interval(np.array([statistic(indices) for indices, _ in resamples]), weights)
    values: Float[Array, "draw"] = np.array([statistic(rng.integers(0, units, units)) for _ in range(draws)])
    return _interval(values)


def all_resamples(units: int) -> Iterator[tuple[Array, float]]:
    """Every resample of ``units`` with replacement as a multiset of indices, with its probability.

    A multiset with counts c stands for ``n! / Π c_k!`` of the n^n ordered resamples (Fisher & Hall 1991, Statistics &
    Probability Letters); the probabilities sum to 1.
    """
    for indices in combinations_with_replacement(range(units), units):
        counts = np.bincount(indices)
        yield np.array(indices), factorial(units) / prod(factorial(int(c)) for c in counts) / units**units


def _interval(values: Float[Array, "draw"]) -> tuple[float, float]:
    values = values[np.isfinite(values)]
    if values.size == 0:
        return -np.inf, np.inf
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _weighted_interval(values: Float[Array, "draw"], weights: Float[Array, "draw"]) -> tuple[float, float]:
    """The least values below which lie 2.5 % and 97.5 % of the weight."""
    finite = np.isfinite(values)
    if not finite.any():
        return -np.inf, np.inf
    order = np.argsort(values[finite], kind="stable")
    cumulative = np.cumsum(weights[finite][order])
    places = np.searchsorted(cumulative, np.array([0.025, 0.975]) * cumulative[-1])
    low, high = values[finite][order][places]
    return float(low), float(high)
