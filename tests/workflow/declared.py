"""What figures and groups of claims read of a finished study, beside what they declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from study_copy import Changes, StudyCopy

from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.claims.judge import judged
from rnnatlas.config.load import load_study
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.needs import Needs
from rnnatlas.evidence.stored import Stored
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.plan.plan import Plan
from rnnatlas.plan.settings import settings

Kinds = set[tuple[str, str]]  # part of the declaration, kind

# What these small studies need not read of what is declared: a criterion that is another task's, and the hard grid of alternatives
# where no level of noise is high.
_OTHER_TASKS: Kinds = {("own", "decoding"), ("controls", "decoding"), ("controls", "attractors")}
MAY_BE_LEFT: dict[str, Kinds] = {
    "claims attractors": {("own", "similarity")},
    "claims decoding": {("own", "similarity")},
    "claims rotation": {("own", "decoding"), ("own", "similarity")},
    "claims controls": _OTHER_TASKS,
    "figure controls": _OTHER_TASKS | {("own", "generalisation")},
}


def plan_of(study: StudyCopy, changes: Changes | None = None) -> Plan:
    """The plan of the study as it lies there."""
    values = yaml.safe_load(study.configuration(changes).read_text())
    return Plan(load_study(values), str(study.results), study.results)


def readers(charted: bool = False) -> dict[str, tuple[Needs, Callable[[Case], Any]]]:
    """Whatever declares what it reads: its declaration, and the function that reads; of charted populations, or of the study's own tasks."""
    figures = {f"figure {k}": (row.needs, import_module(f"rnnatlas.figures.{k}_data").collect) for k, row in FIGURES.items() if row.draws == "figure"}  # fmt: skip
    groups = {f"claims {k}": (group.needs, partial(judged, group.module)) for k, group in GROUPS.items()}  # fmt: skip
    return {name: one for name, one in (figures | groups).items() if bool(one[0].charted) == charted}


class Watched(Case):
    """A case that notes which of its files are asked for by part or set."""

    asked: Kinds

    def of_part(self, part: str, kind: str) -> dict[str, Path]:
        self.asked.add((part, kind))
        return super().of_part(part, kind)

    def trials(self, kind: str) -> list[Path]:
        self.asked.add(("trials", kind))
        return super().trials(kind)


def stored(tables: Mapping[str, Any]) -> Iterator[tuple[str, Stored]]:
    for kind, table in tables.items():
        for one in [table] if isinstance(table, Stored) else table.values():
            yield kind, one


def declared(needs: Needs, controlled: bool) -> Kinds:
    """What the declaration says, but for the tables of networks that come with it."""
    found = {("own", kind) for kind in needs.own + (needs.beside if controlled else ())}
    found |= {("controls", kind) for kind in needs.controls if controlled}
    for part in ("first", "architectures", "charted", "trials", "study"):
        found |= {(part, kind) for kind in getattr(needs, part)}
    return found


def read(plan: Plan, name: str) -> Kinds:
    """What a figure or a group of claims reads, over all tasks."""
    needs, function = (readers() | readers(charted=True))[name]
    found: Kinds = set()
    for task in plan.tasks_of(needs):
        row = FIGURES[name.removeprefix("figure ")] if name.startswith("figure ") else None
        cfg = settings(plan.study, {"task": task}, f"task {row.uses if row else ''}") | {"declared": vars(needs)}
        plain = Case.of(task, plan.evidence(needs, task), plan.needed(needs, task), cfg)
        case = Watched(**vars(plain))
        object.__setattr__(case, "asked", set())
        function(case)
        found |= case.asked
        for part, evidence in (("own", case.evidence), ("controls", case.controls)):
            if evidence is not None:
                found |= {(part, kind) for kind, one in stored(evidence.tables) if one.opened}
    return found
