"""Training curves: task loss and similarity, of every network, with what was accepted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.figures.style import letter, new_figure, save, solution_colour, solution_name

POINTS = 200  # a curve is averaged over this many stretches of steps


def curve_data(loss: Array, penalty: Array, accepted: Array, round_: int) -> dict[str, Array]:
    """Curves [member, point], each point the mean over a stretch of steps."""
    edges = np.linspace(0, loss.shape[1], min(POINTS, loss.shape[1]) + 1).astype(int)
    counts = np.diff(edges)

    def smooth(curve: Array) -> Array:
        return np.add.reduceat(curve.astype(np.float64), edges[:-1], axis=1) / counts

    step = (edges[:-1] + edges[1:]) / 2
    return {
        "step": step,
        "loss": smooth(loss),
        "penalty": smooth(penalty),
        "accepted": accepted,
        "round": np.array(round_),
    }


def draw_training(source: str | Path, files: Sequence[str | Path]) -> None:
    """A row a task: task loss on the left, summed similarity to earlier solutions on the right; dotted: not accepted."""
    artifact = read_artifact(source, FIGURE)
    data = artifact.data
    tasks = list(dict.fromkeys(key.split("|")[0] for key in data))
    figure = new_figure(1.75 * len(tasks) + 0.3)
    axes = figure.subplots(len(tasks), 2, squeeze=False)
    for row, task in enumerate(tasks):
        groups = sorted({key.rsplit("|", 1)[0] for key in data if key.startswith(f"{task}|")})
        labelled: set[int] = set()
        for group in groups:
            part = {key.rsplit("|", 1)[1]: array for key, array in data.items() if key.rsplit("|", 1)[0] == group}
            round_ = int(part["round"])
            for member, accepted in enumerate(part["accepted"]):
                label = None if round_ in labelled else solution_name(round_)
                labelled.add(round_)
                look = {"color": solution_colour(round_), "lw": 0.7, "ls": "-" if accepted else ":"}
                axes[row, 0].plot(part["step"], part["loss"][member], label=label, **look)
                if round_:
                    axes[row, 1].plot(part["step"], part["penalty"][member] / round_, **look)
        axes[row, 0].set_yscale("log")
        axes[row, 0].set(xlabel="step", ylabel=f"{task.replace('_', ' ')}\ntask loss")
        axes[row, 1].set(xlabel="step", ylabel="mean similarity to\nearlier solutions", ylim=(0, 1))
        for column in range(2):
            letter(axes[row, column], "ABCDEFGHIJKL"[2 * row + column])
    axes[0, 0].legend(loc="upper right")
    save(figure, files)
