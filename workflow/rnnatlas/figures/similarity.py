"""Supplementary figure: all networks of each task compared by every measure.

All networks of each task compared by every measure, in the order of populations (standard networks by their initial g) and
alternatives; white lines part them. Predictivity is R² on the test set of the target (column) by the source (row), between readout
null spaces or of the rates as they are; linear CKA, RSA, CCA and Procrustes are symmetric. Values below 0 have the colour of 0. The
strip below a matrix is an untrained network as source. DSA has two scores, both distances on a reversed scale, so that bright means
alike everywhere: between the spectra of the networks' operators, and the angle between the operators in the best orthogonal
coordinates. No untrained network is in their matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnatlas.arrays import Array, Float
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    SEQUENTIAL,
    UNTRAINED,
    in_lines,
    letter,
    letters,
    new_figure,
    save,
    solution_colour,
    styled,
)
from rnnatlas.measures import MEASURES, Measure

ROWS = {measure.name: measure for measure in MEASURES}
GAP, BELOW = 0.03, 0.07  # of a matrix's side: the space under it, and the strip of the untrained network


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task, a column a measure. A matrix has sources as rows and targets as columns; white lines part populations and rounds;
    the strip below is an untrained network as source. One scale for all measures of similarity, and one for each distance (reversed:
    bright is alike everywhere)."""
    parts = [artifact.data for artifact in artifacts]
    shown = [ROWS[name] for name in map(str, parts[0]["measures"])]
    farthest = {
        m.name: max(float(np.nanmax(part[f"matrix/{m.name}"])) for part in parts) for m in shown if is_distance(m)
    }
    figure = new_figure(1.28 * len(parts) + 0.85)
    axes = figure.subplots(len(parts), len(shown), squeeze=False)
    images: dict[str, Any] = {}
    names = letters()
    for number, (row, part) in enumerate(zip(axes, parts, strict=True)):
        for axis, measure in zip(row, shown, strict=True):
            images[measure.name] = _matrix(axis, part, measure, farthest.get(measure.name, 1.0))
            axis.set_title(measure.title if number == 0 else "", fontsize=6.5, pad=4)
            _targets(axis, part)
        letter(row[0], next(names))
        _sources(row[0], part)
    _bars(figure, axes, shown, images)
    save(figure, files)


def is_distance(measure: Measure) -> bool:
    """Whether small means alike."""
    return measure.kind == "distance"


def _matrix(axes: Axes, part: dict[str, Array], measure: Measure, farthest: float) -> Any:
    name = measure.name
    matrix = part[f"matrix/{name}"]
    count = len(matrix)
    palette = mpl.colormaps[SEQUENTIAL + "_r" * is_distance(measure)].with_extremes(bad=UNTRAINED)
    look: dict[str, Any] = {"cmap": palette, "vmin": 0.0, "vmax": farthest or 1.0}
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


def _bars(figure: Figure, axes: Array, shown: Sequence[Measure], images: dict[str, Any]) -> None:
    """One scale below all measures of similarity, and one below each distance."""
    alike = [column for column, measure in enumerate(shown) if not is_distance(measure)]
    apart = [column for column, measure in enumerate(shown) if is_distance(measure)]
    bars = [(alike, "similarity, or R² of the column by the row", "min", 0.35, 30)] if alike else []
    bars += [([k], f"distance ({shown[k].unit})" if shown[k].unit else "distance", "neither", 0.9, 10) for k in apart]
    for columns, label, extend, shrink, aspect in bars:
        image = images[shown[columns[0]].name]
        place = {"location": "bottom", "shrink": shrink, "aspect": aspect, "pad": 0.02}
        bar = figure.colorbar(image, ax=axes[:, columns], extend=extend, **place)
        bar.set_label(label, fontsize=6.5)
        bar.outline.set_linewidth(0.5)  # type: ignore[union-attr]
        bar.ax.tick_params(labelsize=5.5)
