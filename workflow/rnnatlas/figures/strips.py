"""Networks of a group side by side as dots, with their median; shares with their intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.claims.intervals import wilson_interval

SPREAD = 0.3  # half the width over which the networks of a group stand side by side


def strip(
    axes: Axes,
    column: int | float,
    values: Float[Array, "network"],
    colour: str,
    filled: Bool[Array, "network"] | None = None,
) -> None:
    """One dot a network, in the order of the networks, open where ``filled`` is false; a bar at the median of the filled. What is
    not finite is left out."""
    filled = np.ones(len(values), bool) if filled is None else filled
    places = column + (np.linspace(-SPREAD, SPREAD, len(values)) if len(values) > 1 else np.zeros(len(values)))
    finite = np.isfinite(values)
    faces = [colour if full else "white" for full in filled[finite]]
    axes.scatter(places[finite], values[finite], s=7, c=faces, edgecolors=colour, lw=0.5, alpha=0.8, zorder=3)
    if (filled & finite).any():
        middle = float(np.median(values[filled & finite]))
        axes.plot([column - 0.4, column + 0.4], [middle] * 2, color=colour, lw=1.4, zorder=4)


def share(axes: Axes, column: int | float, met: Bool[Array, "network"], colour: str) -> None:
    """The share that meets a criterion with its 95 % Wilson interval, and how many networks there are."""
    low, high = wilson_interval(int(met.sum()), len(met))
    axes.plot([column] * 2, [low, high], color=colour, lw=1.0)
    axes.plot(column, met.mean(), "o", color=colour, ms=3.5)
    axes.annotate(
        f"{int(met.sum())}/{len(met)}", (column, high), xytext=(0, 1.5), textcoords="offset points", ha="center", va="bottom",
        fontsize=5, color=colour,
    )  # fmt: skip
