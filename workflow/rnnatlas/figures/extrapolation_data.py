"""What the figure of extrapolation shows: of each task two networks that were trained alike, inside and beyond the trained range."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.figures.graph_data import graph_part
from rnnatlas.figures.parameter_maps import chart_part
from rnnatlas.figures.solutions_data import principal_components
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Task

SHOWN = 2  # networks a task
TRIALS = 24  # of whose activity the components are shown, spread over all that there are


def furthest(answers: Array) -> tuple[int, int]:
    """The two rows of ``answers [network, trial]`` that differ most, by the mean square of their difference; of equal ones the first."""
    known = np.nan_to_num(np.clip(answers, -1.0, 1.0)).astype(np.float64)
    power = (known**2).sum(1)
    distance = np.maximum(power[:, None] + power - 2.0 * known @ known.T, 0.0)
    one, other = np.unravel_index(int(np.argmax(distance)), distance.shape)
    return int(one), int(other)


def activity(network: Ensemble, task: Task[Any], engine: Any) -> dict[str, Array]:
    """Two principal components of the activity on some trials as trained, the variance that they have, and where each epoch begins."""
    complete = task.complete()
    assert complete is not None  # of what is charted, as the plan has checked
    some = complete[np.unique(np.linspace(0, complete.count - 1, TRIALS).round().astype(int))]
    rates = roll_out(network, some.inputs, 0.0, ("figure",), engine).rates[0].astype(np.float64)
    mean, axes, share = principal_components(rates.reshape(-1, rates.shape[-1]), 2)
    found = {"components": (rates - mean) @ axes.T, "share": share, "colour": some.conditions[task.colour_variable()]}
    return found | {f"begin/{name}": each[:, 0] for name, each in some.epochs.items()}


def collect(case: Case) -> dict[str, Array]:
    """``network k/*`` for two accepted networks of the task that differ most beyond the trained range (``furthest``); of fewer, those there
    are. Networks that were not accepted are shown where no other are, and say so."""
    task = get_task(case.task, **case.cfg["trial"])
    engine = select_engine(case.cfg["engine"])
    charts = {
        name: read_artifact(file, EXTRAPOLATION) for name, file in case.of_part("charted", "extrapolation").items()
    }
    reduced = case.of_part("charted", "reduced")
    ensembles = {name: read_ensemble(file) for name, file in case.of_part("charted", "networks").items()}
    places = [(name, member) for name, one in ensembles.items() for member in range(one.members)]
    good = [(n, m) for n, m in places if (record := ensembles[n].training) is not None and record.accepted[m]]
    answers = np.array([charts[name].data["answer"][member] for name, member in good or places])
    trained = next(iter(charts.values())).data["trained"].astype(bool)
    chosen = list(dict.fromkeys(furthest(answers[:, ~trained])))[:SHOWN]
    shown = next(one for one in task.variables() if one.name == task.colour_variable())
    data: dict[str, Array] = {"title": np.array(task.title), "dt": np.array(task.settings.dt)}
    data |= {"colour_name": np.array(shown.name), "colour_unit": np.array(shown.unit)}
    data |= {"accepted": np.array(len(good)), "networks": np.array(len(places)), "shown": np.array(len(chosen))}
    for k, row in enumerate(chosen):
        name, member = (good or places)[row]
        found = activity(ensembles[name][member], task, engine) | chart_part(charts[name].data, member)
        found |= graph_part(reduced[name], member) | {"name": np.array(f"{name.split('/')[1]} {member}")}
        data |= {f"network {k}/{key}": array for key, array in found.items()}
    return data
