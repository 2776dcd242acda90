"""The networks of several ensembles as one list, each with its name and its place in a chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.files import read_ensemble


class Place(NamedTuple):
    """An ensemble's folder, and for alternatives the set of chains and the round; what a set of chains begins with, where this is no
    standard population, is of the set, with round −1."""

    name: str
    chains: str = ""
    round: int = 0


@dataclass(frozen=True)
class Gathered:
    """All ensembles of a task, standard populations first; a network's name is ``ensemble#member``."""

    places: list[Place]
    ensembles: list[Ensemble]

    @classmethod
    def read(cls, places: Sequence[dict[str, Any]], files: Sequence[str | Path]) -> Gathered:
        """Read the ensembles that ``places`` (dictionaries with the fields of ``Place``) describe."""
        return cls([Place(**place) for place in places], [read_ensemble(file) for file in files])

    def __iter__(self) -> Iterator[tuple[Place, Ensemble]]:
        return zip(self.places, self.ensembles, strict=True)

    def table(self) -> dict[str, Array]:
        """One row a network: its name, ensemble, member, set of chains, round, acceptance, and for an alternative the row of
        its chain's reference (−1 for standard networks)."""
        rows = [(place, ensemble, member) for place, ensemble in self for member in range(len(ensemble))]
        names = [f"{place.name}#{member}" for place, _, member in rows]
        reference = [
            -1
            if ensemble.chain is None
            else names.index(f"standard/{ensemble.chain.reference_population[m]}#{ensemble.chain.reference_member[m]}")
            for _, ensemble, m in rows
        ]
        return {
            "network": np.array(names),
            "ensemble": np.array([place.name for place, _, _ in rows]),
            "member": np.array([member for _, _, member in rows]),
            "chains": np.array([place.chains or "-" for place, _, _ in rows]),
            "round": np.array([place.round for place, _, _ in rows]),
            "reference": np.array(reference),
            "accepted": np.array([e.training is None or bool(e.training.accepted[m]) for _, e, m in rows]),
        }
