"""Figure 5: how standard networks and alternatives fare under conditions harder than training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from rnnatlas.arrays import Array
from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.figures.style import letter, new_figure, note, save, solution_colour, solution_name

SMALLEST_CHAINS = 4


def draw_hard(source: str | Path, files: Sequence[str | Path]) -> None:
    """A row a task: performance against private noise, input noise and load, each network a thin line, medians thick."""
    data = read_artifact(source, FIGURE).data
    tasks = list(dict.fromkeys(key.split("/")[0] for key in data))
    figure = new_figure(1.75 * len(tasks) + 0.3)
    axes = figure.subplots(len(tasks), 3, squeeze=False, sharey="row")
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for row, task in enumerate(tasks):
        part = {key.split("/", 1)[1]: array for key, array in data.items() if key.startswith(f"{task}/")}
        _row(axes[row], part, letters)
    axes[0, 2].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    save(figure, files)


def _row(axes: Array, part: dict[str, Array], letters: object) -> None:
    title = str(part["title"])
    load, private, input_ = part["load"], part["private_noise"], part["input_noise"]
    trained_load = int(np.argmin(np.abs(load - 1.0)))
    trained = int(np.argmin(np.abs(private - 1.0)))
    plain = int(np.argmin(np.abs(input_ - 1.0)))
    grid = part["performance"]  # [network, load, private, input]
    panels = (
        (private, grid[:, trained_load, :, plain], "private noise (× trained)"),
        (input_, grid[:, trained_load, trained, :], "input noise (× trained)"),
        (load, grid[:, :, trained, plain], f"{part['load_name']} (× longest trained)"),
    )
    for axis, (levels, values, label) in zip(axes, panels, strict=True):
        letter(axis, next(letters))  # type: ignore[call-overload]
        if len(levels) < 2:
            axis.set_axis_off()
            axis.text(
                0.5, 0.5, "no input noise\nin this task", ha="center", va="center", transform=axis.transAxes, fontsize=7
            )
            continue
        _lines(axis, levels, values, part["round"], part["accepted"].astype(bool))
        axis.set_xscale("log", base=2)
        axis.set_xticks(levels, [f"{level:g}" for level in levels])
        axis.minorticks_off()
        axis.set_xlabel(label)
    axes[0].set_ylabel(f"{title}\nperformance")
    chains = int((part["round"] == 1).sum())
    if 0 < chains < SMALLEST_CHAINS:
        note(axes[0], f"{chains} chain{'s' * (chains != 1)}: too few for a verdict")


def _lines(axes: Axes, levels: Array, values: Array, rounds: Array, accepted: Array) -> None:
    for round_ in np.unique(rounds):
        mine = rounds == round_
        colour = solution_colour(int(round_))
        for network in np.flatnonzero(mine):
            axes.plot(levels, values[network], color=colour, lw=0.4, alpha=0.5, ls="-" if accepted[network] else ":")
        missed = int((mine & ~accepted).sum())
        name = solution_name(int(round_)) + (f" ({missed} not converged)" if missed else "")
        axes.plot(levels, np.median(values[mine], axis=0), color=colour, marker="o", ms=3, lw=1.4, label=name)
