"""The variants of a study that the map compares: what they change, and what of them has been run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from rnnatlas.artifacts.behaviour_schemas import GENERALISATION
from rnnatlas.artifacts.similarity_schemas import SIMILARITY
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.hard_groups import Cell
from rnnatlas.config.defaults import DEFAULT
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.evidence import Evidence

State = Literal["finished", "not finished", "not run", "not in this variant"]
MEASURED = ("hard", "analysis")  # sections that say how networks are examined, not what they are


@dataclass(frozen=True)
class Variant:
    """A study of the map. ``changes`` are the settings of each task that its file gives; ``tasks`` those that it runs (empty: not
    known, as of a study whose file is not among those of the map)."""

    run: str
    tasks: tuple[str, ...] = ()
    changes: dict[str, str] | None = None

    def changed(self, task: str) -> str:
        """``noise 0.15``, for example; empty where nothing is changed."""
        return (self.changes or {}).get(task, "")


@dataclass(frozen=True)
class Measured:
    """What a finished variant has on one task: similarity and hard grids alone, and the noise it was trained with.

    ``trained`` is the condition as trained; ``units`` what the levels of private and of input noise multiply.
    """

    evidence: Evidence
    seed: int
    trained: Cell
    units: tuple[float, float]


def find_variants(base: Path, folder: Path, results: Path) -> list[Variant]:
    """The study of ``base``, one for each file of ``folder``, and whatever else lies in ``results/<base's run>_*``.

    Raises ``AtlasError`` for a file without a ``run``, and for two of the same.
    """
    files = {file: _read(file) for file in (base, *sorted(folder.glob("*.yaml")))}
    found: dict[str, Variant] = {}
    for number, (file, values) in enumerate(files.items()):
        run = str(values.get("run", ""))
        if not run or run in found:
            what = f"another run has the name {run!r}" if run else "a run name is expected"
            raise AtlasError(file, "run", what, "give each variant a name of its own")
        tasks = tuple(values.get("tasks") or next(iter(files.values())).get("tasks") or DEFAULT["tasks"])
        found[run] = Variant(run, tasks, {task: _changes(values, task) for task in tasks} if number else {})
    first = next(iter(found))
    for place in sorted(results.glob(f"{first}_*")):
        if place.is_dir():
            found.setdefault(place.name, Variant(place.name))
    return list(found.values())


def _read(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise AtlasError(file, None, f"this study could not be read: {error}", "mend the file") from error
    if not isinstance(values, dict):
        raise AtlasError(file, None, "a study (keys and values) is expected", "mend the file")
    return values


def _changes(values: dict[str, Any], task: str) -> str:
    """The settings that concern ``task``, by the last part of their keys; what is set alike in several places, once."""
    common = {key: value for key, value in values.items() if key not in ("run", "tasks", "task", *MEASURED)}
    own = (values.get("task") or {}).get(task) or {}
    found = _leaves(common | {key: value for key, value in own.items() if key not in MEASURED})
    return ", ".join(dict.fromkeys(found))


def _leaves(values: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for key, value in values.items():
        found += _leaves(value) if isinstance(value, dict) else [f"{key.replace('_', ' ')} {value}"]
    return found


def read_measured(task: str, folder: Path) -> Measured | None:
    """The study's results on ``task`` under ``folder``; None where they are not complete. Raises ``AtlasError`` if one is damaged."""
    if not (folder / "similarity.h5").exists():
        return None
    table = read_artifact(folder / "similarity.h5", SIMILARITY)
    names = list(dict.fromkeys(map(str, table.data["ensemble"])))
    if not all((folder / name / "generalisation.h5").exists() for name in names):
        return None
    grids = {name: read_artifact(folder / name / "generalisation.h5", GENERALISATION) for name in names}
    cfg, hard = (json.loads(one.attributes["cfg"]) for one in (table, next(iter(grids.values()))))
    trained = float(cfg["network"]["noise"]), float(cfg["trial"]["input_noise"])
    given = [hard["hard"].get(name) or 0.0 for name in ("private_unit", "input_unit")]
    levels = [0.0 if noise == 0.0 and unit > 0.0 else 1.0 for noise, unit in zip(trained, given, strict=True)]
    tables = {"similarity": table.data, "generalisation": {name: grid.data for name, grid in grids.items()}}
    evidence = Evidence(task, table.data, tables)
    return Measured(evidence, int(cfg["seed"]), Cell(1.0, *levels), (trained[0] or given[0], trained[1] or given[1]))
