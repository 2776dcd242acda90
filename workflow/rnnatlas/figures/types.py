"""Figure C4: types of solutions among networks that were trained alike.

Of each task the most frequent types of reduced dynamics among accepted vanilla networks: what one network of each does within and beyond the trained range (as in figure C3; of delayed discrimination at the longest trained delay),
and its graph below (nodes filled by their output, the root ringed in red; black: time, colours: inputs). Right: how many networks are of each type (two graphs are of one type if they are isomorphic
with all labels; a type keeps its name from study to study), and, of types that ten networks or more have, how often a random forest on activity in training takes networks of a type (row) for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.graph_data import graph_from
from rnnatlas.figures.graphs import draw_graph, legend_of, short
from rnnatlas.figures.parameter_maps import draw_map, inside_of
from rnnatlas.figures.parts import part_of
from rnnatlas.figures.style import INK, STANDARD, UNTRAINED, letter, letters, new_figure, save, styled

SHOWN = 4


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """Two rows a task."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(3.1 * len(parts) + 0.2)
    grid = figure.add_gridspec(2 * len(parts), SHOWN + 1, width_ratios=[1.0] * SHOWN + [1.15])
    names = letters()
    for row, part in enumerate(parts):
        for k in range(int(part["shown"])):
            own = part_of(part, f"type {k}/")
            above, below = (figure.add_subplot(grid[2 * row + half, k]) for half in range(2))
            if k == 0:
                letter(above, next(names))
            draw_map(above, part_of(own, "map/"), float(part["dt"]), inside_of(own), small=True)
            title = f"type {short(str(own['graph/key']))}"
            above.set_title(f"{part['title']}\n{title}" if k == 0 else f"\n{title}", loc="left", fontsize=7)
            above.set(ylabel=above.get_ylabel() if k == 0 else "")
            graph, kinds = graph_from(own)
            draw_graph(below, graph, kinds)
            if k == 0:
                legend_of(below, kinds)
        counts, told = (figure.add_subplot(grid[2 * row + half, SHOWN]) for half in range(2))
        letter(counts, next(names))
        _counts(counts, part)
        _confusion(told, part)
    save(figure, files)


def _counts(axes: Axes, part: dict[str, Array]) -> None:
    names, count, other = list(map(str, part["types"])), list(map(int, part["count"])), int(part["other"])
    axes.bar(range(len(names)), count, color=STANDARD)
    if other:
        axes.bar([len(names)], [other], color=UNTRAINED)
    labels = [*map(short, names), *(["other"] if other else [])]
    axes.set_xticks(range(len(labels)), labels, rotation=60, ha="right", fontsize=5.5)
    axes.set(ylabel="networks")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    stable = part["stability"][np.isfinite(part["stability"])]
    firm = f"stability {stable.mean():.2f}" if stable.size else ""
    axes.set_title(f"{int(part['networks'])} networks\n{firm}", loc="left", fontsize=7)


def _confusion(axes: Axes, part: dict[str, Array]) -> None:
    if "confusion" not in part:
        axes.axis("off")
        axes.text(
            0.5, 0.5, "no two types\nof ten networks", ha="center", va="center", color=INK, transform=axes.transAxes
        )
        return
    table, names = part["confusion"], [short(key) for key in part["confused"]]
    axes.imshow(table, cmap="Greys", vmin=0.0, vmax=1.0)
    for (one, other), value in np.ndenumerate(table):
        if np.isfinite(value):
            axes.text(
                other,
                one,
                f"{value:.2f}",
                ha="center",
                va="center",
                fontsize=5.5,
                color="white" if value > 0.6 else INK,
            )
    ticks = range(len(names))
    axes.set_xticks(ticks, names, rotation=60, ha="right", fontsize=5.5)
    axes.set_yticks(ticks, names, fontsize=5.5)
    axes.set(xlabel="told", ylabel="type")
    axes.set_title(f"κ = {part['kappa'].mean():.2f} ± {part['kappa'].std():.2f}", loc="left", fontsize=7)
