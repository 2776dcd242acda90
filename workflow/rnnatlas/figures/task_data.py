"""What the figure of the tasks shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Engine
from rnnatlas.figures.task_examples import SHOWN
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


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
