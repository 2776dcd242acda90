"""What the figure of types shows of one task: its most frequent types, how frequent they are, and whether activity in training tells them apart."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.charting.census import Census, census
from rnnatlas.charting.prediction import predict_types
from rnnatlas.evidence.case import Case
from rnnatlas.figures.graph_data import graph_part
from rnnatlas.figures.parameter_maps import chart_part
from rnnatlas.tasks.registry import get_task

SHOWN = 4  # types with an example
COUNTED = 8  # types with a bar of their own


def of_case(case: Case) -> Census:
    """The census of the task's charted populations."""
    kinds = (case.of_part("charted", kind) for kind in ("networks", "reduced", "features"))
    return census(*kinds)


def example(case: Case, found: Census, row: int) -> dict[str, Array]:
    """One network with its graph and its chart of extrapolation."""
    ensemble, member = f"standard/{found.population[row]}", int(found.member[row])
    chart, graph = (case.of_part("charted", kind)[ensemble] for kind in ("extrapolation", "reduced"))
    return chart_part(read_artifact(chart, EXTRAPOLATION).data, member) | graph_part(graph, member)


def collect(case: Case) -> dict[str, Array]:
    """Of accepted vanilla networks where there are any, else of all cells: ``type k/*`` is the first network of the k-th type by frequency."""
    task, found = get_task(case.task, **case.cfg["trial"]), of_case(case)
    keys, of_types = found.keys["exact"], found.of_types()
    rows = np.flatnonzero(of_types & (found.cell == "rate"))
    rows = rows if len(rows) else np.flatnonzero(of_types)
    known, count = found.by_frequency("exact", rows)
    data: dict[str, Array] = {"title": np.array(task.title), "dt": np.array(task.settings.dt)}
    data |= {
        "networks": np.array(len(rows)),
        "types": np.array(known[:COUNTED], dtype=str),
        "count": np.array(count[:COUNTED], dtype=int),
    }
    data |= {"other": np.array(sum(count[COUNTED:])), "shown": np.array(min(SHOWN, len(known)))}
    data |= {"stability": found.stability[rows]}
    for k, key in enumerate(known[:SHOWN]):
        shown = example(case, found, int(rows[np.flatnonzero(keys[rows] == key)[0]]))
        data |= {f"type {k}/{name}": each for name, each in shown.items()}
    features, types = found.told_apart(rows)
    if len(np.unique(types)) > 1:
        told = predict_types(features, types, case.seed)
        data |= {"confusion": told.confusion, "confused": told.types.astype(str), "kappa": told.kappa}
    return data
