"""What the figure of types shows of one task: its most frequent types, how frequent they are, and whether activity in training tells them apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.charting.census import Census, census
from rnnatlas.charting.prediction import frequent, predict_types
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
    chart = read_artifact(_file(case, "extrapolation", ensemble), EXTRAPOLATION).data
    name = np.array(f"{found.population[row]} {member}")
    return chart_part(chart, member) | graph_part(_file(case, "reduced", ensemble), member) | {"name": name}


def collect(case: Case) -> dict[str, Array]:
    """Of vanilla networks where there are any, else of all: ``type k/*`` is the first network of the k-th type by frequency."""
    task, found = get_task(case.task, **case.cfg["trial"]), of_case(case)
    keys = found.keys["exact"]
    rows = np.flatnonzero((found.cell == "rate") & (keys != ""))
    rows = rows if len(rows) else np.flatnonzero(keys != "")
    known, count = np.unique(keys[rows], return_counts=True)
    order = np.lexsort((known, -count))
    known, count = known[order], count[order]
    data: dict[str, Array] = {"title": np.array(task.title), "dt": np.array(task.settings.dt)}
    data |= {"networks": np.array(len(rows)), "types": known[:COUNTED].astype(str), "count": count[:COUNTED]}
    data |= {"other": np.array(int(count[COUNTED:].sum())), "shown": np.array(min(SHOWN, len(known)))}
    data |= {"stability": found.stability[rows], "coarse": np.array(len(np.unique(found.keys["coarse"][rows])))}
    for k, key in enumerate(known[:SHOWN]):
        shown = example(case, found, int(rows[np.flatnonzero(keys[rows] == key)[0]]))
        data |= {f"type {k}/{name}": each for name, each in shown.items()}
    return data | _told(found, rows, list(map(str, known)), case.seed)


def _told(found: Census, rows: Array, known: list[str], seed: int) -> dict[str, Array]:
    """Confusion of the types that ten networks or more have; nothing where there are no two of them."""
    features = found.matrix()[rows]
    types = np.array([known.index(key) for key in found.keys["exact"][rows]], dtype=int)
    finite = np.isfinite(features).all(1)
    often = frequent(types[finite]) if finite.any() else np.zeros(0, bool)
    features, types = features[finite][often], types[finite][often]
    if len(np.unique(types)) < 2:
        return {}
    told = predict_types(features, types, seed)
    return {"confusion": told.confusion, "confused": told.types, "kappa": told.kappa}


def _file(case: Case, kind: str, ensemble: str) -> Path:
    return case.of_part("charted", kind)[ensemble]
