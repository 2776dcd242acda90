"""What a figure's collector or a group of claims is given of one task: the files that were declared, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.artifacts.schemas import schema_of
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.evidence import Evidence, undeclared
from rnnatlas.evidence.needs import Item
from rnnatlas.evidence.stored import Stored, Table
from rnnatlas.streams.keys import generator


@dataclass(frozen=True)
class Case:
    """One task's evidence: of the study's own networks, and of the controls (None: not asked for, not at hand).

    ``files`` are all files of the declaration, ``declared`` the kinds of each of its parts (``Needs``); ``cfg`` the job's settings,
    ``threads`` what it may use.
    """

    task: str
    evidence: Evidence
    controls: Evidence | None = None
    seed: int = 0
    files: Mapping[Item, Path] = field(default_factory=dict)
    declared: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cfg: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1

    @classmethod
    def of(
        cls, task: str, items: Sequence[Sequence[str]], files: Sequence[str], cfg: Mapping[str, Any], threads: int = 1
    ) -> Case:
        """The case of ``task`` from the items that its job's ``cfg`` lists, in the order of its input files; ``cfg`` has the seed,
        what was declared, and the set of chains that questions about alternatives are ``about``, if it is one."""
        given = {Item(*item): Path(file) for item, file in zip(items, files, strict=True)}
        parts = {item.part for item in given}
        own = evidence(task, "own", given)
        beside = evidence(task, "controls", given) if "controls" in parts else None
        return cls(task, own.about(cfg.get("about", "")), beside, cfg["seed"], given, cfg["declared"], cfg, threads)

    def about(self, chains: str) -> Case:
        """The same case, its questions about alternatives being about one set of chains."""
        return replace(self, evidence=self.evidence.about(chains))

    def of_part(self, part: str, kind: str) -> dict[str, Path]:
        """The files of one kind, by ensemble; none of controls that do not count. Raises ``AtlasError`` for what was not declared."""
        self._check(part, kind, ("beside",) if part == "own" else ())
        return {item.ensemble: file for item, file in self.files.items() if (item.part, item.kind) == (part, kind)}

    def trials(self, kind: str) -> list[Path]:
        """The files of a set of trials: one, or of the set ``hard`` one a load. Raises ``AtlasError`` for what was not declared."""
        self._check("trials", kind)
        return [
            file for item, file in self.files.items() if item.part == "trials" and item.kind.partition("_")[0] == kind
        ]

    def _check(self, part: str, kind: str, or_: Sequence[str] = ()) -> None:
        kinds = [one for name in (part, *or_) for one in self.declared.get(name, ())]
        if kind not in kinds:
            raise undeclared(f"{part}: {kind}", self.task, kinds)

    def rng(self, *words: str | int) -> np.random.Generator:
        """The random stream of a claim, by its key, or of whatever else is named."""
        return generator(self.seed, "scorecard", self.task, *words)


def evidence(task: str, part: str, files: Mapping[Item, Path]) -> Evidence:
    """The evidence of one part of the declaration, its files unread; empty where nothing of it is declared."""
    mine = {item: file for item, file in files.items() if item.part == part}
    tables: dict[str, Any] = {}
    rows: Table = Absent(task)
    for item, file in mine.items():
        if item.kind == "table":
            rows = Stored(file, schema_of("table"))
        elif item.ensemble:
            tables.setdefault(item.kind, {})[item.ensemble] = Stored(file, schema_of(item.kind))
        else:
            tables[item.kind] = Stored(file, schema_of(item.kind), _SameRows(mine[Item(part, "", "table")], file))
    return Evidence(task, rows, tables)


@dataclass(frozen=True, eq=False)
class Absent(Mapping[str, Any]):
    """The table of networks of a part of which nothing was declared."""

    task: str

    def __getitem__(self, name: str) -> Any:
        raise undeclared("table", self.task, ())

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class _SameRows:
    """Refuses a table of all networks whose rows are not those of the table of networks."""

    table: Path
    file: Path

    def __call__(self, found: Table) -> None:
        names = Stored(self.table, schema_of("table"))["network"]
        if "network" in found and not np.array_equal(found["network"], names):
            raise AtlasError(
                self.file, "network", f"the networks of {self.table} are expected, in their order, found others",
                "it is of another run of the workflow: delete it and run the same command again",
            )  # fmt: skip
