"""Supplementary figure: how standard networks and alternatives bear noise on their weights, and kicks to their state.

Left: performance, with private noise as trained, when each recurrent weight is multiplied by 1 + ε ξ, ξ standard normal, mean over
draws of ξ. Thin lines are networks (dotted: not competent, that is, not as good as standard networks without noise by claim A3), thick
lines medians of the competent, bands their 95 % interval over networks. Middle: the smallest kick to the state in a silent delay that
changes what the network remembers: its output at the end of a run without noise, compared with that of the run that was not kicked.
A dot is a network, its median over random directions and trials (open: not competent; triangle: beyond the largest kick tried, dotted);
bars are medians of the competent with their 95 % interval. Kicks are in units of the spread of the states at that moment, the root mean square
of their distance from their mean over trials. Right: the same kicks in units of x. The two may order groups differently: where a
solution's states lie further from each other, the same kick is a smaller part of their spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.strips import SPREAD
from rnnatlas.figures.style import (
    INK,
    MARKERS,
    OTHERS,
    REFERENCE_MARKER,
    UNTRAINED,
    in_lines,
    letter,
    letters,
    new_figure,
    note,
    save,
    solution_colour,
    styled,
    too_few,
)

KICKS = {"kick": "state spreads", "kick_in_x": "units of x"}
NAMES = {"standard": "std", "matched": "match", "reference": "ref"}  # in the columns of a narrow panel
TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MORE_TICKS = tuple(digit * 10.0**power for power in range(-2, 3) for digit in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0))
NO_DELAY = "no kicks: this task's trials\nhave no delay"

Part = dict[str, Array]


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: performance against weight noise, and smallest kicks by group in both units, on one scale for all tasks."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(1.75 * len(parts) + 0.35)
    axes = figure.subplots(len(parts), 1 + len(KICKS), squeeze=False, width_ratios=[1.35, *[1.0] * len(KICKS)])
    names = letters()
    for (left, *right), part in zip(axes, parts, strict=True):
        letter(left, next(names))
        _weights(left, part)
        left.set_ylabel(in_lines(part["title"], "performance"), fontsize=6.5)
        if "network/beyond" in part:
            for panel, (key, unit) in zip(right, KICKS.items(), strict=True):
                letter(panel, next(names))
                _kicks(panel, part, key)
                panel.set_ylabel(f"smallest kick\n({unit})", fontsize=6.5)
        else:
            _no_kicks(right)
    kicked = [row for row, part in enumerate(parts) if "network/beyond" in part]
    for column, key in enumerate(KICKS, start=1):
        _common(list(axes[kicked, column]), [parts[row] for row in kicked], key)
    figure.legend(handles=_legend(parts), loc="outside upper right", ncols=7)
    save(figure, files)


def _look(part: Part, group: int) -> tuple[str, str]:
    """Colour and marker of a group."""
    round_ = int(part["group/round"][group])
    if part["group/matched"][group]:
        return OTHERS[2], MARKERS[-1]
    return solution_colour(round_), REFERENCE_MARKER if round_ < 0 else MARKERS[round_ % len(MARKERS)]


def _legend(parts: list[Part]) -> list[Line2D]:
    looks: dict[str, tuple[str, str]] = {}
    for part in parts:
        for group, label in enumerate(map(str, part["group/label"])):
            looks.setdefault(label, _look(part, group))
    order = sorted(looks, key=lambda label: (label.startswith("alt-"), label != "standard", label))
    shown = {"matched": "matched standard"}
    lines = [
        Line2D([], [], color=looks[n][0], marker=looks[n][1], ms=2.5, lw=1.3, label=shown.get(n, n)) for n in order
    ]
    lines.append(Line2D([], [], color=INK, lw=0.4, label="single network"))
    if not all(part["network/competent"].all() for part in parts):
        lines.append(Line2D([], [], color=INK, lw=0.7, ls=":", label="not competent"))
    if any(part["network/beyond"].any() for part in parts if "network/beyond" in part):
        lines.append(Line2D([], [], color=INK, marker="^", ms=2.5, ls="", label="beyond the largest kick"))
    return lines


def _weights(axes: Axes, part: Part) -> None:
    """Performance of each network, and medians with intervals; the levels stand at equal distances."""
    level, values, good = part["level"], part["network/weights"], part["network/competent"].astype(bool)
    x = np.arange(len(level))
    for group in range(len(part["group/label"])):
        colour, marker = _look(part, group)
        for network in np.flatnonzero(part["network/group"] == group):
            ls, lw = ("-", 0.3) if good[network] else (":", 0.7)
            axes.plot(x, values[network], color=colour, lw=lw, ls=ls, alpha=0.4)
        middle, low, high = part["group/weights"][group].T
        axes.fill_between(x, low, high, color=colour, alpha=0.25, lw=0, zorder=3)
        axes.plot(x, middle, color=colour, marker=marker, ms=2.5, lw=1.3, zorder=4)
    axes.set_xticks(x, [f"{100 * eps:g}" for eps in level])
    axes.set_xlabel("weight noise ε (%)", fontsize=6.5)
    if text := too_few(int(np.isin(part["network/group"], np.flatnonzero(part["group/round"] == 1)).sum())):
        note(axes, text)


def _no_kicks(panels: Sequence[Axes]) -> None:
    """What stands in the place of kicks of a task without a delay."""
    for panel in panels:
        panel.set_axis_off()
    panels[0].text(0.5, 0.5, NO_DELAY, ha="center", va="center", transform=panels[0].transAxes, color=UNTRAINED, fontsize=6.5)  # fmt: skip


def _kicks(axes: Axes, part: Part, key: str) -> None:
    """A column a group: its networks, and their median with its interval."""
    beyond, good = part["network/beyond"].astype(bool), part["network/competent"].astype(bool)
    for group in range(len(part["group/label"])):
        colour, _ = _look(part, group)
        mine = np.flatnonzero(part["network/group"] == group)
        places = group + (np.linspace(-SPREAD, SPREAD, len(mine)) if len(mine) > 1 else np.zeros(len(mine)))
        for marker, chosen in (("o", ~beyond[mine]), ("^", beyond[mine])):
            faces = [colour if able else "white" for able in good[mine][chosen]]
            heights = part[f"network/{key}"][mine][chosen]
            axes.scatter(places[chosen], heights, s=7, c=faces, edgecolors=colour, marker=marker, lw=0.5, alpha=0.6, zorder=3)  # fmt: skip
        middle, low, high = part[f"group/{key}"][group]
        axes.plot([group - 0.4, group + 0.4], [middle] * 2, color=INK, lw=1.2, zorder=5)
        axes.plot([group] * 2, [low, high], color=INK, lw=0.9, zorder=5)
    if key == "kick":
        axes.axhline(float(part["largest"]), color=UNTRAINED, lw=0.6, ls=":")
    labels = [NAMES.get(label, label) for label in map(str, part["group/label"])]
    axes.set_xticks(range(len(labels)), labels, fontsize=6 if len(labels) < 5 else 5)
    axes.set_xlim(-0.6, len(labels) - 0.4)


def _common(axes: Sequence[Axes], parts: list[Part], key: str) -> None:
    """One logarithmic scale for the panels of a column, with few, round ticks; it ends at the largest kick only where a network gets
    there."""
    if not parts:
        return
    values = np.concatenate([part[name].ravel() for part in parts for name in (f"network/{key}", f"group/{key}")])
    low, high = float(np.nanmin(values)) / 1.35, float(np.nanmax(values)) * 1.35
    ticks = [tick for tick in TICKS if low <= tick <= high]
    if len(ticks) < 3:
        ticks = [tick for tick in MORE_TICKS if low <= tick <= high]
    for panel in axes:
        panel.set_yscale("log")
        panel.set_ylim(low, high)
        panel.yaxis.set_major_locator(FixedLocator(ticks))
        panel.yaxis.set_minor_locator(NullLocator())
        panel.set_yticklabels([f"{tick:g}" for tick in ticks])
