"""Compare all networks of a task on common trials."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.deflation.null_space import project
from rnnatlas.engine.interface import Engine
from rnnatlas.measures import of_artifact
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.pairs import compare_all
from rnnatlas.similarity.ridge_path import Split
from rnnatlas.similarity.systems import Splits
from rnnatlas.similarity.untrained import untrained_networks
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


class Activity(NamedTuple):
    """Rates of every network on one trial set, steps within trials as samples: with private noise, and without."""

    noisy: list[Float[Array, "sample unit"]]
    clean: list[Float[Array, "sample unit"]]
    performance: Float[Array, "network"]


def activity(
    networks: list[Ensemble], task: Task[Any], trials: Trials, stream: tuple[int | str, ...], engine: Engine
) -> Activity:
    """Run every member of ``networks`` on ``trials``; private noise at the level of training, common to all."""
    noisy: list[Array] = []
    clean: list[Array] = []
    performance: list[Array] = []
    valid = trials.valid()
    for ensemble in networks:
        quiet = roll_out(ensemble, trials.inputs, 0.0, stream, engine)
        loud = roll_out(ensemble, trials.inputs, None, stream, engine)
        noisy += [rates[valid] for rates in loud.rates]
        clean += [rates[valid] for rates in quiet.rates]
        performance.append(np.asarray(task.performance(quiet.outputs, trials)))
    return Activity(noisy, clean, np.concatenate(performance))


def in_null_space(rates: list[Array], readouts: list[Array]) -> list[Array]:
    """Each network's rates in the null space of its own readout."""
    return [project(x, readout) for x, readout in zip(rates, readouts, strict=True)]


def compare_networks(
    gathered: Gathered,
    task: Task[Any],
    analysis: Trials,
    test: Trials,
    ridge: float,
    seed: int,
    engine: Engine,
    threads: int = 1,
) -> dict[str, Array]:
    """The arrays of a ``similarity`` artifact.

    Entry [i, j] is how well network i, with private noise, predicts network j, without, on the same inputs: the map fitted
    on ``analysis`` and scored on ``test``. ``untrained`` is the same for an untrained network in place of i.
    """
    networks = gathered.ensembles
    count = sum(len(ensemble) for ensemble in networks)
    everything = [*networks, untrained_networks(networks[0], seed)]
    fit = activity(everything, task, analysis, (seed, "analysis noise"), engine)
    score = activity(everything, task, test, (seed, "test noise"), engine)
    readouts = [readout for ensemble in everything for readout in ensemble.parameters.readout]
    rates = zip(fit.noisy, score.noisy, fit.clean, score.clean, readouts, strict=True)
    systems = [Splits(Split(a, b), Split(c, d), readout, ridge) for a, b, c, d, readout in rates]
    table = gathered.table() | {"performance": score.performance[:count].astype(np.float64)}
    hidden = in_null_space(score.clean[:count], readouts[:count])
    sizes = [[np.sum(part**2, dtype=np.float64) for part in pair] for pair in zip(hidden, score.clean, strict=False)]
    table["null_share"] = np.array([null / whole for null, whole in sizes])
    measures = of_artifact("similarity")
    matrices = compare_all(measures, systems, count, threads)
    for measure in measures:
        table[measure.dataset] = matrices[measure.name][:count]
        table[measure.floor] = np.median(matrices[measure.name][count:], axis=0)
    return table
