"""Reduced graphs in the data of figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.census import graph_in
from rnnatlas.charting.reduced.arrays import graph_arrays, graph_of
from rnnatlas.charting.reduced.keys import canonical_key
from rnnatlas.charting.reduced.result import ReducedGraph
from rnnatlas.figures.parts import part_of


def graph_part(file: Path, member: int) -> dict[str, Array]:
    """A member's graph from its artifact, under ``graph/``; what ``graph_from`` reads."""
    graph, kinds = graph_in(file, member)
    outputs = max((len(output) for _, output in graph.nodes(data="output")), default=1)
    arrays = graph_arrays([graph], kinds, outputs) | {"kinds": np.array(kinds), "key": np.array(canonical_key(graph))}
    return {f"graph/{name}": each for name, each in arrays.items()}


def graph_from(part: dict[str, Array]) -> tuple[ReducedGraph, tuple[str, ...]]:
    """The graph in what ``graph_part`` gave, and the kinds of edges of its task."""
    arrays = part_of(part, "graph/")
    kinds = tuple(map(str, arrays["kinds"]))
    return graph_of(arrays, 0, kinds), kinds
