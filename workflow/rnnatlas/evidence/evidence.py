"""The artifacts of one task that a reader declared, and questions that claims and figures ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.stored import Table

_AXES = ("time", "factor")  # datasets of an ensemble's table whose first axis is not that of the members
_GRID_AXES = ("load", "private_noise", "input_noise", "hold/duration")


def undeclared(kind: str, task: str, declared: Iterable[str]) -> AtlasError:
    """What a reader is told that looks into something else than it declares."""
    return AtlasError(
        None, kind, f"only what was declared may be read of {task}: {', '.join(declared) or 'nothing'}",
        "add it to the needs of this figure or group of claims, in its row of figures/catalogue.py or claims/catalogue.py",
    )  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """``networks`` is the table of networks, a row each; all indices are its rows. ``tables`` has the declared kinds by name: of all
    networks one table, of single ensembles one by the ensemble's folder. Reading a kind that is not there raises ``AtlasError``.
    """

    task: str
    networks: Table
    tables: Mapping[str, Any] = field(default_factory=dict)

    def _declared(self, kind: str) -> Any:
        if kind not in self.tables:
            raise undeclared(kind, self.task, self.tables)
        return self.tables[kind]

    @property
    def similarity(self) -> Table:
        return self._declared("similarity")

    @property
    def embedding(self) -> Table:
        return self._declared("embedding")

    @property
    def measures(self) -> Table:
        return self._declared("measures")

    @property
    def hidden(self) -> Table:
        return self._declared("hidden")

    def each(self, kind: str) -> Mapping[str, Table]:
        """The tables of a kind that every ensemble has, by its folder."""
        return self._declared(kind)

    def of_ensemble(self, network: int, kind: str) -> Table:
        """The table of the network's ensemble."""
        return self.each(kind)[str(self.networks["ensemble"][network])]

    def of(self, network: int, kind: str) -> dict[str, Array]:
        """The entries of one network in a table whose first axis is that of the members (``line/*``, ``diagonal/*``, …)."""
        member = int(self.networks["member"][network])
        return {
            key: np.asarray(array[member]) for key, array in self.of_ensemble(network, kind).items() if key not in _AXES
        }

    def column(self, networks: Int[Array, "network"], kind: str, key: str) -> Array:
        """One dataset of ``of`` for each of ``networks``, [network, ...]."""
        members = self.networks["member"][networks]
        return np.array([self.of_ensemble(n, kind)[key][m] for n, m in zip(map(int, networks), members, strict=True)])

    def measured(self, kind: str) -> set[str]:
        """The datasets of a kind, which are the same in all ensembles of a task; none without networks."""
        return set(next(iter(self.each(kind).values()), {}))

    def limit_set(self, network: int, constant: int = 0) -> dict[str, Array]:
        """The limit sets (``set/*``) of one network at one constant input, without the prefix."""
        table = self.of_ensemble(network, "limit_sets")
        mine = (table["set/member"] == self.networks["member"][network]) & (table["set/input"] == constant)
        return {key.removeprefix("set/"): array[mine] for key, array in table.items() if key.startswith("set/")}

    def points(self, network: int, constant: int = 0) -> dict[str, Array]:
        """Fixed and slow points of one network at one constant input."""
        table = self.of_ensemble(network, "fixed_points")
        chosen = (table["member"] == self.networks["member"][network]) & (table["input"] == constant)
        return {key: array[chosen] for key, array in table.items() if key not in ("converged", "spread")}

    def hard(self, network: int) -> dict[str, Array]:
        """The hard grid of one network: ``performance`` and ``error`` [load, private, input level], ``score/<load>``
        [private, input level, trial], ``hold/*``, and the axes."""
        table, member = self.of_ensemble(network, "generalisation"), self.networks["member"][network]
        return {key: array if key in _GRID_AXES else array[member] for key, array in table.items()}

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
