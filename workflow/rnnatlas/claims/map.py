"""When do alternatives win? Competent alternatives against standards, over variants of one study: ``results/<run>/map.h5``.

``python -m rnnatlas.claims.map results`` reads ``similarity.h5`` and each ensemble's ``generalisation.h5`` of every variant
that is finished (``make map`` runs them), and writes the artifact and a table, ``map.md``, into the folder of the unchanged study.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.map_schema import MAP
from rnnatlas.artifacts.store import write_artifact, write_bytes
from rnnatlas.claims.hard_groups import Cell, Groups, cell_scores, grid_axis, place
from rnnatlas.claims.map_compare import AXES, CONDITIONS, DRAWS, Compared, compare_round, condition_cells
from rnnatlas.claims.map_table import map_markdown
from rnnatlas.claims.map_variants import Measured, State, Variant, find_variants, read_measured
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.registry import get_task


def map_data(variants: Sequence[Variant], results: Path) -> dict[str, Array]:
    """The arrays of a ``map`` artifact. Raises ``AtlasError`` if no variant is finished on any task."""
    tasks = list(dict.fromkeys(task for variant in variants for task in variant.tasks))
    places = [(variant.run, task) for variant in variants for task in tasks]
    found = {(run, task): read_measured(task, results / run / task) for run, task in places}
    measured = {at: one for at, one in found.items() if one is not None}
    if not measured:
        raise AtlasError(results, None, "no variant of the map is finished on any task", "run `make map` first")
    rounds = sorted({k for one in measured.values() for k in one.evidence.rounds()})
    size = len(variants), len(tasks), len(rounds), len(CONDITIONS)
    data: dict[str, Array] = {
        "variant": np.array([variant.run for variant in variants]),
        "task": np.array(tasks),
        "title": np.array([get_task(task).title for task in tasks]),
        "load_name": np.array([get_task(task).load_name for task in tasks]),
        "round": np.array(rounds, dtype=np.int64),
        "condition": np.array(CONDITIONS),
        "state": np.array([[_state(v, t, results, (v.run, t) in measured) for t in tasks] for v in variants]),
        "change": np.array([[variant.changed(task) for task in tasks] for variant in variants]),
        "standards": np.zeros(size[:2], dtype=np.int64),
        "difference": np.full((*size, 3), np.nan),
        "standard": np.full((*size[:2], size[3]), np.nan),
    }
    data |= {name: np.zeros(size[:3], dtype=np.int64) for name in ("trained", "accepted", "competent", "decoupled")}
    data |= {name: np.full((*size[:3], 3), np.nan) for name in ("null", "largest", "smallest")}
    data |= {f"at/{axis}": np.full((*size[:2], size[3]), np.nan) for axis in AXES}
    data |= {f"{name}/{axis}": np.full(size[:2], np.nan) for name in ("unit", "as_trained") for axis in AXES[1:]}
    columns: dict[str, list[Array]] = {name: [] for name in ("variant", "task", "round", *AXES, "difference")}
    for (run, task), one in measured.items():
        at = [variant.run for variant in variants].index(run), tasks.index(task)
        cells = condition_cells(one)
        _fill_task(data, at, one, cells)
        for number, round_ in enumerate(rounds):
            compared = compare_round(one, run, round_)
            for name in ("trained", "accepted", "competent", "decoupled", "null", "largest", "smallest"):
                data[name][(*at, number)] = getattr(compared, name)
            for k, cell in enumerate(cells.values()):
                index = None if cell is None else place(one.evidence, cell)
                if index is not None:
                    data["difference"][(*at, number, k)] = compared.cells[index]
            if compared.competent:
                _append(columns, (*at, round_), one, compared)
    for name, parts in columns.items():
        kind = np.int64 if name in ("variant", "task", "round") else np.float64
        empty = np.zeros((0, 3) if name == "difference" else 0)
        data[f"cell/{name}"] = np.concatenate(parts or [empty]).astype(kind)
    return data


def _state(variant: Variant, task: str, results: Path, finished: bool) -> State:
    if finished:
        return "finished"
    if (results / variant.run / task).exists():
        return "not finished"
    return "not run" if not variant.tasks or task in variant.tasks else "not in this variant"


def _fill_task(data: dict[str, Array], at: tuple[int, int], one: Measured, cells: dict[str, Cell | None]) -> None:
    standards = Groups.of_round(one.evidence, 1).standards
    data["standards"][at] = len(standards)
    for axis, unit in zip(AXES[1:], one.units, strict=True):
        data[f"unit/{axis}"][at] = unit
        data[f"as_trained/{axis}"][at] = getattr(one.trained, axis)
    for k, cell in enumerate(cells.values()):
        scores = None if cell is None else cell_scores(one.evidence, standards, cell)
        if cell is None or scores is None:
            continue
        data["standard"][(*at, k)] = np.median(scores.mean(axis=1))
        for axis in AXES:
            data[f"at/{axis}"][(*at, k)] = getattr(cell, axis)


def _append(columns: dict[str, list[Array]], names: tuple[int, ...], one: Measured, compared: Compared) -> None:
    axes = np.meshgrid(*(grid_axis(one.evidence, axis) for axis in AXES), indexing="ij")
    for axis, values in zip(AXES, axes, strict=True):
        columns[axis].append(values.ravel())
    columns["difference"].append(compared.cells.reshape(-1, 3))
    for name, value in zip(("variant", "task", "round"), names, strict=True):
        columns[name].append(np.full(axes[0].size, value))


def main(arguments: Sequence[str] | None = None) -> int:
    """Collect the map; the exit status is 1, with a message, if nothing is finished."""
    parser = argparse.ArgumentParser(prog="python -m rnnatlas.claims.map", description=__doc__)
    parser.add_argument("results", type=Path, help="folder of all studies")
    parser.add_argument("--base", type=Path, default=Path("config/presets/map.yaml"), help="study that variants change")
    parser.add_argument("--variants", type=Path, default=Path("config/map"), help="folder with a file for each variant")
    given = parser.parse_args(arguments)
    try:
        variants = find_variants(given.base, given.variants, given.results)
        data = map_data(variants, given.results)
        folder = given.results / variants[0].run
        cfg = {"draws": DRAWS, "variants": [variant.run for variant in variants]}
        write_artifact(folder / "map.h5", MAP, data, cfg, "rnnatlas.claims.map")
        write_bytes(folder / "map.md", map_markdown(data).encode())
    except AtlasError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
