"""Panels of the figure of controls for M2 and M3: alternatives trained against the wrong measure, or without the projection."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from rnnatlas.arrays import Array
from rnnatlas.figures.strips import strip
from rnnatlas.figures.style import INK, OTHERS, UNTRAINED, solution_colour

MEASURES = {
    "insd": ("new →\nearlier", INK),
    "reverse": ("earlier →\nnew", OTHERS[0]),
    "cka": ("CKA", OTHERS[1]),
}  # as in figure 1
PROJECTION = {"insd": ("with", solution_colour(1)), "unprojected": ("without", OTHERS[4])}

Part = dict[str, Array]


def draw_wrong_measures(axes: list[Axes], part: Part) -> None:
    """M2: the penalty that alternatives were trained with, as they reached it; and what is left of new → earlier predictivity."""
    names = [name for name in MEASURES if f"M2/{name}/penalty" in part]
    titles = (f"M2, {part['title']}:\nown penalty reached", "new → earlier,\nnull space, held out")
    for panel, key, threshold, title in zip(axes, ("penalty", "kept"), ("reached", "kept"), titles, strict=True):
        for column, name in enumerate(names):
            strip(panel, column, part[f"M2/{name}/{key}"], MEASURES[name][1])
        panel.axhline(float(part[f"threshold/{threshold}"]), color=UNTRAINED, lw=0.6, ls=":")
        panel.set_ylim(-0.03, 1.03)
        panel.set_xticks(range(len(names)), [MEASURES[name][0] for name in names], fontsize=5.5)
        panel.set_xlim(-0.6, len(names) - 0.4)
        panel.set_title(title, fontsize=6.5)
    axes[0].set_xlabel("penalty that alt-1 was trained with", fontsize=6.5, loc="left")


def draw_projection(axes: Axes, part: Part) -> None:
    """M3: task loss of alt-1 at the end of training, with and without the null-space projection, chains joined."""
    count = min(len(part[f"M3/{name}"]) for name in PROJECTION)
    axes.plot([0, 1], np.stack([part[f"M3/{name}"][:count] for name in PROJECTION]), color=UNTRAINED, lw=0.4)
    for column, (name, (_, colour)) in enumerate(PROJECTION.items()):
        values = part[f"M3/{name}"]
        finite = values[np.isfinite(values)]
        axes.scatter(np.full(len(finite), column), finite, s=7, color=colour, lw=0, zorder=3)
        if len(finite):
            axes.plot([column - 0.25, column + 0.25], [np.median(finite)] * 2, color=colour, lw=1.4)
    axes.set_xticks([0, 1], [name for name, _ in PROJECTION.values()], fontsize=6)
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("projection", fontsize=6.5)
    axes.set_title(f"M3,\n{part['title']}".replace("Context-dependent integration", "Context"), fontsize=6.5)
