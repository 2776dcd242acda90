"""What the claims of one task are judged on: its artifacts, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.artifacts.schemas import EMBEDDING, FIXED_POINTS, GENERALISATION, SIMILARITY
from rnnatlas.artifacts.store import read_artifact

Table = dict[str, Array]


@dataclass(frozen=True)
class Evidence:
    """Artifacts of one task. ``networks`` is the table of ``similarity.h5``: a row a network; all indices are its rows."""

    task: str
    networks: Table
    embedding: Table
    fixed_points: dict[str, Table]
    generalisation: dict[str, Table]

    @classmethod
    def read(cls, task: str, folder: str | Path) -> Evidence:
        """Read the artifacts of ``folder`` (``results/<run>/<task>``)."""
        root = Path(folder)
        networks = read_artifact(root / "similarity.h5", SIMILARITY).data
        ensembles = list(dict.fromkeys(map(str, networks["ensemble"])))
        return cls(
            task,
            networks,
            read_artifact(root / "embedding.h5", EMBEDDING).data,
            {name: read_artifact(root / name / "fixed_points.h5", FIXED_POINTS).data for name in ensembles},
            {name: read_artifact(root / name / "generalisation.h5", GENERALISATION).data for name in ensembles},
        )

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
        """The hard grid of one network: ``performance`` and ``error`` [load, private, input level], and the axes."""
        table = self.generalisation[str(self.networks["ensemble"][network])]
        member = self.networks["member"][network]
        return {key: array[member] if key in ("performance", "error") else array for key, array in table.items()}
