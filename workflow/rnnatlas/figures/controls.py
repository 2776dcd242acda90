"""Supplementary figure: controls (a) to (d), M2 and M3.

Controls. **Finer steps** (d): performance of every network at its time step dt, at dt/2 and at dt/4, private noise as trained (networks
thin, dotted where not competent by claim A3; medians of competent networks thick; claim A12 is about what alternatives lose from dt to
dt/4); the share of all networks that had no stable fixed point at dt and gain one at a finer step, whose absence is then the Euler step's,
with its 95 % interval (claim A4t asks for alternatives without one at zero input at every step and in continuous time). Where they were trained:
standard networks with the alternatives' activity norm (a) or their steps and schedule (b), and alternatives deflated against random
untrained networks (c), and alternatives of an adapted strength (auto), beside standards (std) and alt-1: the share that meets the
criterion of alt-1 (A4, A5 or A6, whichever is the task's), distance from standard networks by dynamical similarity analysis (DSA) in
units of that within a population (line: 1; dotted: the bound of claim A7), and performance under the high noise of the H claims; bars:
medians of competent networks, open dots: not competent. **M3**: task loss at the end of training with and without the null-space
projection, chains joined. **M2**: alternatives trained against predictivity in the right and the wrong direction, and against centred
kernel alignment (CKA): what they reached on their own measure, and how well they still predict the earlier solution; dotted: the claim's
thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.controls_measure import draw_projection, draw_wrong_measures
from rnnatlas.figures.strips import share, strip
from rnnatlas.figures.style import (
    INK,
    MARKERS,
    OTHERS,
    STANDARD,
    UNTRAINED,
    in_lines,
    in_order,
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

GROUPS = {
    "standard": ("std", STANDARD),
    "alt-1": ("alt-1", solution_colour(1)),
    "norm_matched": ("(a)", OTHERS[3]),
    "matched": ("(b)", OTHERS[3]),
    "sham": ("(c)", OTHERS[3]),
    "auto": ("auto", OTHERS[3]),
}
CONTROLS = "controls: (a) norm, (b) steps, (c) sham, auto: strength"
ABSENT = "controls (a) to (c), M2 and M3: not trained (make controls)"

Part = dict[str, Array]


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: performance by time step and gained stable points; where the controls were trained, criterion, distance and hard
    noise; below, M2 and M3. Without controls, performance without private noise stands there."""
    parts = [artifact.data for artifact in artifacts]
    controlled = any("groups" in part for part in parts)
    below = any(key.startswith(("M2/", "M3/")) for part in parts for key in part)
    names = letters()
    figure = new_figure(1.6 * (len(parts) + below) + 0.5)
    widths = [1.0, 0.85, 1.15, 1.15, 1.15] if controlled else [1.0, 0.8, 1.0]
    heights = [1.0] * len(parts) + [1.4] * below  # with labels of two lines under it
    grid = figure.add_gridspec(len(parts) + below, len(widths), width_ratios=widths, height_ratios=heights)
    for row, part in enumerate(parts):
        axes = [figure.add_subplot(grid[row, column]) for column in range(len(widths))]
        for panel in axes[: 2 if controlled and "groups" not in part else None]:
            letter(panel, next(names))
        axes[0].set_ylabel(in_lines(part["title"]))
        _steps(axes[0], part, "noisy", "performance")
        _gains(axes[1], part)
        if "groups" in part:
            _beside(axes[2:], part)
        elif controlled:
            for panel in axes[2:]:
                panel.set_axis_off()
            absent = axes[3].text(
                0.5, 0.5, ABSENT, ha="center", va="center", transform=axes[3].transAxes, color=UNTRAINED
            )
            absent.set_in_layout(False)  # wider than its panel
        else:
            _steps(axes[2], part, "clean", "performance without private noise")
    if below:
        _below(figure, grid[len(parts), :], parts, names)
    if not controlled:
        figure.supxlabel(ABSENT, fontsize=6.5, color=UNTRAINED)
    figure.legend(handles=_legend(parts, controlled), loc="outside upper right", ncols=6)
    save(figure, files)


def _few(axes: Axes, chains: int) -> None:
    """Under the title of a panel, whether it shows too few chains for a verdict."""
    if text := too_few(chains):
        axes.set_title(axes.get_title(), fontsize=6.5, pad=13)
        note(axes, text)


def _steps(axes: Axes, part: Part, kind: str, title: str) -> None:
    """Performance at each step; the x axis counts halvings."""
    rounds, good, factor = part["finer/round"], part["finer/competent"].astype(bool), part["finer/factor"]
    values, x = part[f"finer/{kind}"], np.arange(len(factor))
    for k in in_order(rounds):
        mine, colour = rounds == k, solution_colour(int(k))
        for network in np.flatnonzero(mine):
            ls = "-" if good[network] else ":"
            axes.plot(x, values[network], color=colour, lw=0.35 if good[network] else 0.7, alpha=0.5, ls=ls)
        if (mine & good).any():
            marker = MARKERS[int(k) % len(MARKERS)]
            axes.plot(x, np.median(values[mine & good], axis=0), color=colour, lw=1.3, marker=marker, ms=2.5)
    axes.set_xticks(x, ["dt" if f == 1 else f"dt/{f}" for f in factor])
    axes.set_xlabel("Euler step", fontsize=6.5)
    axes.set_title(title, fontsize=6.5)
    _few(axes, int((rounds == 1).sum()))


def _gains(axes: Axes, part: Part) -> None:
    rounds = part["finer/round"]
    shown = in_order(rounds)
    for column, k in enumerate(shown):
        share(axes, column, part["finer/gains"][rounds == k].astype(bool), solution_colour(k))
    _columns(axes, [solution_name(k).replace("standard", "std") for k in shown])
    axes.set_ylim(-0.04, 1.14)
    axes.set_ylabel("share of networks", fontsize=6.5)
    axes.set_title("gain stable points\nat dt/2 or dt/4", fontsize=6.5)


def _columns(axes: Axes, names: list[str]) -> None:
    axes.set_xticks(range(len(names)), names, fontsize=6 if len(names) < 5 else 5)
    axes.set_xlim(-0.6, len(names) - 0.4)


def _beside(axes: list[Axes], part: Part) -> None:
    """Criterion, distance and hard noise of standards, alt-1 and controls."""
    names = [name for name in GROUPS if name in part["groups"]]
    for column, name in enumerate(names):
        colour, good = GROUPS[name][1], part[f"{name}/competent"].astype(bool)
        share(axes[0], column, part[f"{name}/meets"].astype(bool), colour)
        for panel, key in ((axes[1], "distance"), (axes[2], "hard")):
            strip(panel, column, part[f"{name}/{key}"], colour, good)
    for panel in axes:
        _columns(panel, [GROUPS[name][0] for name in names])
    axes[0].set_ylim(-0.04, 1.14)
    axes[0].set_ylabel("share of networks", fontsize=6.5)
    axes[0].set_title("meet\nalt-1's criterion", fontsize=6.5)
    axes[1].axhline(float(part["threshold/distinct"]), color=UNTRAINED, lw=0.6, ls=":")
    axes[1].axhline(1.0, color=UNTRAINED, lw=0.4)
    axes[1].set_ylim(bottom=0.0)
    axes[1].set_title("DSA distance from standards,\nin units of that within", fontsize=6.5)
    level, kind = float(part["hard/level"]), str(part["hard/kind"])
    axes[2].set_title(f"performance,\n{kind} × {level:g}" if np.isfinite(level) else "performance,\nhigh noise", fontsize=6.5)  # fmt: skip
    undefined = not any(np.isfinite(part[f"{name}/distance"]).any() for name in names)
    for panel, missing, text in (
        (axes[1], undefined, "one standard\na population:\nundefined"),
        (axes[2], not np.isfinite(level), f"no {kind}\nof the grid is high"),
    ):
        if missing:
            panel.text(0.5, 0.5, text, ha="center", va="center", transform=panel.transAxes, fontsize=6)
            panel.set_yticks([])


def _below(figure: Figure, place: SubplotSpec, parts: list[Part], names: Iterator[str]) -> None:
    """M2 of each task that has it, then M3."""
    measured = [part for part in parts if any(key.startswith("M2/") for key in part)]
    projected = [part for part in parts if "M3/unprojected" in part]
    row = place.subgridspec(1, 2 * len(measured) + len(projected), width_ratios=[1.2] * (2 * len(measured)) + [0.8] * len(projected))  # fmt: skip
    axes = [figure.add_subplot(row[0, column]) for column in range(row.ncols)]
    for k, part in enumerate(measured):
        pair = axes[2 * k : 2 * k + 2]
        for panel in pair:
            letter(panel, next(names))
        draw_wrong_measures(pair, part)
        _few(pair[1], min(len(array) for key, array in part.items() if key.startswith("M2/")))
    for k, (panel, part) in enumerate(zip(axes[2 * len(measured) :], projected, strict=True)):
        letter(panel, next(names))
        if k == 0:
            panel.set_ylabel("task loss at the end", fontsize=6.5)
        draw_projection(panel, part)


def _legend(parts: list[Part], controlled: bool) -> list[Line2D]:
    rounds = in_order(k for part in parts for k in part["finer/round"])
    lines = [Line2D([], [], color=solution_colour(k), marker=MARKERS[k % len(MARKERS)], ms=2.5, label=solution_name(k).replace("standard", "standard (std)")) for k in rounds]  # fmt: skip
    if controlled:
        lines.append(Line2D([], [], color=OTHERS[3], marker="o", lw=0, ms=2.5, label=CONTROLS))
        lines.append(Line2D([], [], color=INK, marker="o", mfc="white", lw=0, ms=2.5, label="not competent"))
    elif not all(part["finer/competent"].all() for part in parts):
        lines.append(Line2D([], [], color=INK, lw=0.7, ls=":", label="not competent"))
    return lines
