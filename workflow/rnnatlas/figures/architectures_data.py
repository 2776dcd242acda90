"""What the figure of architectures shows of one task: types by cell, types that one cell has more than others, and one type in all cells."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.census import Census
from rnnatlas.engine.select import select_engine
from rnnatlas.evidence.case import Case
from rnnatlas.figures.extrapolation_data import activity
from rnnatlas.figures.types_data import example, of_case
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

COUNTED = 6  # types with a share of their own
SHOWN = 2  # types with an example


def collect(case: Case) -> dict[str, Array]:
    """``share [cell, type]`` of the most frequent types of all cells together, the rest last; ``type k/*``: of those the ones that vanilla networks have least, by the difference
    of shares; ``cell k/*``: activity of one network a cell, of the most frequent type that all cells have, if there is one."""
    task, found = get_task(case.task, **case.cfg["trial"]), of_case(case)
    rows = np.flatnonzero(found.of_types())
    keys, cell_of = found.keys["exact"][rows], found.cell[rows]
    cells = sorted(set(map(str, found.cell)), key=lambda cell: (cell != "rate", cell))
    known = found.by_frequency("exact", rows)[0]
    counted = known[:COUNTED]
    networks = np.array([int(np.sum(cell_of == cell)) for cell in cells])
    share = np.zeros((len(cells), len(counted)))
    for row, cell in enumerate(cells):
        for column, key in enumerate(counted):
            share[row, column] = np.sum(keys[cell_of == cell] == key) / max(networks[row], 1)
    data: dict[str, Array] = {"title": np.array(task.title), "dt": np.array(task.settings.dt), "cells": np.array(cells), "types": np.array(counted, dtype=str)}  # fmt: skip
    data |= {"share": share, "networks": networks}
    rare = sorted(range(len(counted)), key=lambda k: (share[0, k] - share[1:, k].max(initial=0.0), k))
    shown = rare[:SHOWN] if len(cells) > 1 else []
    data["shown"] = np.array(len(shown))
    for number, k in enumerate(shown):
        one = example(case, found, int(rows[np.flatnonzero(keys == counted[k])[0]]))
        data |= {f"type {number}/{name}": each for name, each in one.items()}
    return data | _same_type(case, found, rows, cells, known)


def _same_type(case: Case, found: Census, rows: Array, cells: list[str], known: list[str]) -> dict[str, Array]:
    """Activity of the first network of each cell that is of the most frequent type that all have."""
    task = get_task(case.task, **case.cfg["trial"])
    keys, cell_of = found.keys["exact"][rows], found.cell[rows]
    common = [key for key in known if all(np.any((keys == key) & (cell_of == cell)) for cell in cells)]
    if not common or len(cells) < 2:
        return {"common": np.array("")}
    variable = next(one for one in task.variables() if one.name == task.colour_variable())
    data: dict[str, Array] = {"common": np.array(common[0]), "colour_name": np.array(variable.name), "colour_unit": np.array(variable.unit)}  # fmt: skip
    files, engine = case.of_part("charted", "networks"), select_engine(case.cfg["engine"])
    for k, cell in enumerate(cells):
        row = int(rows[np.flatnonzero((keys == common[0]) & (cell_of == cell))[0]])
        network = read_ensemble(files[f"standard/{found.population[row]}"])[int(found.member[row])]
        data |= {f"cell {k}/{name}": each for name, each in activity(network, task, engine).items()}
    return data
