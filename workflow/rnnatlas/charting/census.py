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
from rnnatlas.charting.prediction import frequent
from rnnatlas.charting.reduced.arrays import LEVELS, graph_of
from rnnatlas.charting.reduced.result import ReducedGraph


@dataclass(frozen=True)
class Census:
    """One row a network, of populations that repeat none. ``keys`` has a column for each level of equivalence, "" where there is no graph."""

    population: Array
    member: Array
    cell: Array
    units: Array
    accepted: Array
    stability: Array
    keys: Mapping[str, Array]
    features: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.cell)

    def of_types(self) -> Array:
        """Which networks were accepted and have a graph, so that they are of a type."""
        return np.asarray(self.accepted & (self.keys["exact"] != ""))

    def matrix(self) -> Array:
        """Features side by side, [network, feature]."""
        return np.stack(list(self.features.values()), axis=1)

    def by_frequency(self, level: str, rows: Array) -> tuple[list[str], list[int]]:
        """Types among ``rows``, and how many of them are of each, from the most frequent one on; of equally frequent ones the first by name."""
        known, count = np.unique(self.keys[level][rows], return_counts=True)
        order = np.lexsort((known, -count))
        return [str(known[k]) for k in order], [int(count[k]) for k in order]

    def told_apart(self, rows: Array) -> tuple[Array, Array]:
        """Features and exact keys of those ``rows`` whose features are finite and whose type ten of them have or more."""
        known = np.isfinite(self.matrix()[rows]).all(1)
        rows = rows[known]
        rows = rows[frequent(self.keys["exact"][rows])] if len(rows) else rows
        return self.matrix()[rows], self.keys["exact"][rows]


def census(networks: Mapping[str, Path], reduced: Mapping[str, Path], features: Mapping[str, Path]) -> Census:
    """Of the artifacts of each ensemble, by its name."""
    rows: list[dict[str, Array]] = []
    for ensemble, file in networks.items():
        stored = read_artifact(file, NETWORKS)
        if json.loads(stored.attributes["cfg"]).get("population", {}).get("repeats"):
            continue
        graphs, felt = read_artifact(reduced[ensemble], REDUCED).data, read_artifact(features[ensemble], FEATURES).data
        size = len(stored.data["training/accepted"])
        row = {
            "population": np.full(size, ensemble.removeprefix("standard/")),
            "member": np.arange(size),
            "accepted": stored.data["training/accepted"].astype(bool),
            "cell": np.full(size, str(stored.attributes["cell"])),
            "units": np.full(size, stored.data["weights/recurrent"].shape[1]),
            "stability": graphs["network/stability"],
        }
        row |= {f"keys/{level}": graphs[f"network/{level}"].astype(str) for level in LEVELS}
        rows.append(row | {f"features/{name.removeprefix('feature/')}": values for name, values in felt.items()})
    if not rows:
        none = np.zeros(0)
        return Census(none, none, none, none, none.astype(bool), none, dict.fromkeys(LEVELS, none), {"none": none})
    table = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    parts = {
        part: {key.removeprefix(f"{part}/"): each for key, each in table.items() if key.startswith(f"{part}/")}
        for part in ("keys", "features")
    }
    plain = ("population", "member", "cell", "units", "accepted", "stability")
    return Census(*(table[name] for name in plain), keys=parts["keys"], features=parts["features"])


def graph_in(file: Path, member: int) -> tuple[ReducedGraph, tuple[str, ...]]:
    """A member's graph from its artifact, and the kinds of edges there are."""
    stored = read_artifact(file, REDUCED)
    kinds = ("", *stored.attributes["kinds"].split(", ")[1:])
    return graph_of(stored.data, member, kinds), kinds
