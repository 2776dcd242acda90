"""What the figure of the charted tasks shows: an example trial of a trained network, and the desired output over all trials."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.figures.parameter_maps import mapped
from rnnatlas.figures.tasks_data import task_data
from rnnatlas.networks.files import read_ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task


def collect(case: Case) -> dict[str, Array]:
    """Example trials of the first accepted network, as in the figure of all tasks, and ``map/*``, the targets of all trials as trained."""
    task = get_task(case.task, **case.cfg["trial"])
    ensembles = [read_ensemble(file) for file in case.of_part("charted", "networks").values()]
    best = max(ensembles, key=lambda one: one.training is not None and bool(one.training.accepted.any()))
    member = 0 if best.training is None else int(np.argmax(best.training.accepted))
    engine = select_engine(case.cfg["engine"])
    trials = task.batch(128, generator(case.seed, case.task, "charted trials"))
    data = task_data(task, trials, best[member], engine)
    complete = task.complete()
    assert complete is not None  # of what is charted, as the plan has checked
    data["accepted"] = np.array(best.training is not None and bool(best.training.accepted[member]))
    return data | {f"map/{key}": array for key, array in mapped(complete, complete.targets[..., 0]).items()}
