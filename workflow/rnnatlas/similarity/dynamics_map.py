"""Dynamical distances between all networks of a task."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.dynamical import DelayOperator, fit_operator, spectral_distance, standardise
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.trials import Trials


def dynamical_distances(
    gathered: Gathered, trials: Trials, settings: SimilaritySettings, engine: Engine, threads: int = 1
) -> Float[Array, "network network"]:
    """DSA distance (root of the Wasserstein cost between spectra) of every pair of networks.

    Private noise is off and the trials are the same for all; units are centred and everything divided by its RMS, so that
    neither offset nor scale counts (claims.md, DSA). One operator a network, one assignment a pair.
    """
    few = trials[: settings.dsa_trials]
    rates: list[Array] = []
    for _, ensemble in gathered:
        rates += list(roll_out(ensemble, few.inputs, 0.0, ("dsa",), engine).rates)

    def operator(system: Array) -> DelayOperator:
        return fit_operator(standardise(system, few.length), settings.delays, settings.rank, length=few.length)

    with ThreadPoolExecutor(threads) as pool:
        operators = list(pool.map(operator, rates))
    distances = np.zeros((len(operators), len(operators)))
    for i, j in zip(*np.triu_indices(len(operators), k=1), strict=True):
        distances[i, j] = distances[j, i] = spectral_distance(operators[i], operators[j])
    return distances
