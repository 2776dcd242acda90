"""What the figure of the tasks shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array
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

SHOWN = 2  # trials


def task_data(task: Task[Any], trials: Trials, ensemble: Ensemble, engine: Engine) -> dict[str, Array]:
    """Example trials of one task, and the outputs of the ensemble's first network on them."""
    few = trials[:SHOWN]
    outputs = roll_out(ensemble[0], few.inputs, 0.0, ("figure",), engine).outputs[0]
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
