"""The artifacts of one task that a reader declared, and questions that claims and figures ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.stored import Table
from rnnatlas.tasks.registry import get_task

NO_CHAINS, REFERENCE = "-", -1  # the set of chains of standard networks, and the round of what chains begin with
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

    ``chains`` is the set of chains that questions about alternatives are about (``about``); where a study has one set, that one.
    """

    task: str
    networks: Table
    tables: Mapping[str, Any] = field(default_factory=dict)
    chains: str = ""

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

    @property
    def title(self) -> str:
        """The task's title; where there are several sets of chains, with the one that this is ``about``."""
        title = get_task(self.task).title
        return f"{title} ({self.chains})" if self.chains and len(self.sets()) > 1 else title

    def sets(self) -> list[str]:
        """The sets of chains, in the order of the study."""
        return [name for name in dict.fromkeys(map(str, self.networks["chains"])) if name != NO_CHAINS]

    def about(self, chains: str) -> Evidence:
        """The same evidence, its questions about alternatives being about the set ``chains``."""
        return replace(self, chains=chains)

    def rounds(self, chains: str = "") -> dict[int, Int[Array, "network"]]:
        """The alternatives of each round of one set of chains, in the order of the chains: of ``chains``, else of the set that the
        evidence is ``about``, else of the only one. Raises ``ValueError`` where this leaves several."""
        mine, number = self._of_set(chains), self.networks["round"]
        return {int(k): np.flatnonzero(mine & (number == k)) for k in np.unique(number[mine]) if k > 0}

    def references(self) -> Int[Array, "network"]:
        """What the set of chains begins with, where this is not among the standard networks (round −1); the set as in ``rounds``."""
        return np.flatnonzero(self._of_set() & (self.networks["round"] == REFERENCE))

    def _of_set(self, chains: str = "") -> Bool[Array, "network"]:
        sets, name = self.sets(), chains or self.chains
        if not name and len(sets) > 1:
            raise ValueError(f"{self.task} has the sets of chains {', '.join(sets)}: ask about one of them")
        return np.isin(self.networks["chains"], [name] if name else sets)

    def shown(self) -> Int[Array, "network"]:
        """The networks that a figure about one set of chains shows: standards, references of their own, alternatives."""
        return np.sort(np.concatenate([self.standard(), self.references(), *self.rounds().values()]))

    def reference(self, network: int) -> int | None:
        """The row that an alternative's chain begins with; None for what is no alternative."""
        row = int(self.networks["reference"][network])
        return None if row < 0 else row

    def earlier(self, network: int) -> list[int]:
        """The reference and the earlier alternatives of an alternative's chain; none of what is no alternative."""
        table, reference = self.networks, self.reference(network)
        if reference is None:
            return []
        same = (table["chains"] == table["chains"][network]) & (table["member"] == table["member"][network])
        before = np.flatnonzero(same & (table["round"] > 0) & (table["round"] < table["round"][network]))
        return [reference, *map(int, before)]

    def accepted(self, indices: Array) -> Bool[Array, "network"]:
        return self.networks["accepted"][indices].astype(bool)
