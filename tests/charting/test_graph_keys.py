"""Keys of graphs against networkx's isomorphism, and what each level lets count."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from rnnatlas.charting.reduced.keys import canonical_key, coarse


def drawn(rng: np.random.Generator, nodes: int) -> "nx.DiGraph[int]":
    """A random graph of three outputs and three kinds of edges."""
    graph: nx.DiGraph[int] = nx.DiGraph(reason="")
    root = int(rng.integers(nodes))
    for node in range(nodes):
        graph.add_node(node, output=(int(rng.integers(-1, 2)),), root=node == root)
    for one, other in rng.integers(0, nodes, (int(nodes * 1.5), 2)):
        graph.add_edge(int(one), int(other), kind=("", "set", "go")[rng.integers(3)])
    return graph


def renumbered(graph: "nx.DiGraph[int]", rng: np.random.Generator) -> "nx.DiGraph[int]":
    """The same graph with other numbers, nodes and edges in another order."""
    name = dict(zip(graph, map(int, rng.permutation(len(graph)) + 100), strict=True))
    other: nx.DiGraph[int] = nx.DiGraph(reason="")
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(data=True))
    for k in rng.permutation(len(nodes)):
        other.add_node(name[nodes[k][0]], **nodes[k][1])
    for k in rng.permutation(len(edges)):
        other.add_edge(name[edges[k][0]], name[edges[k][1]], **edges[k][2])
    return other


def isomorphic(one: "nx.DiGraph[int]", other: "nx.DiGraph[int]") -> bool:
    """By networkx, all labels counting."""
    return nx.is_isomorphic(one, other, node_match=lambda a, b: a == b, edge_match=lambda a, b: a == b)


@pytest.mark.parametrize("nodes", [1, 2, 3, 6, 11])
def test_a_renumbered_graph_has_the_same_keys(nodes: int) -> None:
    rng = np.random.default_rng(nodes)
    for _ in range(30):
        graph = drawn(rng, nodes)
        again = renumbered(graph, rng)
        for level in ("exact", "coarse", "authors"):
            assert canonical_key(graph, level) == canonical_key(again, level)  # type: ignore[arg-type]


def test_two_graphs_have_the_same_key_if_and_only_if_they_are_isomorphic() -> None:
    rng = np.random.default_rng(0)
    graphs = [drawn(rng, 3) for _ in range(60)]
    graphs += [renumbered(graph, rng) for graph in graphs[:20]]
    found = {isomorphic(one, other) for one, other in combinations(graphs, 2)}
    assert found == {True, False}
    for one, other in combinations(graphs, 2):
        assert (canonical_key(one) == canonical_key(other)) == isomorphic(one, other)


def test_regular_graphs_that_refinement_cannot_tell_apart_have_keys_of_their_own() -> None:
    """A ring of six and two rings of three: each node has one way in and one out, and all look alike."""
    one, other = (nx.DiGraph(reason="") for _ in range(2))
    one.add_edges_from(((k, (k + 1) % 6) for k in range(6)), kind="")
    other.add_edges_from([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)], kind="")
    for graph in (one, other):
        nx.set_node_attributes(graph, (0,), "output")
        nx.set_node_attributes(graph, False, "root")
    assert canonical_key(one) != canonical_key(other)


def answers(after: str) -> "nx.DiGraph[int]":
    """A root that an input leads to an output, and ``after`` which kind of edge leads back."""
    graph: nx.DiGraph[int] = nx.DiGraph(reason="")
    graph.add_node(0, output=(0,), root=True)
    graph.add_node(1, output=(1,), root=False)
    graph.add_edge(0, 1, kind="set")
    if after != "nothing":
        graph.add_edge(1, 0, kind=after)
    return graph


def test_what_happens_after_the_response_counts_in_the_exact_key_alone() -> None:
    one, other = answers(""), answers("nothing")
    assert canonical_key(one) != canonical_key(other)
    assert canonical_key(one, "coarse") == canonical_key(other, "coarse")
    assert list(coarse(one).edges) == [(0, 1)]


def test_by_the_authors_equivalence_outputs_do_not_count_but_kinds_do() -> None:
    one, other, third = answers(""), answers(""), answers("set")
    nx.set_node_attributes(other, (0,), "output")
    assert canonical_key(one, "authors") == canonical_key(other, "authors") and canonical_key(one) != canonical_key(
        other
    )
    assert canonical_key(one, "authors") != canonical_key(third, "authors")


def test_a_graph_without_nodes_has_no_key() -> None:
    assert canonical_key(nx.DiGraph(reason="states are not finite")) == ""
