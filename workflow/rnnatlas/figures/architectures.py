"""Figure C5: architecture biases which types of solutions appear, and does not determine them.

Of each task with networks of several cells: the share of networks of each cell that are of each of the six types that are the most frequent in all cells together; of these the ones that vanilla networks have least, each as
what one network does within and beyond the trained range (as in figure C3) and as its graph; and the activity of one network of each cell that are all of one type, on their first two principal components. Of a task with networks
of one cell the shares alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.extrapolation import draw_activity
from rnnatlas.figures.graph_data import graph_from
from rnnatlas.figures.graphs import draw_graph, legend_of, short
from rnnatlas.figures.parameter_maps import draw_map, inside_of
from rnnatlas.figures.parts import part_of
from rnnatlas.figures.style import OTHERS, ROUNDS, UNTRAINED, letter, letters, new_figure, save, styled

NAMES = {"rate": "vanilla", "gru": "GRU", "lstm": "LSTM"}
COLOURS = (*OTHERS, ROUNDS[1])


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """Two rows a task with several cells; where no task has them, a row a task."""
    parts = [artifact.data for artifact in artifacts]
    several = [part for part in parts if len(part["cells"]) > 1]
    names = letters()
    if not several:
        figure = new_figure(1.8 * len(parts) + 0.2, width=3.4)
        for axes, part in zip(np.ravel(figure.subplots(len(parts), 1)), parts, strict=True):
            letter(axes, next(names))
            _shares(axes, part)
        save(figure, files)
        return
    figure = new_figure(3.6 * len(several) + 0.2)
    grid = figure.add_gridspec(2 * len(several), 6)
    for row, part in enumerate(several):
        bars = figure.add_subplot(grid[2 * row, :2])
        letter(bars, next(names))
        _shares(bars, part)
        for k in range(int(part["shown"])):
            own = part_of(part, f"type {k}/")
            chart, picture = (figure.add_subplot(grid[2 * row, 2 + 2 * k + half]) for half in range(2))
            letter(chart, next(names))
            draw_map(chart, part_of(own, "map/"), float(part["dt"]), inside_of(own), small=True)
            chart.set_title(f"type {short(str(own['graph/key']))}", loc="left", fontsize=7)
            graph, kinds = graph_from(own)
            draw_graph(picture, graph, kinds)
            legend_of(picture, kinds)
        for k, cell in enumerate(map(str, part["cells"]) if str(part["common"]) else ()):
            axes = figure.add_subplot(grid[2 * row + 1, 2 * k : 2 * k + 2])
            letter(axes, next(names))
            draw_activity(axes, part_of(part, f"cell {k}/"), str(part["colour_name"]), str(part["colour_unit"]))
            axes.set_title(f"{NAMES.get(cell, cell)}, type {short(str(part['common']))}", loc="left", fontsize=7)
    save(figure, files)


def _shares(axes: Axes, part: dict[str, Array]) -> None:
    """Stacked shares of each cell."""
    cells, share = list(map(str, part["cells"])), part["share"]
    bottom = np.zeros(len(cells))
    for k, key in enumerate(map(str, part["types"])):
        axes.bar(
            range(len(cells)), share[:, k], bottom=bottom, color=COLOURS[k % len(COLOURS)], label=short(key), width=0.7
        )
        bottom += share[:, k]
    axes.bar(range(len(cells)), 1.0 - bottom, bottom=bottom, color=UNTRAINED, label="other", width=0.7)
    labels = [f"{NAMES.get(cell, cell)}\nn = {n}" for cell, n in zip(cells, part["networks"], strict=True)]
    axes.set_xticks(range(len(cells)), labels)
    axes.set(ylabel="share of networks", ylim=(0.0, 1.0), xlim=(-0.6, 1.6 * len(cells) + 0.3))
    axes.set_title(str(part["title"]), loc="left")
    axes.legend(loc="center right", title="type", handlelength=0.9, labelspacing=0.25, fontsize=6, title_fontsize=6.5)
