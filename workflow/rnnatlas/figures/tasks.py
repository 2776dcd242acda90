"""Example trials of each task: inputs, targets, and what a trained network answers.

Two test trials of each task that differ and that the network solves: inputs above; below, the outputs of a standard network without
noise and the targets (dashed). Shaded: what counts in the measure of performance. Inputs and outputs have no unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import INK, OTHERS, UNTRAINED, letter, letters, new_figure, save, styled


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: for each example trial its inputs above and its targets (dashed) with a standard network's outputs."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(1.9 * len(parts) + 0.4)
    names = letters()
    shown = parts[0]["inputs"].shape[0]
    axes = figure.subplots(2 * len(parts), shown, squeeze=False, sharex=False)
    for row, part in enumerate(parts):
        letter(axes[2 * row, 0], next(names))
        axes[2 * row, 0].set_title(str(part["title"]))
        for trial in range(shown):
            draw_trial(axes[2 * row, trial], axes[2 * row + 1, trial], part, trial, trial == shown - 1)
    handles: list[Artist] = [
        Line2D([], [], color=INK, lw=0.6, ls="--", label="target"),
        Patch(facecolor=UNTRAINED, alpha=0.15, lw=0, label="counts in the measure of performance"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    save(figure, files)


def draw_trial(above: Axes, below: Axes, part: dict[str, Array], trial: int, last: bool) -> None:
    """One trial of a task: its inputs above, its targets (dashed) and a network's outputs below; names where it is the ``last``."""
    length = int(part["length"][trial])
    time = np.arange(1, length + 1) * float(part["dt"]) / 1000.0
    for channel, name in enumerate(part["input_names"]):
        above.plot(
            time,
            part["inputs"][trial, :length, channel],
            color=OTHERS[channel % len(OTHERS)],
            lw=0.8,
            label=str(name),
            drawstyle="steps-mid",
        )
    judged = part["judged"][trial, :length].any(-1)
    for channel, name in enumerate(part["output_names"]):
        colour = OTHERS[channel % len(OTHERS)]
        below.plot(time, part["outputs"][trial, :length, channel], color=colour, lw=0.8, label=str(name))
        below.plot(time, part["targets"][trial, :length, channel], color=INK, lw=0.6, ls="--", drawstyle="steps-mid")
    low, high = below.get_ylim()
    below.fill_between(time, low, high, where=judged.tolist(), color=UNTRAINED, alpha=0.15, lw=0, zorder=0)
    below.set_ylim(low, high)
    above.set_xticklabels([])
    if trial == 0:
        above.set_ylabel("input")
        below.set_ylabel("output")
    below.set_xlabel("time (s)")
    if last:
        for axes in (above, below):
            axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
