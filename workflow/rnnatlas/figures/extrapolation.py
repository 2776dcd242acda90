"""Figure C3: networks that were trained alike differ where they were not trained.

Of each task two networks that solve all trials as trained, those whose answers differ most beyond. Left: activity on trials as trained, on its first two
principal components, a line a trial, coloured by its parameter; circles: where epochs begin. Middle: the output over parameters within (dashed frame, dotted lines) and beyond
the trained range: of interval reproduction over time, with Ready, Set and Go as they should come; of the other tasks the mean output at the time of the response.
Red: output 1, blue: −1, white: none. Outputs have no unit. Right: reduced dynamics, nodes filled by their output, the root ringed in red; an arrow of time from a node to itself is a limit cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.graph_data import graph_from
from rnnatlas.figures.graphs import draw_graph, legend_of, short
from rnnatlas.figures.parameter_maps import draw_map, inside_of
from rnnatlas.figures.parts import part_of
from rnnatlas.figures.style import INK, SEQUENTIAL, letter, letters, new_figure, save, styled


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a network."""
    parts = [artifact.data for artifact in artifacts]
    rows = [(part, k) for part in parts for k in range(int(part["shown"]))]
    figure = new_figure(1.75 * len(rows) + 0.2)
    grid = figure.add_gridspec(len(rows), 3, width_ratios=[1.0, 1.75, 0.75])
    names = letters()
    for row, (part, k) in enumerate(rows):
        own = part_of(part, f"network {k}/")
        left, right, last = (figure.add_subplot(grid[row, column]) for column in range(3))
        letter(left, next(names))
        draw_activity(left, own, str(part["colour_name"]), str(part["colour_unit"]))
        stamp = "" if int(part["accepted"]) else " (not accepted)"
        left.set_title(f"{part['title']}: {own['name']}{stamp}", loc="left")
        shade = draw_map(right, part_of(own, "map/"), float(part["dt"]), inside_of(own))
        figure.colorbar(shade, ax=right, shrink=0.85, label="output", ticks=[-1, 0, 1])
        graph, kinds = graph_from(own)
        draw_graph(last, graph, kinds)
        if k == 0:
            legend_of(last, kinds)
        last.set_title(f"type {short(str(own['graph/key']))}", fontsize=7)
    save(figure, files)


def draw_activity(axes: Axes, own: dict[str, Array], colour: str, unit: str) -> None:
    """Activity on two principal components, a line a trial; circles where epochs begin."""
    values, paths = own["colour"], own["components"]
    norm, cmap = Normalize(float(values.min()), float(values.max())), colormaps[SEQUENTIAL]
    for path, value in zip(paths, values, strict=True):
        axes.plot(path[:, 0], path[:, 1], color=cmap(norm(value)), lw=0.6, alpha=0.85)
    for begin in (v for key, v in own.items() if key.startswith("begin/")):
        at = np.minimum(begin, paths.shape[1] - 1)
        axes.scatter(
            *paths[np.arange(len(paths)), at].T, s=5, facecolors="white", edgecolors=INK, linewidths=0.4, zorder=4
        )
    shares = own["share"]
    axes.set(xlabel=f"PC 1 ({shares[0]:.0%})", ylabel=f"PC 2 ({shares[1]:.0%})")
    for value in (values.min(), values.max()):
        axes.plot([], [], color=cmap(norm(value)), label=f"{colour}: {value:g} {unit}")
    axes.legend(loc="upper right", handlelength=1.0, frameon=True, framealpha=0.7, edgecolor="none")
