"""Noise on the connections: how well a network performs when each recurrent weight is a little wrong.

    ``J_ij → J_ij · (1 + ε ξ_ij)``, ξ standard normal and independent,

the multiplicative noise of synaptic weights, whose size goes with the weight. Input and readout weights are left as they are. For a
gated cell J is the matrix of all its gates' recurrent weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.grid import CHUNK, noisy_outputs
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import Name, generator, stream_key
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


def performance_under_weight_noise(
    ensemble: Ensemble,
    task: Task[Any],
    trials: Trials,
    settings: RobustnessSettings,
    names: Sequence[tuple[Name, ...]],
    seed: int,
    engine: Engine,
) -> dict[str, Float[Array, "member level"]]:
    """``weights``, the performance of every member at each ``settings.weight_noise`` ε, mean over ``settings.draws`` draws, and
    ``weights_deviation``, its standard deviation over them (0 for a single draw).

    A draw is one of ξ and one of private noise, as trained. ξ comes from the stream (*its name, "weight noise", k), so that it does not
    hang on what else is measured; private noise is common to all networks. Both are the same at every ε, and ε = 0 has as many draws
    as the others: where the dynamics are chaotic, any ε > 0 averages over private noise, which a single run at ε = 0 would not. Raises
    ``AtlasError`` for another number of ``names`` than members, and for trials of another task.
    """
    task.check_trials(trials)
    if len(names) != ensemble.members:
        raise AtlasError(None, "names", f"a name for each of {ensemble.members} networks is expected, found {len(names)}", "name each network's stream")  # fmt: skip
    levels = np.array(settings.weight_noise)
    score = np.zeros((settings.draws, ensemble.members, len(levels)))
    for member, name in enumerate(names):
        network = ensemble[member]
        for k in range(settings.draws):
            xi = generator(*name, "weight noise", k).standard_normal(network.parameters.recurrent.shape[1:])
            disturbed = with_weights_times(network, 1.0 + levels[:, None, None] * xi)
            score[k, member] = _performance(disturbed, task, trials, (seed, k), engine)
    return {"weights": score.mean(0), "weights_deviation": score.std(0)}


def with_weights_times(network: Ensemble, factors: Float[Array, "copy unit column"]) -> Ensemble:
    """Copies of a single network, the recurrent weights of each multiplied by ``factors``, weight by weight."""
    copies = network.parameters.map(lambda array: np.repeat(array, len(factors), axis=0))
    recurrent = (copies.recurrent * factors).astype(copies.recurrent.dtype)
    return Ensemble(Parameters(recurrent, *(array for array in list(copies)[1:])), network.cell)


def _performance(
    ensemble: Ensemble, task: Task[Any], trials: Trials, draw: tuple[int, int], engine: Engine
) -> Float[Array, "member"]:
    """Performance under private noise as trained, of the draw (seed, k)."""
    key, parts = stream_key(*draw, "weight noise", "private noise"), []
    for number, first in enumerate(range(0, trials.count, CHUNK)):
        part = trials[slice(first, first + CHUNK)]
        outputs = noisy_outputs(ensemble, part.inputs, 1.0, key, number, engine)
        parts.append(task.score(outputs, part)["performance"])
    return np.nanmean(np.concatenate(parts, axis=1), axis=1)
