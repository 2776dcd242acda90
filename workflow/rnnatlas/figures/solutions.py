"""Figures 2-4: a task's standard solution and its alternatives, in state space, spectra, predictivity and dynamics.

Standard solution and alternatives of one task. **Top**: trajectories of one standard network and of the alternatives of its
chain without noise, in the principal components of each network's rates, coloured by a task variable; filled symbols are
stable fixed points of the map as trained, open ones unstable, grey dots slow points (only points near visited states are
shown). **Spectra**: eigenvalues of the Jacobian at these fixed points; inside the dashed curve a mode is stable.
**Predictivity**: how well each network (row, with private noise) linearly predicts each other's rates (column) in their readout
null spaces, held out. **Dynamics**: metric MDS of DSA distances; stars are alternatives, red crosses networks that missed
their acceptance criterion.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    CYCLIC,
    INK,
    MARKERS,
    SEQUENTIAL,
    UNTRAINED,
    WARNING,
    letter,
    new_figure,
    note,
    save,
    solution_colour,
    solution_name,
    styled,
    too_few,
)  # fmt: skip

CHAIN_MARKERS = ("*", "P", "X", "d")  # of alternatives, by set of chains


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """Draw the figure from its collected data and save it to ``files``."""
    (artifact,) = artifacts
    data, about = artifact.data, about_of(artifact)
    rounds = data["shown/round"]
    figure = new_figure(5.2)
    figure.suptitle(about["title"], fontsize=9, fontweight="bold")
    grid = figure.add_gridspec(2, 6, height_ratios=[1.15, 1.0])
    letters = iter("ABCDEFGHIJ")
    spans = np.linspace(0, 6, len(rounds) + 1).round().astype(int)
    for index, round_ in enumerate(rounds):
        place = grid[0, spans[index] : spans[index + 1]]
        axes = figure.add_subplot(place, projection="3d" if about["view"] == 3 else None)
        letter(axes, next(letters))
        _state_space(axes, artifact, index, int(round_))
    axes = figure.add_subplot(grid[1, 0:2])
    letter(axes, next(letters))
    _spectra(axes, data, float(about["alpha"]))
    axes = figure.add_subplot(grid[1, 2:4])
    letter(axes, next(letters))
    _predictivity(figure, axes, data)
    axes = figure.add_subplot(grid[1, 4:6])
    letter(axes, next(letters))
    _map(axes, data)
    _point_legend(figure, about["inputs"].split("|"))
    save(figure, files)


def about_of(artifact: Artifact) -> dict[str, Any]:
    """What the labels need: ``title``, ``colour``, ``inputs``, …"""
    return {
        key.removeprefix("about/"): array.item() for key, array in artifact.data.items() if key.startswith("about/")
    }


def _state_space(axes: Any, artifact: Artifact, index: int, round_: int) -> None:
    """Trajectories and points of one network in its principal components."""
    data, about = artifact.data, about_of(artifact)
    name = f"network {index}"
    paths, share, length = data[f"{name}/trajectories"], data[f"{name}/variance"], data["trials/length"]
    dims = int(about["view"])
    colour = data["trials/colour"]
    circular = bool(about["circular"])
    scale = (
        Normalize(0, 2 * np.pi)
        if circular
        else Normalize(colour.min(), colour.max() if np.ptp(colour) else colour.min() + 1)
    )
    palette = mpl.colormaps[CYCLIC if circular else SEQUENTIAL]
    for trial, path in enumerate(paths):
        axes.plot(*path[: length[trial], :dims].T, color=palette(scale(colour[trial])), lw=0.5, alpha=0.55, zorder=1)
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
    fixed = np.concatenate([data[f"{name}/input {i}/fixed"] for i in range(len(about["inputs"].split("|")))])
    stable = np.concatenate([data[f"{name}/input {i}/stable"] for i in range(len(about["inputs"].split("|")))])
    predicts = float(data["shown/predicts"][index])
    found = f"{int((fixed & stable).sum())} stable, {int((fixed & ~stable).sum())} unstable points"
    title = f"{solution_name(round_)}: {found if data['shown/rate'][index] else 'points not sought (gated)'}"
    title += f"\nnoise-free performance {data['shown/performance'][index]:.2f}"
    title += "\n" if np.isnan(predicts) else f"\npredicts the earlier: R² {predicts:.2f}"
    axes.set_title(title, color=solution_colour(round_), fontsize=6.5)
    if not data["shown/accepted"][index]:
        _stamp(axes, "not converged: missed\nits acceptance criterion")
    elif predicts > about["decoupled"]:
        _stamp(axes, f"not decoupled: R² > {about['decoupled']:g} (claim A1)")


def _point_legend(figure: Figure, inputs: list[str]) -> None:
    """What the symbols in state space mean, below all panels."""
    handles = [
        Line2D([], [], marker="o", ls="", color=INK, ms=4, label="stable fixed point"),
        Line2D([], [], marker="o", ls="", mfc="white", mec=INK, ms=4, label="unstable fixed point"),
        Line2D([], [], marker=".", ls="", color=UNTRAINED, ms=4, label="slow point"),
    ]
    if len(inputs) > 1:
        handles += [
            Line2D([], [], marker=MARKERS[i], ls="", color=INK, ms=3, label=name) for i, name in enumerate(inputs)
        ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), handletextpad=0.1)


def _stamp(axes: Any, text: str) -> None:
    """A remark inside a panel of trajectories, in two or three dimensions."""
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": WARNING, "linewidth": 0.5, "alpha": 0.9}
    write = getattr(axes, "text2D", axes.text)
    height = 0.9 if hasattr(axes, "text2D") else 0.03  # above the cube, whose labels are below
    write(0.5, height, text, transform=axes.transAxes, ha="center", fontsize=6, color=WARNING, bbox=box, zorder=10)


def _spectra(axes: Axes, data: dict[str, Array], alpha: float) -> None:
    """Eigenvalues at the counted fixed points, and the boundary of stability of the map as trained."""
    for index, round_ in enumerate(data["shown/round"]):
        keys = [key for key in data if key.startswith(f"network {index}/") and key.endswith("/eigenvalues")]
        values = np.concatenate([data[key].ravel() for key in keys])
        axes.scatter(np.real(values), np.imag(values), s=3, lw=0, alpha=0.5, color=solution_colour(int(round_)), label=solution_name(int(round_)), zorder=2 + index)  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 400)
    axes.plot(
        (np.cos(turn) - 1) / alpha, np.sin(turn) / alpha, color=INK, lw=0.7, ls="--", zorder=1, label="|1 + aλ| = 1"
    )
    axes.axvline(0, color=UNTRAINED, lw=0.5, zorder=0)
    axes.set(xlim=(-2.2, 2.2), ylim=(-4, 4), xlabel="Re λ (1/τ)", ylabel="Im λ (1/τ)")
    axes.legend(loc="upper right", markerscale=2.5, handletextpad=0.2, borderpad=0)
    axes.set_title("spectra at fixed points")


def _predictivity(figure: Figure, axes: Axes, data: dict[str, Array]) -> None:
    """Null-space predictivity of every network by every other."""
    image = axes.imshow(np.clip(data["all/null"], 0, 1), vmin=0, vmax=1, cmap=SEQUENTIAL, interpolation="nearest")
    ensembles = data["all/ensemble"]
    edges = np.flatnonzero(ensembles[1:] != ensembles[:-1]) + 1
    for edge in edges:
        axes.axhline(edge - 0.5, color="white", lw=0.6)
        axes.axvline(edge - 0.5, color="white", lw=0.6)
    starts, stops = np.r_[0, edges], np.r_[edges, len(ensembles)]
    names = short_names(ensembles)
    labels = [names[str(ensembles[start])] for start in starts]
    axes.set_xticks((starts + stops - 1) / 2, labels, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks((starts + stops - 1) / 2, labels)
    axes.tick_params(length=0)
    axes.set(xlabel="predicted", ylabel="predictor")
    axes.set_title("predictivity, null space")
    figure.colorbar(image, ax=axes, shrink=0.8, label="R², held out", pad=0.02)


def _chains(ensemble: str) -> str:
    """The set of chains that an ensemble of alternatives is of; empty for standard networks."""
    return ensemble.split("/", 1)[1].rsplit("_alt", 1)[0] if ensemble.startswith("alternatives/") else ""


def short_names(ensembles: Array) -> dict[str, str]:
    """Populations by name, alternatives by round, with their set of chains where there are several; what chains of another kind
    begin with by the name of the set."""
    names = list(dict.fromkeys(map(str, ensembles)))
    several = len({_chains(name) for name in names} - {""}) > 1
    return {
        name: name.split("/", 1)[1].removesuffix("_reference") if not _chains(name)
        else (f"{_chains(name)} " if several else "") + solution_name(int(name.rsplit("_alt", 1)[1]))
        for name in names
    }  # fmt: skip


def _map(axes: Axes, data: dict[str, Array]) -> None:
    """Metric MDS of the DSA distances: colour says standard or which alternative, marker the population."""
    position, ensembles, rounds = data["all/position"], data["all/ensemble"], data["all/round"]
    standard = 0
    names, sets = short_names(ensembles), list(dict.fromkeys(filter(None, map(_chains, map(str, ensembles)))))
    for ensemble in dict.fromkeys(map(str, ensembles)):
        chosen = ensembles == ensemble
        round_ = int(rounds[chosen][0])
        apart = CHAIN_MARKERS[sets.index(_chains(ensemble)) % len(CHAIN_MARKERS)] if round_ > 0 else "*"
        marker = apart if round_ else MARKERS[standard % len(MARKERS)]
        standard += round_ == 0
        axes.scatter(*position[chosen].T, s=34 if round_ else 16, marker=marker, color=solution_colour(round_), label=names[ensemble], lw=0.4, edgecolors="white")  # fmt: skip
        missed = chosen & ~data["all/accepted"].astype(bool)
        axes.scatter(*position[missed].T, s=40, marker="x", color=WARNING, lw=0.6, zorder=5)
    if not data["all/accepted"].all():
        axes.scatter([], [], s=40, marker="x", color=WARNING, lw=0.6, label="missed its criterion")
    axes.set(xlabel="MDS 1 (DSA distance)", ylabel="MDS 2")
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend(loc="best", handletextpad=0.1, borderpad=0.2)
    chains = int((rounds == 1).sum())
    few = too_few(chains, " for a verdict") if chains else "no chains"
    axes.set_title(f"dynamics (stress {float(data['all/stress']):.2f})", pad=13 if few else None)
    if few:
        note(axes, few)
