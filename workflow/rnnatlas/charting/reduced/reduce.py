"""Reduced dynamics of a network on a task: a directed graph of regions with one output each."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np

from rnnatlas.arrays import Index
from rnnatlas.charting.reduced.components import join_components
from rnnatlas.charting.reduced.compression import Regions, compress
from rnnatlas.charting.reduced.growing import Grown, grow
from rnnatlas.charting.reduced.runs import Runs
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.branching import Branching
from rnnatlas.tasks.task import Task


def reduced_graph(
    network: Ensemble, task: Task[Any], member: Index = 0, settings: ReducedSettings | None = None
) -> nx.DiGraph[int]:
    """docs"""
    own = settings or ReducedSettings()
    branching = task.branching()
    if branching is None:
        raise AtlasError(None, "task", f"{task.title!r} has no branching inputs", "x")
    grown = grow(Runs(network, member), branching, own)
    join_components(grown)
    regions = label_nodes(grown, branching)
    compress(regions)
    return finished(regions, branching)


def label_nodes(grown: Grown, branching: Branching) -> Regions:
    nodes = list(grown.graph.out)
    outputs = grown.way(nodes).outputs
    levels = np.where(np.abs(outputs) > branching.threshold, np.sign(outputs), 0.0).astype(int)
    label = {node: tuple(map(int, level)) for node, level in zip(nodes, levels, strict=True)}
    kinds = grown.kinds
    return Regions(grown.graph, label, 0, tuple(kinds.values()), frozenset(kinds[name] for name in branching.last))


def finished(regions: Regions, branching: Branching) -> nx.DiGraph[int]:
    names = dict(enumerate(branching.names, start=1)) | {0: ""}
    number = {node: k for k, node in enumerate(regions.graph.out)}
    found: nx.DiGraph[int] = nx.DiGraph()
    for node, k in number.items():
        found.add_node(k, output=regions.label[node], root=node == regions.root)
    for node, targets in regions.graph.out.items():
        for target, kind in targets.items():
            found.add_edge(number[node], number[target], kind=names[kind])
    return found
