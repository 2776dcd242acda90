"""Rules that make regions of steps: what holds of any graph that they are applied to."""

import numpy as np
import pytest

from rnnatlas.charting.reduced.compression import Regions, compress
from rnnatlas.charting.reduced.graph import AUTONOMOUS, Graph


def drawn(seed: int) -> Regions:
    """A random graph of a few nodes; each goes to one other by itself at most, and by either of two inputs."""
    rng, graph = np.random.default_rng(seed), Graph()
    nodes = int(rng.integers(3, 9))
    for node in range(nodes):
        graph.add_node(node)
    for node in range(nodes):
        for kind, chance in ((AUTONOMOUS, 0.8), (1, 0.4), (2, 0.4)):
            if rng.random() < chance:
                graph.add_edge(node, int(rng.integers(nodes)), kind)
    label = {node: (int(rng.integers(-1, 2)),) for node in range(nodes)}
    return Regions(graph, label, dict.fromkeys(range(nodes), 0), 0, (1, 2), frozenset({2}))


@pytest.mark.parametrize("seed", range(200))
def test_any_graph_ends_with_its_root_and_with_both_ends_of_each_edge(seed: int) -> None:
    regions = drawn(seed)
    before, outputs = len(regions.graph.out), set(regions.label.values())
    compress(regions)
    out, into = regions.graph.out, regions.graph.into
    assert 0 in out and 0 < len(out) <= before and out.keys() == into.keys()
    assert {(a, b, kind) for a, to in out.items() for b, kind in to.items()} == {
        (a, b, k) for b, of in into.items() for a, k in of.items()
    }
    assert {regions.label[node] for node in out} <= outputs
    once = {node: dict(to) for node, to in out.items()}
    regions.graph.remove_loops()
    loops = {node: {b: k for b, k in to.items() if b != node} for node, to in once.items()}
    assert loops == out


def test_a_chain_of_quiet_steps_with_an_output_at_its_end_is_two_regions() -> None:
    graph = Graph()
    for node in range(6):
        graph.add_node(node)
    for node in range(5):
        graph.add_edge(node, node + 1, AUTONOMOUS)
    label = {node: (int(node >= 4),) for node in range(6)}
    regions = Regions(graph, label, dict.fromkeys(range(6), 0), 0, (), frozenset())
    compress(regions)
    assert list(graph.out) == [0, 4] and graph.targets(0) == [4] and not graph.targets(4)


def test_steps_at_different_constant_inputs_stay_apart() -> None:
    graph = Graph()
    for node in range(2):
        graph.add_node(node)
    graph.add_edge(0, 1, AUTONOMOUS)
    regions = Regions(graph, {0: (0,), 1: (0,)}, {0: 0, 1: 1}, 0, (), frozenset())
    compress(regions)
    assert len(graph.out) == 2


def test_an_input_that_tells_two_steps_apart_keeps_them_apart() -> None:
    """Steps 0 and 1 follow in time; the input leads from the one to silence and from the other to an output."""
    graph = Graph()
    for node in range(4):
        graph.add_node(node)
    graph.add_edge(0, 1, AUTONOMOUS)
    graph.add_edge(0, 2, 1)
    graph.add_edge(1, 3, 1)
    regions = Regions(graph, {0: (0,), 1: (0,), 2: (0,), 3: (1,)}, dict.fromkeys(range(4), 0), 0, (1,), frozenset())
    compress(regions)
    assert {0, 1} <= graph.out.keys() and graph.targets(0, 1) != graph.targets(1, 1)
