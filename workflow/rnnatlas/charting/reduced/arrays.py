"""Reduced graphs as arrays, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.reduced.keys import Level, canonical_key
from rnnatlas.charting.reduced.result import ReducedGraph

LEVELS: tuple[Level, ...] = ("exact", "coarse", "authors")


def graph_arrays(graphs: Sequence[ReducedGraph], kinds: tuple[str, ...], outputs: int) -> dict[str, Array]:
    """Nodes and edges of graphs, one after another, each with the number of its member; an edge's kind is its place in ``kinds``."""
    number = {kind: k for k, kind in enumerate(kinds)}
    nodes = [
        (member, labels["root"], labels["output"])
        for member, graph in enumerate(graphs)
        for _, labels in graph.nodes(data=True)
    ]
    edges = [
        (member, one, other, number[kind])
        for member, graph in enumerate(graphs)
        for one, other, kind in graph.edges(data="kind")
    ]
    member, source, target, kind = np.array(edges, dtype=int).reshape(-1, 4).T
    return {
        "node/member": np.array([row[0] for row in nodes], dtype=int),
        "node/root": np.array([row[1] for row in nodes], dtype=bool),
        "node/output": np.array([row[2] for row in nodes], dtype=int).reshape(-1, outputs),
        "edge/member": member,
        "edge/source": source,
        "edge/target": target,
        "edge/kind": kind,
        "network/reason": np.array([graph.graph["reason"] for graph in graphs]),
        **{f"network/{level}": np.array([canonical_key(graph, level) for graph in graphs]) for level in LEVELS},
    }


def graph_of(table: dict[str, Array], member: int, kinds: tuple[str, ...]) -> ReducedGraph:
    """One member's graph from the arrays of ``graph_arrays``."""
    graph = ReducedGraph(reason=str(table["network/reason"][member]))
    nodes, edges = table["node/member"] == member, table["edge/member"] == member
    for node, (root, output) in enumerate(zip(table["node/root"][nodes], table["node/output"][nodes], strict=True)):
        graph.add_node(node, output=tuple(map(int, output)), root=bool(root))
    columns = (table[f"edge/{name}"][edges] for name in ("source", "target", "kind"))
    graph.add_edges_from(
        (int(one), int(other), {"kind": kinds[kind]}) for one, other, kind in zip(*columns, strict=True)
    )
    return graph
