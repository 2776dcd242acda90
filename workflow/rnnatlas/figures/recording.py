"""A recording among the networks of its task: who predicts whom, against ceiling and floor, and whose dynamics are like its own.

A recording among the networks of its task (docs/recordings.md). A: R² of the recording's condition means by each network, linear,
centred, held out over conditions; ceiling: split-half reliability (band: range over splits); floor: untrained networks. B: the
other direction; its ceiling is what the recording predicts of its own signal in spite of its noise. C: DSA distance from the recording,
recording and networks smoothed and reduced alike; the dashed line is the distance between halves of the repeats. D: metric MDS
of all DSA distances.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from rnnatlas.arrays import Array, Bool
from rnnatlas.artifacts.store import Artifact
from rnnatlas.evidence.evidence import NO_CHAINS
from rnnatlas.figures.style import (
    INK,
    MARKERS,
    UNTRAINED,
    WARNING,
    ensemble_names,
    letter,
    new_figure,
    save,
    solution_colour,
    styled,
)

LOWEST = -0.1  # held-out R² has no lower bound: what lies below is drawn here, as a triangle
DOUBTFUL = 0.05  # similarity/recording_inputs.py warns above it
SPREAD = 0.3  # half the width over which the networks of a group stand side by side


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """Draw the figure from a ``recording`` artifact and save it to ``files``."""
    (artifact,) = artifacts
    data, about = artifact.data, artifact.attributes
    figure = new_figure(2.75)
    dropped = f", {about['dropped']} silent units left out" if about["dropped"] else ""
    figure.suptitle(
        f"{about['title']} ({about['units']} units, {about['trials']} trials of {about['conditions']} conditions{dropped})",
        fontsize=8, fontweight="bold",
    )  # fmt: skip
    if about.get("inputs_p", 0.0) > DOUBTFUL:
        figure.text(0.5, 0.0, f"Do the inputs belong to these rates? R² by them {about['inputs_r2']:.2f}, by those of other conditions {about['inputs_r2_permuted']:.2f} (p = {about['inputs_p']:.2f})", ha="center", va="top", fontsize=6.5, color=WARNING)  # fmt: skip
    forward, backward, distances, chart = figure.subplots(1, 4, width_ratios=[1.0, 1.0, 1.0, 1.2])
    for axes, text in zip((forward, backward, distances, chart), "ABCD", strict=True):
        letter(axes, text)
    _groups(forward, data, "predicts", "recording predicted\nby network", "R², held-out conditions")
    _groups(backward, data, "predicted", "network predicted\nby recording", "R², held-out conditions")
    top = max(float(np.nanmax(array)) for key, array in data.items() if key.endswith(("predicts", "predicted")))
    for axes in (forward, backward):
        axes.set_ylim(LOWEST - 0.04, 1.08 * max(top, 0.1))
        axes.axhline(0.0, color=UNTRAINED, lw=0.4)
    seen = f"dynamics\n({about['components']} components, rank {about['rank']})"
    _groups(distances, data, "distance", seen, "DSA distance from recording")
    distances.set_ylim(bottom=0.0)
    _map(chart, data)
    figure.legend(*_legend(forward), loc="outside lower center", ncols=3)
    save(figure, files)


def _groups(axes: Axes, data: dict[str, Array], key: str, title: str, label: str) -> None:
    """One column a solution, one dot a network; the band spans the splits of the repeats, the dotted line is the untrained median."""
    values = data["distance"][-1, :-1] if key == "distance" else data[key]
    floor, ceiling = data[f"floor/{key}"], data[f"ceiling/{key}"]
    groups = solutions(data)
    for column, (round_, mine) in enumerate(groups.values()):
        accepted = data["accepted"][mine].astype(bool)
        _dots(axes, column, values[mine], solution_colour(round_), accepted, key != "distance")
    _dots(axes, len(groups), floor, UNTRAINED, np.ones(len(floor), bool), key != "distance")
    axes.axhspan(ceiling.min(), ceiling.max(), color=INK, alpha=0.15, lw=0)
    axes.axhline(ceiling.mean(), color=INK, lw=0.8, ls="--", label="what the noise of the recording allows (ceiling)")
    axes.axhline(float(np.median(floor)), color=UNTRAINED, lw=0.8, ls=":", label="untrained networks (floor)")
    axes.set_xticks(range(len(groups) + 1), [*groups, "untrained"], rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.6, len(groups) + 0.6)
    axes.set_title(title, fontsize=7)
    axes.set_ylabel(label)


def solutions(data: dict[str, Array]) -> dict[str, tuple[int, Array]]:
    """Round and rows of each column: all standard networks, then each set of chains in its order."""
    names = ensemble_names(data["ensemble"], data["chains"], data["round"])
    labels = np.array(["standard" if k == 0 else names[str(e)] for e, k in zip(data["ensemble"], data["round"])])
    return {str(label): (int(data["round"][labels == label][0]), np.flatnonzero(labels == label)) for label in dict.fromkeys(labels)}  # fmt: skip


def _dots(axes: Axes, column: int, values: Array, colour: str, accepted: Bool[Array, "network"], bounded: bool) -> None:
    places = column + (np.linspace(-SPREAD, SPREAD, len(values)) if len(values) > 1 else np.zeros(1))
    low = np.less(values, LOWEST) & bounded
    shown = np.where(low, LOWEST, values)
    axes.scatter(places[~low], shown[~low], s=11, color=colour, lw=0.4, edgecolors="white", zorder=3)
    axes.scatter(places[low], shown[low], s=11, marker="v", color=colour, lw=0, zorder=3)
    axes.scatter(places[~accepted], shown[~accepted], s=24, marker="x", color=WARNING, lw=0.8, zorder=4, label="missed its acceptance criterion")  # fmt: skip


def _map(axes: Axes, data: dict[str, Array]) -> None:
    """Metric MDS of all DSA distances, the recording among them."""
    position = data["position"]
    sets = [name for name in dict.fromkeys(map(str, data["chains"])) if name != NO_CHAINS]
    for name, (round_, mine) in solutions(data).items():
        marker = MARKERS[sets.index(str(data["chains"][mine[0]])) % len(MARKERS)] if round_ else MARKERS[0]
        axes.scatter(*position[mine].T, s=16, marker=marker, color=solution_colour(round_), lw=0.4, edgecolors="white", label=name)  # fmt: skip
    missed = np.flatnonzero(~data["accepted"].astype(bool))
    axes.scatter(*position[missed].T, s=24, marker="x", color=WARNING, lw=0.8, zorder=5)
    axes.scatter(
        *position[-1], s=80, marker="*", facecolors="none", edgecolors=INK, lw=0.9, label="recording", zorder=6
    )
    axes.set(xlabel="MDS 1 (DSA distance)", ylabel="MDS 2")
    axes.set_aspect("equal", adjustable="datalim")
    axes.legend(loc="best", handletextpad=0.1, borderpad=0.2)
    axes.set_title(f"map of dynamics\n(stress {float(data['stress']):.2f})", fontsize=7)


def _legend(axes: Axes) -> tuple[list[Any], list[str]]:
    """The handles of a panel, each label once; of dots, those that mark no network are left out."""
    unique: dict[str, Any] = {}
    for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
        if not isinstance(handle, PathCollection) or len(np.asarray(handle.get_offsets())):
            unique.setdefault(label, handle)
    return list(unique.values()), list(unique)
