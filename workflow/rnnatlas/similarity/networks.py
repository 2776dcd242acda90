"""Compare all networks of a task on common trials."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.deflation.null_space import project
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.regression import predictivity_matrix
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
    gathered: Gathered, task: Task[Any], analysis: Trials, test: Trials, ridge: float, seed: int, engine: Engine
) -> dict[str, Array]:
    """The arrays of a ``similarity`` artifact.

    Entry [i, j] is how well network i, with private noise, predicts network j, without, on the same inputs: the map fitted
    on ``analysis`` and scored on ``test``. ``untrained`` is the same for an untrained network in place of i.
    """
    networks = gathered.ensembles
    count = sum(len(ensemble) for ensemble in networks)
    fresh = untrained_networks(networks[0], seed)
    everything = [*networks, fresh]
    fit = activity(everything, task, analysis, (seed, "analysis noise"), engine)
    score = activity(everything, task, test, (seed, "test noise"), engine)
    readouts = [readout for ensemble in everything for readout in ensemble.parameters.readout]
    table = gathered.table() | {"performance": score.performance[:count].astype(np.float64)}
    null_fit = Activity(in_null_space(fit.noisy, readouts), in_null_space(fit.clean, readouts), fit.performance)
    null_score = Activity(in_null_space(score.noisy, readouts), in_null_space(score.clean, readouts), score.performance)
    sizes = [(np.sum(a**2, dtype=np.float64), np.sum(b**2, dtype=np.float64)) for a, b in zip(null_score.clean, score.clean, strict=True)]  # fmt: skip
    table["null_share"] = np.array([null / whole for null, whole in sizes[:count]])
    for space, on, off in (("raw", fit, score), ("null", null_fit, null_score)):
        for centre in (False, True):
            name = f"{space}_centred" if centre else space
            matrix = predictivity_matrix(on.noisy, off.noisy, ridge, centre, (on.clean[:count], off.clean[:count]))
            table[name] = matrix[:count]
            table[f"untrained/{name}"] = np.median(matrix[count:], axis=0)
    return table
