"""Reduced graphs of others, beside ours of the same networks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.charting.reduced.keys import canonical_form
from rnnatlas.charting.reduced.reduce import reduced_graph
from rnnatlas.charting.reduced.result import ReducedGraph
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.task import Task

_REMEDY = "mend the file named by charting.compare (docs/charting.md says what it holds), or leave the graph out of it"


@dataclass(frozen=True)
class ComparedGraph:
    """Whether two graphs of a network are isomorphic, labels included; and both in words."""

    same: bool
    ours: str
    theirs: str


def compare_graph(
    file: Path, where: str, group: h5py.Group, network: Ensemble, task: Task[Any], own: ReducedSettings
) -> ComparedGraph | None:
    """Our reduced graph of a network beside that of its ``group``; None without one. Raises ``AtlasError`` for a graph that cannot be read."""
    if "graph" not in group or task.branching() is None:
        return None
    theirs = _read(file, f"{where}/graph", group["graph"], task)
    ours = reduced_graph(network, task, 0, own)
    return ComparedGraph(canonical_form(ours) == canonical_form(theirs), in_words(ours), in_words(theirs))


def _read(file: Path, where: str, stored: Any, task: Task[Any]) -> ReducedGraph:
    """``node_output [node]``, ``edges [edge, (source, target, kind)]``, attribute ``root``, as in the released data: kind 0 is time going by."""
    try:
        outputs, edges, root = stored["node_output"][:], stored["edges"][:], int(stored.attrs["root"])
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise AtlasError(
            file, where, f"node_output, edges and an attribute root are expected: {error}", _REMEDY
        ) from None
    if (
        outputs.ndim != 1
        or edges.ndim != 2
        or edges.shape[1] != 3
        or not set(np.ravel(edges[:, :2])) <= set(range(len(outputs)))
    ):
        raise AtlasError(
            file, where, "node_output [node] and edges [edge, 3] between these nodes are expected", _REMEDY
        )
    graph = ReducedGraph(reason="")
    for node, output in enumerate(outputs):
        graph.add_node(node, output=(int(output),), root=node == root)
    for one, other, kind in edges:
        graph.add_edge(int(one), int(other), kind=_name(file, where, int(kind), task))
    return graph


def _name(file: Path, where: str, kind: int, task: Task[Any]) -> str:
    """The input that a kind of the released data stands for: 2 the last one; 4 the first of two; or an amplitude, which one of the inputs has."""
    branching = task.branching()
    assert branching is not None
    if kind == 0:
        return ""
    amplitudes = {name.rpartition(" ")[2]: name for name in branching.names}
    if str(kind) in amplitudes:
        return amplitudes[str(kind)]
    last = sorted(branching.last)
    before = [name for name in branching.names if name not in branching.last]
    if kind == 2 and len(last) == 1:
        return last[0]
    if kind == 4 and len(before) == 1:
        return before[0]
    raise AtlasError(file, where, f"kinds of edges of {task.title!r} are expected, found {kind}", _REMEDY)


def in_words(graph: ReducedGraph) -> str:
    """Edges with their kinds, and nodes without edges; each node with its outputs, the root marked by a star."""
    word = {
        node: f"{node}{'*' if labels['root'] else ''}({','.join(map(str, labels['output']))})"
        for node, labels in graph.nodes(data=True)
    }
    edges = sorted((one, other, kind) for one, other, kind in graph.edges(data="kind"))
    alone = [word[node] for node in graph if graph.degree(node) == 0]
    return "; ".join([*alone, *(f"{word[one]} -{kind or 'time'}-> {word[other]}" for one, other, kind in edges)])
