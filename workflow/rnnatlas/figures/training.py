"""Training curves: task loss and similarity, of every network, with what was accepted.

Training curves of every network: task loss, and for alternatives the mean similarity to the earlier solutions of their chain on
the training trials. Dotted: missed the acceptance criterion.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import in_lines, letter, new_figure, save, solution_colour, solution_name, styled


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: task loss on the left, summed similarity to earlier solutions on the right; dotted: not accepted."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(1.75 * len(parts) + 0.3)
    axes = figure.subplots(len(parts), 2, squeeze=False)
    for row, part in enumerate(parts):
        labelled: set[int] = set()
        for ensemble in map(str, part["ensembles"]):
            round_, step = int(part[f"{ensemble}/round"]), part[f"{ensemble}/step"]
            for member, accepted in enumerate(part[f"{ensemble}/accepted"]):
                label = None if round_ in labelled else solution_name(round_)
                labelled.add(round_)
                look = {"color": solution_colour(round_), "lw": 0.7, "ls": "-" if accepted else ":"}
                axes[row, 0].plot(step, part[f"{ensemble}/loss"][member], label=label, **look)
                if round_:
                    axes[row, 1].plot(step, part[f"{ensemble}/penalty"][member] / round_, **look)
        axes[row, 0].set_yscale("log")
        axes[row, 0].set(xlabel="step", ylabel=in_lines(part["title"], "task loss"))
        axes[row, 1].set(xlabel="step", ylabel="mean similarity to\nearlier solutions", ylim=(0, 1))
        for column in range(2):
            letter(axes[row, column], "ABCDEFGHIJKL"[2 * row + column])
    axes[0, 0].legend(loc="upper right")
    save(figure, files)
