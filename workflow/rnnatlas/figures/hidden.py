"""Supplementary figure: is the earlier state absent from an alternative, or hidden from linear readers?

What readers recover of an earlier solution (right of the arrow; reference, ref.: the standard network that a chain began with) from a later
one, by the number of samples that they are fitted on: linear readers dashed, kernel readers solid; thin lines networks, thick lines
medians. Beside the alternatives: an untrained network, another standard network, and the earlier network itself with noise, which is
the ceiling. Dotted: claim A10 calls hidden what kernel readers recover above the upper line, and linear ones below the lower. Of longer
chains the first three rounds are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    INK,
    SHOWN_ROUNDS,
    STANDARD,
    UNTRAINED,
    in_lines,
    letter,
    letters,
    new_figure,
    note,
    save,
    solution_colour,
    solution_name,
    styled,
    too_few,
)

NAMES = ("alternative", "untrained", "other standard", "earlier network itself")
MARKERS = ("o", "x", "s", "^")
FEW = 3  # panels beside which there is room for the legend: two rounds


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task, a panel for each step back in a chain: R² of kernel readers (solid) and linear ones (dashed) by the number
    of samples; each network a thin line, medians thick. Dotted: what claim A10 calls hidden."""
    parts = [artifact.data for artifact in artifacts]
    steps = {(int(r), int(e)) for part in parts for r, e in zip(part["round"], part["earlier"], strict=True)}
    panels = sorted(step for step in steps if step[0] <= SHOWN_ROUNDS)
    many = len(panels) > FEW
    figure = new_figure(1.9 * len(parts) + (0.7 if many else 0.3))
    axes = figure.subplots(len(parts), max(1, len(panels)), squeeze=False, sharex=True, sharey=True)
    names = letters()
    for row, part in enumerate(parts):
        _row(axes[row], part, panels, names)
        axes[row, 0].set_ylabel(in_lines(part["title"], "held-out R²"))
    for axis in axes[-1]:
        axis.set_xlabel("samples fitted")
    if many:
        figure.legend(handles=_legend(panels, parts), loc="outside lower center", ncols=5)
    else:
        axes[0, -1].legend(handles=_legend(panels, parts), loc="upper left", bbox_to_anchor=(1.0, 1.0))
    save(figure, files)


def _row(axes: Array, part: dict[str, Array], panels: list[tuple[int, int]], names: Iterator[str]) -> None:
    for axis, (round_, earlier) in zip(axes, panels, strict=False):
        letter(axis, next(names))
        mine = (part["round"] == round_) & (part["earlier"] == earlier)
        few = len(panels) <= FEW
        before = solution_name(earlier) if earlier > 0 else "reference" if few else "ref."
        axis.set_title(f"{solution_name(round_)} → {before}", pad=13, fontsize=8 if few else 7)
        axis.axhline(0.0, color=INK, lw=0.4)
        # Claim A10 calls hidden what ends above the one, solid, and below the other, dashed.
        for level in map(float, (part["threshold/kernel"], part["threshold/linear"])):
            axis.axhline(level, color=INK, lw=0.4, ls=":")
        for kind in (1, 2, 3, 0):  # the alternatives on top
            _lines(axis, part, mine & (part["kind"] == kind), kind, round_)
        axis.set_xscale("log", base=2)
        told = [f"{n:,}" if few or n in (min(part["samples"]), max(part["samples"])) else "" for n in part["samples"]]
        axis.set_xticks(part["samples"], told)
        axis.minorticks_off()
        axis.set_ylim(-0.05, 1.03)
        chains = int((mine & (part["kind"] == 0)).sum())
        if text := too_few(chains, " for a verdict"):
            note(axis, text)


def _lines(axes: Axes, part: dict[str, Array], chosen: Array, kind: int, round_: int) -> None:
    if not chosen.any():
        return
    colour = _colour(kind, round_)
    for reader, style in (("linear", "--"), ("kernel", "-")):
        curves = part[reader][chosen]
        if len(curves) > 1:
            axes.plot(part["samples"], curves.T, color=colour, lw=0.4, alpha=0.5, ls=style)
        median = np.median(curves, axis=0)
        marker = MARKERS[kind] if reader == "kernel" else None
        axes.plot(part["samples"], median, color=colour, ls=style, lw=1.3, marker=marker, ms=3)


def _colour(kind: int, round_: int) -> str:
    return (solution_colour(round_), UNTRAINED, STANDARD, INK)[kind]


def _legend(panels: list[tuple[int, int]], parts: Sequence[dict[str, Array]]) -> list[Line2D]:
    rounds = sorted({round_ for round_, _ in panels})
    lines = [Line2D([], [], color=_colour(0, r), marker=MARKERS[0], ms=3, label=solution_name(r)) for r in rounds]
    lines += [Line2D([], [], color=_colour(k, 0), marker=MARKERS[k], ms=3, label=NAMES[k]) for k in (1, 2, 3)]
    readers = (("kernel reader", "-"), ("linear reader", "--"))
    lines += [Line2D([], [], color=INK, ls=style, label=label) for label, style in readers]
    kernel, linear = (float(parts[0][f"threshold/{name}"]) for name in ("kernel", "linear"))
    return [
        *lines,
        Line2D([], [], color=INK, lw=0.6, ls=":", label=f"hidden (A10): kernel\n≥ {kernel:g}, linear ≤ {linear:g}"),
    ]
