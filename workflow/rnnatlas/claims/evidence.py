"""What the claims of one task are judged on: its artifacts, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.artifacts.analysis_schemas import ATTRACTORS, DECODING, FINER_STEPS, HIDDEN, LIMIT_SETS, MEASURES
from rnnatlas.artifacts.schema import Schema
from rnnatlas.artifacts.schemas import EMBEDDING, FIXED_POINTS, GENERALISATION, SIMILARITY
from rnnatlas.artifacts.store import read_artifact

Table = dict[str, Array]


@dataclass(frozen=True)
class Evidence:
    """Artifacts of one task. ``networks`` is the table of ``similarity.h5``: a row a network; all indices are its rows.

    Tables of one ensemble stand under its folder's name; ``of`` gives the part of one network.
    """

    task: str
    networks: Table
    embedding: Table
    fixed_points: dict[str, Table]
    generalisation: dict[str, Table]
    limit_sets: dict[str, Table] = field(default_factory=dict)
    attractors: dict[str, Table] = field(default_factory=dict)
    decoding: dict[str, Table] = field(default_factory=dict)
    finer_steps: dict[str, Table] = field(default_factory=dict)
    measures: Table = field(default_factory=dict)
    hidden: Table = field(default_factory=dict)

    @classmethod
    def read(cls, task: str, folder: str | Path, controls: bool = False) -> Evidence:
        """Read the artifacts of ``folder`` (``results/<run>/<task>``): of the study's own networks, or of the controls with the
        standard networks that they are compared with, for which ``measures`` and ``hidden`` stay empty."""
        root = Path(folder)
        whole = root / "controls" if controls else root
        networks = read_artifact(whole / "similarity.h5", SIMILARITY).data
        ensembles = list(dict.fromkeys(map(str, networks["ensemble"])))

        # A user's own gated networks, with which chains begin (round -1), have no fixed points and what rests on these.
        begun = {str(name) for name in networks["ensemble"][networks["round"] == -1]}

        def of_ensembles(schema: Schema) -> dict[str, Table]:
            files = {name: root / name / f"{schema.name}.h5" for name in ensembles}
            return {
                name: read_artifact(file, schema).data
                for name, file in files.items()
                if file.exists() or name not in begun
            }

        def of_task(schema: Schema) -> Table:
            return read_artifact(whole / f"{schema.name}.h5", schema).data

        return cls(
            task,
            networks,
            of_task(EMBEDDING),
            of_ensembles(FIXED_POINTS),
            of_ensembles(GENERALISATION),
            of_ensembles(LIMIT_SETS),
            of_ensembles(ATTRACTORS),
            of_ensembles(DECODING),
            of_ensembles(FINER_STEPS),
            {} if controls else of_task(MEASURES),
            {} if controls else of_task(HIDDEN),
        )

    def of(self, network: int, tables: dict[str, Table]) -> Table:
        """The entries of one network in ``tables`` whose first axis is that of the members (``line/*``, ``diagonal/*``, …)."""
        table, member = tables[str(self.networks["ensemble"][network])], int(self.networks["member"][network])
        return {key: np.asarray(array[member]) for key, array in table.items() if key not in ("time", "factor")}

    def limit_set(self, network: int, constant: int = 0) -> Table:
        """The limit sets (``set/*``) of one network at one constant input, without the prefix."""
        table = self.limit_sets[str(self.networks["ensemble"][network])]
        mine = (table["set/member"] == self.networks["member"][network]) & (table["set/input"] == constant)
        return {key.removeprefix("set/"): array[mine] for key, array in table.items() if key.startswith("set/")}

    def standard(self) -> Int[Array, "network"]:
        """The standard networks."""
        return np.flatnonzero(self.networks["round"] == 0)

    def populations(self) -> dict[str, Int[Array, "network"]]:
        """The standard networks of each population."""
        ensembles = self.networks["ensemble"]
        return {str(name): np.flatnonzero(ensembles == name) for name in dict.fromkeys(ensembles[self.standard()])}

    def rounds(self, chains: str | None = None) -> dict[int, Int[Array, "network"]]:
        """The alternatives of each round (of the first set of chains unless named), in the order of their chains."""
        sets = [name for name in dict.fromkeys(map(str, self.networks["chains"])) if name != "-"]
        if not sets:
            return {}
        mine = self.networks["chains"] == (chains or sets[0])
        number = self.networks["round"]
        return {int(k): np.flatnonzero(mine & (number == k)) for k in np.unique(number[mine])}

    def earlier(self, network: int) -> list[int]:
        """The reference and the earlier alternatives of an alternative's chain."""
        table = self.networks
        same = (table["chains"] == table["chains"][network]) & (table["member"] == table["member"][network])
        before = np.flatnonzero(same & (table["round"] < table["round"][network]))
        return [int(table["reference"][network]), *map(int, before)]

    def accepted(self, indices: Array) -> Bool[Array, "network"]:
        return self.networks["accepted"][indices].astype(bool)

    def points(self, network: int, constant: int = 0) -> Table:
        """Fixed and slow points of one network at one constant input."""
        table = self.fixed_points[str(self.networks["ensemble"][network])]
        chosen = (table["member"] == self.networks["member"][network]) & (table["input"] == constant)
        return {key: array[chosen] for key, array in table.items() if key not in ("converged", "spread")}

    def hard(self, network: int) -> Table:
        """The hard grid of one network: ``performance`` and ``error`` [load, private, input level], ``score/<load>``
        [private, input level, trial], ``hold/*``, and the axes."""
        table = self.generalisation[str(self.networks["ensemble"][network])]
        member = self.networks["member"][network]
        axes = ("load", "private_noise", "input_noise", "hold/duration")
        return {key: array if key in axes else array[member] for key, array in table.items()}
