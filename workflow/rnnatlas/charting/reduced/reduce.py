"""From a trained network to the graph of its reduced dynamics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from rnnatlas.arrays import Index
from rnnatlas.charting.reduced.components import join_components
from rnnatlas.charting.reduced.compression import Regions, compress
from rnnatlas.charting.reduced.growing import Grown, NotFinite, grow
from rnnatlas.charting.reduced.result import NOT_FINITE, UNSETTLED, ReducedGraph
from rnnatlas.charting.reduced.runs import Runs
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.branching import Branching
from rnnatlas.tasks.task import Task


def reduced_graph(
    network: Ensemble,
    task: Task[Any],
    member: Index = 0,
    settings: ReducedSettings | None = None,
    order: Callable[[Iterable[int]], list[int]] = list,
) -> ReducedGraph:
    """The reduced dynamics of one member: a directed graph whose nodes are regions of its state space with one output, and the same past and future as
    far as the task's inputs tell (Turner et al. 2021, section 4.2, and the released code, without what proved idle in it).

    Noise-free trajectories are followed from each of the task's branching inputs (``task.branching()``), joined where they run together, and compressed. Nodes
    have ``output`` (−1, 0 or 1 for each output) and ``root`` (where a trial begins), edges have ``kind``: "" for time going by, else the name of an input. An edge of time
    from a node to itself is a limit cycle, a node that time does not leave a fixed point. As in the paper there is one edge at most from a node to another: of several inputs that
    lead the same way the first of the task's list is shown. ``graph["reason"]`` says what stands against a
    graph: a trajectory that had not settled when it was left, or states that are not finite, and then there are no nodes. ``order`` is how nodes
    are gone through in compression; another one than theirs tells how firm a graph is. Raises ``AtlasError`` for a task without branching inputs.
    """
    branching = branching_of(task)
    own = settings or ReducedSettings()
    try:
        grown = grow(Runs(network, member), branching, own)
        if grown.settling:
            join_components(grown)
    except NotFinite:
        return ReducedGraph(reason=NOT_FINITE)
    regions = _regions(grown, branching, order)
    compress(regions)
    return _finished(regions, branching, UNSETTLED if grown.unsettled else "")


def branching_of(task: Task[Any]) -> Branching:
    """The inputs by which a task branches. Raises ``AtlasError`` where it does not say."""
    branching = task.branching()
    if branching is None:
        raise AtlasError(
            None, "task", f"{task.title!r} does not say by which inputs it branches, so that it has no reduced dynamics",
            "let its file define branching() (docs/add_a_task.md)",
        )  # fmt: skip
    return branching


def _regions(grown: Grown, branching: Branching, order: Callable[[Iterable[int]], list[int]]) -> Regions:
    """The graph with the output of each node in three levels."""
    nodes = list(grown.graph.out)
    outputs = grown.way(nodes).outputs
    size = outputs if branching.one_sided else np.abs(outputs)
    levels = np.where(size > branching.threshold, np.sign(outputs), 0.0).astype(int)
    label = {node: tuple(map(int, level)) for node, level in zip(nodes, levels, strict=True)}
    last = frozenset(grown.kinds[name] for name in branching.last)
    held = {node: grown.held[node] for node in nodes}
    return Regions(grown.graph, label, held, nodes[0], tuple(grown.kinds.values()), last, order)


def _finished(regions: Regions, branching: Branching, reason: str) -> ReducedGraph:
    """What is left, nodes numbered in the order in which they were made."""
    names = ("", *branching.names)
    number = {node: k for k, node in enumerate(regions.graph.out)}
    found = ReducedGraph(reason=reason)
    for node, k in number.items():
        found.add_node(k, output=regions.label[node], root=node == regions.root)
    for node, targets in regions.graph.out.items():
        found.add_edges_from((number[node], number[target], {"kind": names[kind]}) for target, kind in targets.items())
    return found
