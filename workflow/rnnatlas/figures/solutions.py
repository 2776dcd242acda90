"""Figures 2-4: a task's standard solution and its alternatives, in state space, spectra, predictivity and dynamics.

Standard solution and alternatives of one task. **Top**: trajectories of one standard network and of the first three alternatives of
its chain without noise, in the principal components (PC) of each network's rates; the bar says what their colour means (a variable's value
in the trial, at its end if it changes). Filled symbols are stable fixed points of the map as trained, open ones unstable, grey dots slow
points (only points near visited states are shown). Above each: performance without noise, and the largest R² with which it predicts
the rates of an earlier solution of its chain, within their readout's null space. *Not accepted*: with its private noise the network
ended training below the performance that the settings ask for; such networks are counted and shown all the same. *Not decoupled*: the R²
exceeds the bound of claim A1. **Spectra**: eigenvalues λ of the Jacobian at these fixed points, of a network with time constant τ; inside
the dashed curve a mode of the map is stable. **Predictivity**: how well each network (row, with private noise) linearly predicts each
other's rates (column, without) in their readout null spaces, on held-out samples; on the diagonal a network predicts itself, and falls
short of 1 by what its own noise does to it. **Dynamics**: multidimensional scaling (MDS) of the distances between networks by dynamical
similarity analysis (DSA); stress: the share of these distances that two dimensions lose; g: the gain of a population's initial
weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.solutions_space import about_of, colour_key, point_legend, state_space
from rnnatlas.figures.style import (
    INK,
    MARKERS,
    REFERENCE_MARKER,
    SEQUENTIAL,
    SHOWN_ROUNDS,
    UNTRAINED,
    WARNING,
    ensemble_names,
    letter,
    letters,
    new_figure,
    note,
    save,
    solution_colour,
    solution_name,
    styled,
    too_few,
)  # fmt: skip

RE, IM = 2.2, 4.0  # half the width and height of the panel of spectra, 1/τ
CHAIN_MARKERS = ("*", "P", "X", "d")  # of alternatives, by set of chains


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """Draw the figure from its collected data and save it to ``files``."""
    (artifact,) = artifacts
    data, about = artifact.data, about_of(artifact)
    rounds = data["shown/round"]
    figure = new_figure(5.8)
    figure.suptitle(about["title"], fontsize=9, fontweight="bold")
    panels = min(len(rounds), 1 + SHOWN_ROUNDS)
    above, below = _places(figure, panels)
    names = letters()
    spaces: list[Axes] = []
    for index, round_ in enumerate(rounds[:panels]):
        axes = figure.add_subplot(above[index], projection="3d" if about["view"] == 3 else None)
        letter(axes, next(names))
        state_space(axes, artifact, index, int(round_))
        spaces.append(axes)
    colour_key(figure, spaces, artifact)
    if about["view"] == 3:  # the layout does not see the label of the third axis
        figure.get_layout_engine().set(rect=(0.0, 0.0, 0.965, 1.0))  # type: ignore[union-attr]
    axes = figure.add_subplot(below[0])
    letter(axes, next(names))
    _spectra(axes, data, float(about["alpha"]))
    axes = figure.add_subplot(below[1])
    letter(axes, next(names))
    _predictivity(figure, axes, data)
    axes = figure.add_subplot(below[2])
    letter(axes, next(names))
    _map(axes, data)
    point_legend(figure, about["inputs"].split("|"))
    save(figure, files)


def _places(figure: Figure, panels: int) -> tuple[list[SubplotSpec], list[SubplotSpec]]:
    """Where the state spaces stand, and the three panels below them: in common columns where these divide alike, else each row by itself."""
    heights = [1.15, 1.0]
    if 6 % panels == 0:
        grid, width = figure.add_gridspec(2, 6, height_ratios=heights, hspace=0.06), 6 // panels
        above = [grid[0, width * k : width * (k + 1)] for k in range(panels)]
        return above, [grid[1, 2 * k : 2 * k + 2] for k in range(3)]
    rows = figure.add_gridspec(2, 1, height_ratios=heights, hspace=0.06)
    first, second = rows[0].subgridspec(1, panels), rows[1].subgridspec(1, 3)
    return [first[0, k] for k in range(panels)], [second[0, k] for k in range(3)]


def _below(axes: Axes, columns: int) -> None:
    """The panel's legend, under it: no data lie there."""
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.26), ncols=columns, handletextpad=0.4, borderpad=0.0,
        columnspacing=1.0, fontsize=6,
    )  # fmt: skip


def _spectra(axes: Axes, data: dict[str, Array], alpha: float) -> None:
    """Eigenvalues at the counted fixed points, and the boundary of stability of the map as trained."""
    beyond = count = 0
    for index, round_ in enumerate(data["shown/round"]):
        keys = [key for key in data if key.startswith(f"network {index}/") and key.endswith("/eigenvalues")]
        values = np.concatenate([data[key].ravel() for key in keys])
        axes.scatter(np.real(values), np.imag(values), s=3, lw=0, alpha=0.5, color=solution_colour(int(round_)), zorder=2 + index)  # fmt: skip
        axes.scatter([], [], s=14, lw=0, color=solution_colour(int(round_)), label=solution_name(int(round_)))
        beyond += int(((np.abs(np.real(values)) > RE) | (np.abs(np.imag(values)) > IM)).sum())
        count += len(values)
    turn = np.linspace(0, 2 * np.pi, 400)
    axes.plot((np.cos(turn) - 1) / alpha, np.sin(turn) / alpha, color=INK, lw=0.7, ls="--", zorder=1, label="border of stability")  # fmt: skip
    axes.axvline(0, color=UNTRAINED, lw=0.5, zorder=0)
    axes.set(xlim=(-RE, RE), ylim=(-IM, IM), xlabel="Re λ (1/τ)", ylabel="Im λ (1/τ)")
    _below(axes, 2)
    axes.set_title("spectra at fixed points", pad=13 if beyond else None)
    if beyond:
        note(axes, f"{beyond} of {count} eigenvalues outside", INK)


def _predictivity(figure: Figure, axes: Axes, data: dict[str, Array]) -> None:
    """Null-space predictivity of every network by every other."""
    image = axes.imshow(np.clip(data["all/null"], 0, 1), vmin=0, vmax=1, cmap=SEQUENTIAL, interpolation="nearest")
    ensembles = data["all/ensemble"]
    edges = np.flatnonzero(ensembles[1:] != ensembles[:-1]) + 1
    for edge in edges:
        axes.axhline(edge - 0.5, color="white", lw=0.6)
        axes.axvline(edge - 0.5, color="white", lw=0.6)
    starts, stops = np.r_[0, edges], np.r_[edges, len(ensembles)]
    names = _names(data)
    labels = [names[str(ensembles[start])] for start in starts]
    axes.set_xticks((starts + stops - 1) / 2, labels, rotation=60, ha="right", rotation_mode="anchor")
    axes.set_yticks((starts + stops - 1) / 2, labels)
    axes.tick_params(length=0)
    axes.set(xlabel="predicted (diagonal: itself)", ylabel="predictor")
    axes.set_title("predictivity, null space")
    figure.colorbar(
        image,
        ax=axes,
        shrink=0.8,
        label="R², held out",
        pad=0.02,
        extend="min" if data["all/null"].min() < 0.0 else "neither",
    )


def _names(data: dict[str, Array]) -> dict[str, str]:
    return ensemble_names(*(data[f"all/{key}"] for key in ("ensemble", "chains", "round")))


def _map(axes: Axes, data: dict[str, Array]) -> None:
    """Metric MDS of the DSA distances: colour says standard or which alternative, marker the population."""
    position, ensembles, rounds = data["all/position"], data["all/ensemble"], data["all/round"]
    standard = 0
    names, sets = _names(data), [name for name in dict.fromkeys(map(str, data["all/chains"])) if name != "-"]
    for ensemble in dict.fromkeys(map(str, ensembles)):
        chosen = ensembles == ensemble
        round_ = int(rounds[chosen][0])
        chains = str(data["all/chains"][chosen][0])
        apart = CHAIN_MARKERS[sets.index(chains) % len(CHAIN_MARKERS)] if round_ > 0 else REFERENCE_MARKER
        marker = apart if round_ else MARKERS[standard % len(MARKERS)]
        standard += round_ == 0
        axes.scatter(*position[chosen].T, s=34 if round_ else 16, marker=marker, color=solution_colour(round_), label=names[ensemble], lw=0.4, edgecolors="white")  # fmt: skip
        missed = chosen & ~data["all/accepted"].astype(bool)
        axes.scatter(*position[missed].T, s=40, marker="x", color=WARNING, lw=0.6, zorder=5)
    if not data["all/accepted"].all():
        axes.scatter([], [], s=40, marker="x", color=WARNING, lw=0.6, label="not accepted")
    axes.set(xlabel="MDS 1 (DSA distance)", ylabel="MDS 2")
    axes.set_aspect("equal", adjustable="datalim")
    _below(axes, 3)
    chains = min((int((data["all/chains"][rounds == 1] == name).sum()) for name in sets), default=0)
    few = too_few(chains, " for a verdict") if chains else "no chains"
    axes.set_title(f"map of dynamics (stress {float(data['all/stress']):.2f})", pad=13 if few else None)
    if few:
        note(axes, few)
