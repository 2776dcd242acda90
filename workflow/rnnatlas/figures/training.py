"""Training curves: task loss and similarity, of every network, with what was accepted.

Training curves of every network: task loss, and for alternatives the similarity to the earlier solution of their chain
that they are most like, on the training trials. A curve ends in a dot if the network was *accepted*: at the end of training, with its private noise, it performed as
well as the settings ask for (`acceptance`); in a cross, and dotted, if not. Above: accepted of trained networks. Whether a network is
*competent* (claim A3) is another question, asked without noise and beside the standard networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.lines import Line2D

from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    INK,
    in_lines,
    letter,
    letters,
    new_figure,
    save,
    solution_colour,
    solution_name,
    styled,
)


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: task loss on the left, largest similarity to an earlier solution on the right; dotted: not accepted."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(1.85 * len(parts) + 0.45)
    axes = figure.subplots(len(parts), 2, squeeze=False)
    names, shown, missed = letters(), set[int](), False
    for row, part in zip(axes, parts, strict=True):
        counts: dict[int, list[bool]] = {}
        for ensemble in map(str, part["ensembles"]):
            round_, step = int(part[f"{ensemble}/round"]), part[f"{ensemble}/step"]
            for member, accepted in enumerate(map(bool, part[f"{ensemble}/accepted"])):
                counts.setdefault(round_, []).append(accepted)
                look = {"color": solution_colour(round_), "lw": 0.7, "ls": "-" if accepted else ":"}
                end = {
                    "marker": "o" if accepted else "x",
                    "ms": 2.5 if accepted else 4.0,
                    "markevery": [-1],
                    "clip_on": False,
                }
                row[0].plot(step, part[f"{ensemble}/loss"][member], **look, **end)
                if round_ > 0:
                    row[1].plot(step, part[f"{ensemble}/similarity"][member], **look, **end)
        shown |= counts.keys()
        missed |= not all(map(all, counts.values()))
        row[0].set_yscale("log")
        row[0].set(xlabel="training step", ylabel=in_lines(part["title"], "task loss"))
        row[1].set(xlabel="training step", ylabel="similarity to the most\nalike earlier solution", ylim=(0, 1))
        for panel in row:
            letter(panel, next(names))
        accepted = [f"{solution_name(k)} {sum(found)}/{len(found)}" for k, found in counts.items()]
        row[0].set_title(f"accepted: {', '.join(accepted)}", fontsize=6.5)
    handles = [Line2D([], [], color=solution_colour(k), lw=1.0, label=solution_name(k)) for k in sorted(shown)]
    handles.append(Line2D([], [], color=INK, lw=0.7, marker="o", ms=2.5, markevery=[-1], label="accepted"))
    if missed:
        handles.append(
            Line2D([], [], color=INK, lw=0.7, ls=":", marker="x", ms=4.0, markevery=[-1], label="not accepted")
        )
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    save(figure, files)
