"""What the figure of the tasks shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

LOOKED_AT = 64  # trials, of which two are shown


def differing(task: Task[Any], trials: Trials, score: Float[Array, "trial"]) -> Int[Array, "two"]:
    """Two of the best quarter of trials by ``score``: the first, and that which differs most from it in the task's variables. Classes
    and angles count alike, an opposite angle as much as another class; numbers decide among what is left."""
    known = np.where(np.isfinite(score), score, -1.0)  # trials without anything to judge are the last
    solved = np.flatnonzero(known >= np.quantile(known, 0.75, method="lower"))
    apart = np.zeros(len(solved))
    for variable in task.variables():
        values = trials.conditions[variable.name][solved].astype(np.float64)
        match variable.scale:
            case "class":
                apart += values != values[0]
            case "circular":
                apart += (1.0 - np.cos(values - values[0])) / 2.0
            case _:
                apart += np.abs(values - values[0]) / max(float(np.ptp(values)), 1e-9) / LOOKED_AT
    apart[0] = -1.0  # another trial, though all be alike
    return solved[[0, int(np.argmax(apart))]]


def task_data(task: Task[Any], trials: Trials, ensemble: Ensemble, engine: Engine) -> dict[str, Array]:
    """Example trials of one task that its ensemble's first network solves, and its outputs on them."""
    some = trials[:LOOKED_AT]
    answers = roll_out(ensemble[0], some.inputs, 0.0, ("figure",), engine).outputs[0]
    chosen = differing(task, some, np.asarray(task.score(answers, some)["performance"]))
    few, outputs = some[chosen], answers[chosen]
    return {
        "title": np.array(task.title),
        "dt": np.array(task.settings.dt),
        "input_names": np.array(task.input_names),
        "output_names": np.array(task.output_names),
        "inputs": few.inputs,
        "targets": few.targets,
        "judged": few.judged,
        "length": few.length,
        "outputs": outputs,
    }


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task, of the first population of standard networks."""
    (file,) = case.of_part("first", "networks").values()
    (trials,) = map(read_trials, case.trials("test"))
    task = get_task(case.task, **case.cfg["trial"])
    return task_data(task, trials, read_ensemble(file), select_engine(case.cfg["engine"]))
