"""Dynamical distances between all networks of a task."""

from __future__ import annotations

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.engine.interface import Engine
from rnnatlas.measures import of_artifact
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.pairs import compare_all
from rnnatlas.similarity.systems import Runs
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.trials import Trials


def dynamical_distances(
    gathered: Gathered, trials: Trials, settings: SimilaritySettings, engine: Engine, threads: int = 1
) -> dict[str, Float[Array, "network network"]]:
    """Every pair of networks by each measure of dynamics, by dataset: ``distance``, DSA by spectra, and ``alignment``, DSA by the best
    orthogonal change of coordinates.

    Private noise is off and the trials are the same for all. One operator a network serves both.
    """
    few = trials[: settings.dsa_trials]
    systems = [
        Runs(rates, few.length, settings.delays, settings.rank)
        for _, ensemble in gathered
        for rates in roll_out(ensemble, few.inputs, 0.0, ("dsa",), engine).rates
    ]
    measures = of_artifact("embedding")
    matrices = compare_all(measures, systems, threads=threads)
    return {measure.dataset: matrices[measure.name] for measure in measures}
