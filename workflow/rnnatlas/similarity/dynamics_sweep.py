"""How far dynamical distances depend on the settings of DSA."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.dynamical import DelayOperator, fit_operators, spectral_distance, standardise

Setting = tuple[int, int]  # (delays, rank)


def dynamical_sweep(
    systems: Sequence[Float[Array, "trial time _"]],
    length: Int[Array, "trial"],
    delays: Sequence[int],
    ranks: Sequence[int],
    threads: int = 1,
) -> tuple[list[Setting], Float[Array, "setting system system"]]:
    """DSA distance of every pair at every (delays, rank), delays first, as ``dynamical_distances`` at one of them.

    One decomposition a system and number of delays serves all ranks. NaN where the trials have too few windows for the
    delays, or where a system has fewer directions than the rank: that setting says nothing of the pair.
    """

    def operators(system: Array) -> dict[Setting, DelayOperator]:
        x = standardise(system, length)
        return {(d, rank): found for d in delays for rank, found in _fit(x, length, d, ranks).items()}

    settings = list(product(delays, ranks))
    with ThreadPoolExecutor(threads) as pool:
        fitted = list(pool.map(operators, systems))
    distances = np.zeros((len(settings), len(systems), len(systems)))
    for number, setting in enumerate(settings):
        for i, j in zip(*np.triu_indices(len(systems), k=1), strict=True):
            a, b = fitted[i].get(setting), fitted[j].get(setting)
            distance = np.nan if a is None or b is None else spectral_distance(a, b)
            distances[number, i, j] = distances[number, j, i] = distance
    return settings, distances


def _fit(
    x: Float[Array, "trial time unit"], length: Int[Array, "trial"], delays: int, ranks: Sequence[int]
) -> dict[int, DelayOperator]:
    try:
        return fit_operators(x, delays, ranks, length=length)
    except AtlasError as error:
        if error.key != "n_delays":
            raise
        return {}
