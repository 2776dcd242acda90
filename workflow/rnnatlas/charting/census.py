"""The networks of all charted populations of a task, in one table: cells, units, types, features."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import FEATURES, REDUCED
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.charting.reduced.reduce import ReducedGraph
from rnnatlas.charting.reduced.table import LEVELS, graph_of


@dataclass(frozen=True)
class Census:
    """One row a network that was accepted, of populations that repeat none. ``keys`` has a column for each level of equivalence."""

    population: Array
    member: Array
    cell: Array
    units: Array
    keys: Mapping[str, Array]
    stability: Array
    features: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.cell)

    def matrix(self) -> Array:
        """Features side by side, [network, feature]."""
        return np.stack(list(self.features.values()), axis=1)

    def by_frequency(self, level: str) -> list[str]:
        """Types from the most frequent one on; of equally frequent ones the first by name."""
        known, count = np.unique(self.keys[level][self.keys[level] != ""], return_counts=True)
        return [str(known[k]) for k in np.lexsort((known, -count))]


def census(networks: Mapping[str, Path], reduced: Mapping[str, Path], features: Mapping[str, Path]) -> Census:
    """Of the artifacts of each ensemble, by its name."""
    rows: list[dict[str, Array]] = []
    for ensemble, file in networks.items():
        stored = read_artifact(file, NETWORKS)
        if json.loads(stored.attributes["cfg"]).get("population", {}).get("repeats"):
            continue
        good = np.flatnonzero(stored.data["training/accepted"])
        graphs, felt = read_artifact(reduced[ensemble], REDUCED).data, read_artifact(features[ensemble], FEATURES).data
        size = len(good)
        row = {
            "population": np.full(size, ensemble.removeprefix("standard/")),
            "member": good,
            "cell": np.full(size, str(stored.attributes["cell"])),
            "units": np.full(size, stored.data["weights/recurrent"].shape[1]),
            "stability": graphs["network/stability"][good],
        }
        row |= {f"keys/{level}": graphs[f"network/{level}"][good].astype(str) for level in LEVELS}
        rows.append(row | {f"features/{name.removeprefix('feature/')}": values[good] for name, values in felt.items()})
    table = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]} if rows else {}
    parts = {
        part: {k.removeprefix(f"{part}/"): v for k, v in table.items() if k.startswith(f"{part}/")}
        for part in ("keys", "features")
    }
    plain = ("population", "member", "cell", "units", "stability")
    return Census(**{name: table.get(name, np.zeros(0)) for name in plain}, **parts)  # type: ignore[arg-type]


def graph_in(file: Path, member: int) -> tuple[ReducedGraph, tuple[str, ...]]:
    """A member's graph from its artifact, and the kinds of edges there are."""
    stored = read_artifact(file, REDUCED)
    kinds = ("", *stored.attributes["kinds"].split(", ")[1:])
    return graph_of(stored.data, member, kinds), kinds
