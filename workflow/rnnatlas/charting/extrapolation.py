"""What networks do on trials beyond those that they were trained on (Turner, Dabholkar & Barak 2021, section 4.1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

PART = 1 << 22  # outputs are computed for as many trial steps at once


def extrapolation(ensemble: Ensemble, task: Task[Any], engine: Engine) -> dict[str, Array]:
    """The outputs of each network, without noise, on ``task.extrapolated()``, as the schema ``extrapolation`` has them: of each trial the mean
    output of its response and whether it is right, habits of the task, and how all trials as trained are done.

    Raises ``AtlasError`` for a task whose extrapolation is not defined.
    """
    trials, complete = task.extrapolated(), task.complete()
    if trials is None or complete is None:
        raise AtlasError(
            None, "task", f"{task.title!r} says neither what all its trials are nor which lie beyond them",
            "let its file define complete() and extrapolated() (docs/add_a_task.md)",
        )  # fmt: skip
    parts: dict[str, list[Array]] = {"answer": [], "right": [], "complete": [], "performance": []}
    habits: dict[str, list[Array]] = {}
    rasters: list[Array] = []
    for network in ensemble:
        outputs = _outputs(network, trials, engine)
        parts["answer"].append(_responses(outputs, trials)[0])
        parts["right"].append(task.score(outputs, trials)["performance"][0] > 0.5)
        for name, value in task.habits(outputs, trials).items():
            habits.setdefault(name, []).append(value[0])
        if len(trials.conditions) == 1:
            rasters.append(outputs[0, :, :, 0])
        whole = _outputs(network, complete, engine)
        parts["complete"].append(np.mean((whole[0] - complete.targets) ** 2))
        parts["performance"].append(task.performance(whole, complete)[0])
    found = {name: np.stack(values) for name, values in parts.items()}
    found |= {f"habits/{name}": np.stack(values).astype(np.float64) for name, values in habits.items()}
    found |= {f"conditions/{name}": values for name, values in trials.conditions.items()}
    found |= {"target": _responses(trials.targets[None], trials)[0], "trained": task.trained(trials)}
    if rasters:
        found |= {"outputs": np.stack(rasters)} | {f"epochs/{name}": each for name, each in trials.epochs.items()}
    return found


def _outputs(network: Ensemble, trials: Trials, engine: Engine) -> Array:
    """``[1, trial, time, output]``, a part of the trials at a time."""
    size = max(1, PART // trials.times)
    parts = [trials.inputs[None, first : first + size] for first in range(0, trials.count, size)]
    return np.concatenate([engine.outputs(network.parameters, network.cell, part, None) for part in parts], axis=1)


def _responses(outputs: Array, trials: Trials) -> Array:
    """Mean first output over the judged steps, ``[member, trial]``; NaN where nothing is judged."""
    judged = trials.judged[..., 0]
    with np.errstate(invalid="ignore"):
        return np.asarray((outputs[..., 0] * judged).sum(-1) / judged.sum(-1))
