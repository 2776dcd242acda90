"""What is the same graph: a canonical form that two graphs share if, and only if, they are isomorphic, and a key made of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from hashlib import sha256
from typing import Any, Literal

import networkx as nx

from rnnatlas.charting.reduced.result import ReducedGraph

Level = Literal["exact", "coarse", "authors"]
LENGTH = 12  # of a key, in hexadecimal digits


def canonical_key(graph: ReducedGraph, level: Level = "exact") -> str:
    """The name of a graph's type; "" of a graph without nodes.

    "exact": outputs of nodes, root and kinds of edges count, as they do in isomorphism; "coarse": those of ``coarse(graph)``; "authors": the released code's
    equivalence: isomorphic without any labels, with the same kinds of edges in all, leaving the root, and from the root to itself.

    The key is a hash (48 bits) of the graph's canonical form: of all ways to number its nodes that refinement of colours leaves, the one whose list of nodes and edges
    is the first in order (individualisation and refinement: McKay & Piperno 2014, J. Symbolic Computation).
    """
    if len(graph) == 0:
        return ""
    if level == "authors":
        plain = nx.DiGraph(graph.edges)
        plain.add_nodes_from(graph)
        form: Any = canonical_form(plain), _kinds(graph)
    else:
        form = canonical_form(coarse(graph) if level == "coarse" else graph)
    return sha256(repr(form).encode()).hexdigest()[:LENGTH]


def coarse(graph: ReducedGraph) -> ReducedGraph:
    """The graph up to the response: edges that leave a node with an output are left out, and what the root no longer leads to."""
    kept = graph.copy()
    kept.remove_edges_from([(one, other) for one, other in graph.edges if any(graph.nodes[one]["output"])])
    roots = [node for node, root in graph.nodes(data="root") if root]
    reached = set(roots).union(*(nx.descendants(kept, root) for root in roots))
    return kept.subgraph(reached).copy()


def _kinds(graph: ReducedGraph) -> tuple[list[str], list[str], list[str]]:
    """The kinds of all edges, of those that leave the root, and of the root's own loop."""
    roots = {node for node, root in graph.nodes(data="root") if root}
    leaving = [(one, other, kind) for one, other, kind in graph.edges(data="kind") if one in roots]
    return (
        sorted({kind for *_, kind in graph.edges(data="kind")}),
        sorted({kind for *_, kind in leaving}),
        sorted({kind for one, other, kind in leaving if one == other}),
    )


def canonical_form(graph: nx.DiGraph[Any]) -> tuple[Any, ...]:
    """Nodes and edges with their labels, in an order that is the same for isomorphic graphs and for no others."""
    first = {node: repr(sorted(labels.items())) for node, labels in graph.nodes(data=True)}
    return _least(graph, _refined(graph, _ranks(first)))


def _least(graph: nx.DiGraph[Any], colour: dict[Any, int]) -> tuple[Any, ...]:
    """The first form in order of all that follow when a node of the first colour that several have is told from the others, and so on. Of two nodes whose
    plainest continuations have the same form one is enough: an automorphism takes the one to the other."""
    shared = _shared(colour)
    if not shared:
        return _form(graph, colour)
    seen: dict[str, dict[Any, int]] = {}
    for chosen in shared:
        apart = _apart(graph, colour, chosen)
        seen.setdefault(repr(_plainest(graph, apart)), apart)
    return min(_least(graph, apart) for apart in seen.values())


def _plainest(graph: nx.DiGraph[Any], colour: dict[Any, int]) -> tuple[Any, ...]:
    """The form that follows when always the first node is told from the others."""
    while shared := _shared(colour):
        colour = _apart(graph, colour, shared[0])
    return _form(graph, colour)


def _shared(colour: dict[Any, int]) -> list[Any]:
    """The nodes of the first colour that several have."""
    cells: dict[int, list[Any]] = {}
    for node, its in colour.items():
        cells.setdefault(its, []).append(node)
    return next((cells[its] for its in sorted(cells) if len(cells[its]) > 1), [])


def _apart(graph: nx.DiGraph[Any], colour: dict[Any, int], chosen: Any) -> dict[Any, int]:
    """Colours with one node told from all others."""
    return _refined(graph, _ranks({node: (its, node == chosen) for node, its in colour.items()}))


def _form(graph: nx.DiGraph[Any], number: dict[Any, int]) -> tuple[Any, ...]:
    nodes = sorted((number[node], sorted(labels.items())) for node, labels in graph.nodes(data=True))
    edges = sorted(
        (number[one], number[other], sorted(labels.items())) for one, other, labels in graph.edges(data=True)
    )
    return len(nodes), nodes, edges


def _refined(graph: nx.DiGraph[Any], colour: dict[Any, int]) -> dict[Any, int]:
    """Tell nodes apart by the colours of their neighbours until that tells no more of them apart."""
    while True:
        finer = _ranks({node: (colour[node], *_around(graph, node, colour)) for node in graph})
        if len(set(finer.values())) == len(set(colour.values())):
            return finer
        colour = finer


def _around(graph: nx.DiGraph[Any], node: Any, colour: dict[Any, int]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Labels of the edges that leave a node and that come to it, with the colours at their other ends."""
    out = sorted((repr(sorted(labels.items())), colour[other]) for _, other, labels in graph.out_edges(node, data=True))
    into = sorted((repr(sorted(labels.items())), colour[one]) for one, _, labels in graph.in_edges(node, data=True))
    return tuple(out), tuple(into)


def _ranks(value: Mapping[Any, Hashable]) -> dict[Any, int]:
    """Each value by its place among all that differ."""
    place = {each: rank for rank, each in enumerate(sorted(set(value.values())))}  # type: ignore[type-var]
    return {node: place[each] for node, each in value.items()}
