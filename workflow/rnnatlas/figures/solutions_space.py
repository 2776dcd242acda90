"""Panels of the figures of solutions: trajectories of one network in its principal components, and what their marks mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    CYCLIC,
    INK,
    MARKERS,
    SEQUENTIAL,
    UNTRAINED,
    WARNING,
    solution_colour,
    solution_name,
)

FEW = 4  # values of a variable: each has a colour of its own


def about_of(artifact: Artifact) -> dict[str, Any]:
    """What the labels need: ``title``, ``colour``, ``inputs``, …"""
    return {
        key.removeprefix("about/"): array.item() for key, array in artifact.data.items() if key.startswith("about/")
    }


def state_space(axes: Any, artifact: Artifact, index: int, round_: int) -> None:
    """Trajectories and points of one network in its principal components."""
    data, about = artifact.data, about_of(artifact)
    name = f"network {index}"
    paths, share, length = data[f"{name}/trajectories"], data[f"{name}/variance"], data["trials/length"]
    dims = int(about["view"])
    colours = _colours(artifact)
    for path, stop, value in zip(paths, length, data["trials/colour"], strict=True):
        axes.plot(*path[:stop, :dims].T, color=colours.to_rgba(value), lw=0.5, alpha=0.55, zorder=1)
    for constant in range(len(about["inputs"].split("|"))):
        folder = f"{name}/input {constant}"
        position, fixed, stable = (data[f"{folder}/{key}"] for key in ("position", "fixed", "stable"))
        for chosen, style in (
            (~fixed, {"marker": ".", "s": 6, "c": UNTRAINED, "linewidths": 0}),
            (
                fixed & ~stable,
                {"marker": MARKERS[constant], "s": 14, "facecolors": "white", "edgecolors": INK, "linewidths": 0.7},
            ),
            (fixed & stable, {"marker": MARKERS[constant], "s": 18, "c": INK, "linewidths": 0}),
        ):
            if chosen.any():
                axes.scatter(
                    *position[chosen, :dims].T, zorder=3, **({"depthshade": False} if dims == 3 else {}), **style
                )
    axes.set_xlabel(f"PC 1 ({100 * share[0]:.0f} %)", labelpad=-6 if dims == 3 else None)
    axes.set_ylabel(f"PC 2 ({100 * share[1]:.0f} %)", labelpad=-6 if dims == 3 else None)
    if dims == 3:
        axes.set_zlabel(f"PC 3 ({100 * share[2]:.0f} %)", labelpad=-6)
        axes.tick_params(pad=-4, labelsize=5)
        axes.set_box_aspect(None, zoom=0.88)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.set_major_locator(MaxNLocator(4))
    fixed = np.concatenate([data[f"{name}/input {i}/fixed"] for i in range(len(about["inputs"].split("|")))])
    stable = np.concatenate([data[f"{name}/input {i}/stable"] for i in range(len(about["inputs"].split("|")))])
    predicts = float(data["shown/predicts"][index])
    found = f"{int((fixed & stable).sum())} stable, {int((fixed & ~stable).sum())} unstable points"
    title = f"{solution_name(round_)}: {found if data['shown/rate'][index] else 'points not sought (gated)'}"
    title += f"\nnoise-free performance {data['shown/performance'][index]:.2f}"
    title += "\n" if np.isnan(predicts) else f"\npredicts an earlier one: R² {predicts:.2f}"
    remarks = _remarks(data, about, index)
    count = len(data["shown/round"])
    room = max(len(_remarks(data, about, shown)) for shown in range(count))
    axes.set_title(title, color=solution_colour(round_), fontsize=6.5 if count <= 3 else 5.5, pad=4 + 8 * room)
    for line, text in enumerate(remarks, start=room - len(remarks)):
        axes.annotate(
            text, (0.5, 1.0), xycoords="axes fraction", xytext=(0, 3 + 8 * (room - 1 - line)), textcoords="offset points", ha="center",
            va="bottom", fontsize=6, color=WARNING, annotation_clip=False,
        )  # fmt: skip


def _remarks(data: dict[str, Array], about: dict[str, Any], index: int) -> list[str]:
    """What a reader must not miss of a network that is shown, a line each."""
    remarks = [] if data["shown/accepted"][index] else ["not accepted: too low with noise"]
    if float(data["shown/predicts"][index]) > about["decoupled"]:
        remarks.append(f"not decoupled: R² > {about['decoupled']:g} (claim A1)")
    return remarks


def _colours(artifact: Artifact) -> ScalarMappable:
    """Colours of trajectories by their trial's variable, all of them dark enough to be seen on white."""
    values, circular = artifact.data["trials/colour"], bool(about_of(artifact)["circular"])
    if circular:
        return ScalarMappable(
            Normalize(0.0, 2.0 * np.pi), ListedColormap(0.85 * mpl.colormaps[CYCLIC](np.linspace(0.0, 1.0, 256))[:, :3])
        )
    palette, levels = mpl.colormaps[SEQUENTIAL], np.unique(values)
    if len(levels) > FEW:
        return ScalarMappable(
            Normalize(levels[0], levels[-1]), ListedColormap(palette(np.linspace(0.0, 0.9, 256))[:, :3])
        )
    edges = np.concatenate([[levels[0] - 1.0], (levels[1:] + levels[:-1]) / 2.0, [levels[-1] + 1.0]])
    return ScalarMappable(
        BoundaryNorm(edges, len(levels)), ListedColormap(palette(np.linspace(0.05, 0.75, len(levels)))[:, :3])
    )


def colour_key(figure: Figure, axes: Sequence[Axes], artifact: Artifact) -> None:
    """What the colours of trajectories mean, below them."""
    about, levels = about_of(artifact), np.unique(artifact.data["trials/colour"])
    unit = " (rad)" if about["circular"] else ""
    bar = figure.colorbar(
        _colours(artifact),
        ax=list(axes),
        location="bottom",
        shrink=0.3,
        aspect=30,
        pad=0.03 if about["view"] < 3 else 0.08,
    )
    bar.set_label(f"trajectories: {about['colour']}{unit}")
    bar.outline.set_linewidth(0.5)  # type: ignore[union-attr]
    if about["circular"]:
        bar.set_ticks([0.0, np.pi, 2.0 * np.pi], labels=["0", "π", "2π"])
    elif len(levels) <= FEW:
        edges = bar.norm.boundaries  # type: ignore[attr-defined]
        bar.set_ticks((edges[1:] + edges[:-1]) / 2.0, labels=[f"{level:g}".replace("-", "−") for level in levels])
        bar.ax.tick_params(length=0)


def point_legend(figure: Figure, inputs: list[str]) -> None:
    """What the symbols in state space mean, below all panels: for each constant input a pair."""

    def symbol(marker: str, colour: str) -> Line2D:
        return Line2D([], [], marker=marker, ls="", mfc=colour, mec=INK, mew=0.7, ms=4)

    pairs = [(symbol(MARKERS[i], INK), symbol(MARKERS[i], "white")) for i in range(len(inputs))]
    names = [f", {name}" if len(inputs) > 1 else "" for name in inputs]
    labels = [f"fixed point{name}: stable, unstable" for name in names]
    symbols: list[Any] = [*pairs, Line2D([], [], marker=".", ls="", color=UNTRAINED, ms=4)]
    figure.legend(
        symbols, [*labels, "slow point"], loc="outside lower center", ncols=len(pairs) + 1, handletextpad=0.4,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.6)},
    )  # fmt: skip
