"""Reduced graphs as they are drawn: nodes filled by their output, the root ringed in red, time in black and inputs in colours."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from typing import Any, Literal

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Wedge

from rnnatlas.arrays import Array
from rnnatlas.charting.reduced.result import ReducedGraph
from rnnatlas.errors import AtlasError
from rnnatlas.figures.style import INK, OTHERS, ROUNDS, WARNING

RADIUS = 0.17  # of a node, layers being 1 apart
FILL = {-1: "#92C5DE", 0: "white", 1: "#F4A582"}
INPUTS = (*OTHERS, *ROUNDS)  # colours of inputs, in their order
Place = dict[int, tuple[float, float]]


def kind_colours(kinds: Sequence[str]) -> dict[str, str]:
    """A colour for each kind of edge: ink for time, which is ""."""
    inputs = [kind for kind in kinds if kind]
    return {"": INK} | {kind: INPUTS[number % len(INPUTS)] for number, kind in enumerate(inputs)}


def draw_graph(
    axes: Axes, graph: ReducedGraph, kinds: Sequence[str], layout: Literal["layers", "dot"] = "layers"
) -> Axes:
    """Draw a reduced graph; ``kinds`` are those of its task, in the order of their colours. ``layout``: "layers", steps from the root downwards, the same on every machine;
    or "dot", that of Graphviz. Raises ``AtlasError`` where that is asked for and not installed."""
    axes.set_aspect("equal")
    axes.axis("off")
    if len(graph) == 0:
        axes.text(0.5, 0.5, f"no graph:\n{graph.graph['reason']}", ha="center", va="center", transform=axes.transAxes)
        return axes
    at = _by_dot(graph) if layout == "dot" else _in_layers(graph)
    colour, middle = kind_colours(kinds), np.mean(list(at.values()), axis=0)
    x, y = np.array(list(at.values())).T
    axes.set(xlim=(x.min() - 0.65, x.max() + 0.65), ylim=(y.min() - 0.65, y.max() + 0.65))
    nodes = {node: _node(axes, at[node], labels) for node, labels in graph.nodes(data=True)}
    for one, other, kind in graph.edges(data="kind"):
        if one == other:
            _loop(axes, at[one], colour[kind], middle)
        else:
            _edge(axes, (at[one], at[other]), (nodes[one], nodes[other]), colour[kind])
    return axes


def legend_of(axes: Axes, kinds: Sequence[str]) -> None:
    """What the colours of edges mean, below the graph."""
    for kind, colour in kind_colours(kinds).items():
        axes.plot([], [], color=colour, lw=1.2, label=kind or "time")
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, 0.02),
        ncols=2,
        handlelength=0.8,
        labelspacing=0.2,
        columnspacing=0.8,
        fontsize=5.5,
    )


def short(key: str) -> str:
    """A type's name as figures print it: six digits tell the types of a study apart."""
    return str(key)[:6]


def _in_layers(graph: ReducedGraph) -> Place:
    """Nodes by their distance from the root, downwards, and side by side in the order of their numbers; those out of reach below all."""
    roots = [node for node, root in graph.nodes(data="root") if root]
    depth = nx.multi_source_dijkstra_path_length(graph, set(roots), weight=lambda *_: 1) if roots else {}
    below = max(depth.values(), default=-1) + 1
    layers: dict[int, list[int]] = {}
    for node in sorted(graph):
        layers.setdefault(int(depth.get(node, below)), []).append(node)
    return {
        node: (number - (len(nodes) - 1) / 2 + 0.12 * (layer % 2), -float(layer))  # shifted, lest edges hide each other
        for layer, nodes in layers.items()
        for number, node in enumerate(nodes)
    }


def _by_dot(graph: ReducedGraph) -> Place:
    """Graphviz's places, in units of its ranks."""
    if shutil.which("dot") is None:
        raise AtlasError(None, "layout", "Graphviz is expected, found no program `dot`", "install graphviz, or take layout='layers'")  # fmt: skip
    edges = "".join(f"{one} -> {other};" for one, other in graph.edges)
    text = f"digraph {{ {' '.join(f'{node};' for node in graph)} {edges} }}"
    run = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    words = (line.split() for line in run.stdout.splitlines())
    return {int(word[1]): (float(word[2]), float(word[3])) for word in words if word[0] == "node"}


def _node(axes: Axes, at: tuple[float, float], labels: dict[str, Any]) -> Circle:
    """A circle; of several outputs each has its sector."""
    output, root = labels["output"], labels["root"]
    ring = Circle(at, RADIUS, fc=FILL[output[0]], ec=WARNING if root else INK, lw=1.6 if root else 0.8, zorder=3)
    if len(output) > 1:
        turn = 360.0 / len(output)
        for number, each in enumerate(output):
            axes.add_patch(
                Wedge(at, RADIUS, 90 - (number + 1) * turn, 90 - number * turn, fc=FILL[each], ec=INK, lw=0.3, zorder=3)
            )
        ring.set(fill=False, zorder=4)
    axes.add_patch(ring)
    return ring


def _edge(
    axes: Axes, ends: tuple[tuple[float, float], tuple[float, float]], nodes: tuple[Circle, Circle], colour: str
) -> None:
    arrow = FancyArrowPatch(
        *ends, connectionstyle="arc3,rad=0.22", arrowstyle="-|>", mutation_scale=6, color=colour, lw=1.0, patchA=nodes[0],
        patchB=nodes[1], shrinkA=0.0, shrinkB=0.0, zorder=5,
    )  # fmt: skip
    axes.add_patch(arrow)


def _loop(axes: Axes, at: tuple[float, float], colour: str, middle: Array) -> None:
    """From a node to itself, on the side that faces away from the others."""
    away = np.array(at) - middle
    angle = np.arctan2(away[1], away[0]) if np.linalg.norm(away) > 1e-6 else np.pi / 2
    begin, end = (np.array(at) + RADIUS * np.array([np.cos(angle + d), np.sin(angle + d)]) for d in (-0.7, 0.7))
    loop = FancyArrowPatch(
        tuple(begin), tuple(end), connectionstyle="arc3,rad=1.9", arrowstyle="-|>", mutation_scale=6, color=colour, lw=1.0,
        shrinkA=0.0, shrinkB=0.0, zorder=5,
    )  # fmt: skip
    axes.add_patch(loop)
