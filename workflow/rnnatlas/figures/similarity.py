"""Supplementary figure: all networks of each task compared by every measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnatlas.arrays import Array, Float
from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.figures.by_task import by_task
from rnnatlas.figures.style import SEQUENTIAL, UNTRAINED, in_lines, letter, new_figure, save, solution_colour

NAMES = {
    "null": "predictivity,\nnull space",
    "raw": "predictivity,\nraw rates",
    "cka": "linear CKA",
    "rsa": "RSA",
    "cca": "CCA",
    "procrustes": "Procrustes",
    "dsa": "DSA",
}
DISTANCE = "dsa"
GAP, BELOW = 0.03, 0.07  # of a matrix's side: the space under it, and the strip of the untrained network


def draw_similarity(source: str | Path, files: Sequence[str | Path]) -> None:
    """A row a task, a column a measure. A matrix has sources as rows and targets as columns; white lines part populations and rounds;
    the strip below is an untrained network as source. One scale for all measures of similarity, one for DSA (reversed: bright is
    alike in both)."""
    data = read_artifact(source, FIGURE).data
    parts = by_task(data)
    farthest = max(float(np.nanmax(part[f"matrix/{DISTANCE}"])) for part in parts)
    figure = new_figure(1.42 * len(parts) + 0.75)
    axes = figure.subplots(len(parts), len(NAMES), squeeze=False)
    images: dict[str, Any] = {}
    for number, (row, part) in enumerate(zip(axes, parts, strict=True)):
        for axis, (name, title) in zip(row, NAMES.items(), strict=True):
            images[name] = _matrix(axis, part, name, farthest)
            axis.set_title(title if number == 0 else "", fontsize=6.5, pad=4)
            _targets(axis, part)
        letter(row[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number])
        row[-1].set_title(f"DSA\nMDS stress {float(part['stress']):.2f}", fontsize=6.5, pad=4)
        _sources(row[0], part)
    _bars(figure, axes, images)
    save(figure, files)


def _matrix(axes: Axes, part: dict[str, Array], name: str, farthest: float) -> Any:
    matrix = part[f"matrix/{name}"]
    count = len(matrix)
    palette = mpl.colormaps[SEQUENTIAL + "_r" * (name == DISTANCE)].with_extremes(bad=UNTRAINED)
    look: dict[str, Any] = {"cmap": palette, "vmin": 0.0, "vmax": farthest or 1.0 if name == DISTANCE else 1.0}
    image = axes.imshow(matrix, extent=(0, count, count, 0), interpolation="nearest", **look)
    top, bottom = count * (1.0 + GAP), count * (1.0 + GAP + BELOW)
    if f"floor/{name}" in part:
        axes.imshow(part[f"floor/{name}"][None], extent=(0, count, bottom, top), interpolation="nearest", **look)
    edges = np.cumsum(part["group/size"])[:-1]
    alternatives = np.flatnonzero(part["group/round"] > 0)
    for number, edge in enumerate(edges, start=1):
        width = 1.0 if len(alternatives) and number == alternatives[0] else 0.4
        axes.plot([edge, edge], [0, count], color="white", lw=width)
        axes.plot([0, count], [edge, edge], color="white", lw=width)
    axes.set(xlim=(0, count), ylim=(bottom, 0), aspect="equal", xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image


def _centres(part: dict[str, Array]) -> Float[Array, "group"]:
    edges = np.cumsum(part["group/size"])
    return edges - part["group/size"] / 2.0


def _paint(texts: Sequence[Any], part: dict[str, Array]) -> None:
    for text, round_ in zip(texts, part["group/round"], strict=False):
        text.set_color(solution_colour(int(round_)))


def _sources(axes: Axes, part: dict[str, Array]) -> None:
    """Names of the groups beside the first matrix of a row, and of the strip below it."""
    count = int(part["group/size"].sum())
    strip = count * (1.0 + GAP + BELOW / 2.0)
    axes.set_yticks([*_centres(part), strip], [*map(str, part["group/label"]), "untrained"], fontsize=5.5)
    axes.tick_params(length=0, pad=1.5)
    _paint(axes.get_yticklabels(), part)
    axes.get_yticklabels()[-1].set_color(UNTRAINED)
    axes.set_ylabel(in_lines(part["title"], "source"), fontsize=6.5)


def _targets(axes: Axes, part: dict[str, Array]) -> None:
    axes.set_xticks(_centres(part), [*map(str, part["group/label"])], fontsize=5, rotation=90)
    axes.tick_params(length=0, pad=1.5)
    _paint(axes.get_xticklabels(), part)


def _bars(figure: Figure, axes: Array, images: dict[str, Any]) -> None:
    for chosen, name, label, extend, shrink in (
        (axes[:, :-1], "null", "predictivity (R² of the column by the row), CKA, RSA, CCA or Procrustes similarity", "min", 0.35),
        (axes[:, -1:], DISTANCE, "DSA distance", "neither", 0.9),
    ):  # fmt: skip
        place = {
            "ax": chosen,
            "location": "bottom",
            "shrink": shrink,
            "aspect": 30 if name == "null" else 12,
            "pad": 0.02,
        }
        bar = figure.colorbar(images[name], extend=extend, **place)
        bar.set_label(label, fontsize=6.5)
        bar.outline.set_linewidth(0.5)  # type: ignore[union-attr]
        bar.ax.tick_params(labelsize=6)
