"""The matrix of dynamical similarities of many networks: by the package of DSA's authors, and ours."""

from __future__ import annotations

import warnings

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.torch_engine import one_thread
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.similarity.dynamical import dsa
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.registry import get_task

N_DELAYS, RANK = 10, 30


def untrained_rates(
    engine: Engine, members: int = 42, units: int = 64, trials: int = 64
) -> Float[Array, "member trial time unit"]:
    """Rates of random networks (gain 1, no private noise) that see the same trials of the flip-flop task, of 100 steps."""
    task = get_task("flip_flop")
    network = initialise(
        list(range(members)), units, len(task.input_names), len(task.output_names), 1.0, Cell(0.2), (0, "benchmark")
    )
    return roll_out(network, task.trials(trials, seed=0).inputs, None, (0, "benchmark"), engine).rates


def dsa_ours_matrix(
    states: Float[Array, "system trial time unit"], n_delays: int = N_DELAYS, rank: int = RANK
) -> Float[Array, "system system"]:
    """Squared distances of ``similarity.dynamical``: what the package calls its score."""
    return dsa(list(states), n_delays, rank) ** 2


@one_thread()
def dsa_package_matrix(
    states: Float[Array, "system trial time unit"], n_delays: int = N_DELAYS, rank: int = RANK
) -> Float[Array, "system system"]:
    """The score of the package dsa-metric, in one process on one thread. Raises ``AtlasError`` where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import DSA
        except ImportError as error:
            raise AtlasError(
                None, "dsa-metric", "the package is expected for this contender, it is not installed", "pip install dsa-metric"
            ) from error  # fmt: skip
        contender = DSA.DSA(list(states), n_delays=n_delays, rank=rank, score_method="wasserstein", n_jobs=1)
        return np.asarray(contender.fit_score())
