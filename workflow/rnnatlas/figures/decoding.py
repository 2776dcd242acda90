"""Supplementary figure: what a linear decoder reads from activity, when, and whether the code lasts.

What linear decoders of the task's variables read from activity, held out over trials. **Left**: score of a decoder trained and tested
at the same time (networks thin, dotted where not competent; medians of competent networks thick; dashed: trials with jittered onset).
*Competent* is what performs as well as standard networks without noise (claim A3), whether or not its training was accepted.
**Matrices**: median score of decoders trained at one time (row) and tested at another (column); in brackets, competent of trained
networks. Below, medians over them of the mean score at the same time and over pairs of bins at least 500 ms apart, where the first is
above 0; the claims' cross-temporal ratio (S7, A6) is the second over the first. **Angle**: the largest principal angle between decoders,
by the time between them. **Right**: what the claims ask of each variable: the cross-temporal ratio, one decoder for all times (A8),
readers of context (A8: linear, kernel, and on shuffled labels), and the share of the angle's variance that the readout sees (S8). Dotted:
the claims' thresholds; bars: medians; open dots: not competent. Bits of the flip-flop are averaged;
of longer chains the first three rounds are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.strips import strip
from rnnatlas.figures.style import (
    DIVERGING,
    INK,
    SHOWN_ROUNDS,
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

SCORES = {"linear": "R²", "circular": "mean cosine", "class": "accuracy\nover chance"}
LOWEST = -0.25  # R² has no lower bound; lines leave the panel here
READERS = {"linear": "logistic", "kernel": "kernel", "shuffled": "shuffled"}

Part = dict[str, Array]


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task and variable: score of a decoder of each moment; scores of decoders of one moment (row) at others (column),
    median of standards and of each alternative; angle between decoders by the time between them; and a measure of its own."""
    parts = [artifact.data for artifact in artifacts]
    rows = [(part, str(row)) for part in parts for row in part["rows"]]
    rounds = in_order(k for part in parts for k in part["round"] if k <= SHOWN_ROUNDS)
    figure = new_figure(1.45 * len(rows) + 0.7)
    widths = [1.1, *[0.95] * len(rounds), 1.0, 1.25]
    axes = figure.subplots(len(rows), len(widths), squeeze=False, width_ratios=widths)
    names = letters()
    image: Any = None
    for line, (part, row) in zip(axes, rows, strict=True):
        letter(line[0], next(names))
        _over_time(line[0], part, row)
        for column, k in enumerate(rounds, start=1):
            image = _cross(line[column], part, row, k, column == 1) or image
        _turned(line[-2], part, row)
        _own(line[-1], part, row)
    for axis, label in zip(axes[-1], ["time (s)", *["tested at (s)"] * len(rounds), "time apart (s)", ""], strict=True):
        axis.set_xlabel(label)
    if image is not None:
        bar = figure.colorbar(image, ax=axes[:, 1 : 1 + len(rounds)], location="bottom", shrink=0.8, aspect=40, pad=0.02, extend="min")  # fmt: skip
        bar.set_label("score of a decoder trained at another time (0: a guess, 1: perfect)", fontsize=6)
        bar.outline.set_linewidth(0.5)  # type: ignore[union-attr]
    figure.legend(handles=_legend(parts, rounds), loc="outside upper right", ncols=7)
    save(figure, files)


def _lines(axes: Axes, x: Array, values: Array, part: Part, ls: str = "-", each: bool = True) -> None:
    """Networks thin, dotted where not competent; medians of the competent thick."""
    rounds, good = part["round"], part["competent"].astype(bool)
    for k in in_order(rounds[rounds <= SHOWN_ROUNDS]):
        mine, colour = rounds == k, solution_colour(int(k))
        for network in np.flatnonzero(mine) if each else ():
            axes.plot(x, values[network], color=colour, lw=0.35, alpha=0.45, ls="-" if good[network] else ":")
        kept = values[mine & good]
        if len(kept):
            axes.plot(x, np.median(kept, axis=0), color=colour, lw=1.3, ls=ls)


def _over_time(axes: Axes, part: Part, row: str) -> None:
    time = part["time"] / 1000.0
    _lines(axes, time, part[f"{row}/diagonal"], part)
    if f"{row}/diagonal_jittered" in part:
        _lines(axes, time, part[f"{row}/diagonal_jittered"], part, "--", each=False)
    axes.axhline(0.0, color=INK, lw=0.4)
    axes.set_ylim(LOWEST, 1.05)
    axes.set_ylabel(in_lines(part["title"], row, SCORES[str(part[f"{row}/scale"])]), fontsize=6)
    chains = int(max((part["round"] == k).sum() for k in range(1, SHOWN_ROUNDS + 1)))
    if text := too_few(chains):
        note(axes, text)


def _cross(axes: Axes, part: Part, row: str, k: int, first: bool) -> Any:
    rounds, good = part["round"], part["competent"].astype(bool)
    mine = rounds == k
    text = f"{solution_name(k)} ({int((mine & good).sum())}/{int(mine.sum())})"
    if f"{row}/cross/{k}" not in part:
        axes.set_title(text, fontsize=6, color=solution_colour(k))
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.text(0.5, 0.5, "none\ncompetent", ha="center", va="center", transform=axes.transAxes, fontsize=6)
        return None
    axes.set_title(f"{text}\n{_lasting(part, row, mine & good)}", fontsize=6, color=solution_colour(k))
    time = part["time"] / 1000.0
    half = (time[1] - time[0]) / 2.0 if len(time) > 1 else 0.5
    extent = (time[0] - half, time[-1] + half, time[0] - half, time[-1] + half)
    image = axes.imshow(part[f"{row}/cross/{k}"], cmap=DIVERGING, vmin=-1.0, vmax=1.0, origin="lower", extent=extent, interpolation="nearest")  # fmt: skip
    axes.xaxis.set_major_locator(MaxNLocator(2))
    axes.yaxis.set_major_locator(MaxNLocator(2))
    if first:
        axes.set_ylabel("trained at (s)", fontsize=6)
    else:
        axes.set_yticklabels([])
    return image


def _lasting(part: Part, row: str, chosen: Array) -> str:
    """Median scores at the same time and at least 500 ms apart, whose ratio is the cross-temporal ratio. A ratio would say nothing
    where the latter is negative."""
    same, ratio = part[f"{row}/diagonal"][chosen].mean(axis=1), part[f"{row}/stability"][chosen]
    defined = np.isfinite(ratio)
    if not defined.any():
        return "nothing to last"
    return f"{np.median(same[defined]):.2f}, apart {np.median((same * ratio)[defined]):.2f}".replace("-", "−")


def _turned(axes: Axes, part: Part, row: str) -> None:
    _lines(axes, (part["time"] - part["time"][0]) / 1000.0, part[f"{row}/turned"], part)
    axes.set(ylim=(-3.0, 93.0), yticks=[0, 45, 90])
    axes.set_ylabel("angle between\ndecoders (°)", fontsize=6)


def _own(axes: Axes, part: Part, row: str) -> None:
    """What the claims ask of this variable: potent shares, readers of context, one decoder for all times, or the ratio."""
    if row == "angle" and "potent/delay" in part:
        groups = {name.removeprefix("potent/"): part[name] for name in ("potent/delay", "potent/response") if name in part}  # fmt: skip
        _groups(axes, groups, part)
        axes.set_yscale("log")
        for bound in ("delay", "response"):
            axes.axhline(float(part[f"threshold/{bound}"]), color=UNTRAINED, lw=0.6, ls=":")
        axes.set_ylim(top=1.3)
        axes.set_ylabel("share of the angle's\nvariance in readout", fontsize=6)
    elif row == "context" and "context/kernel" in part:
        _groups(axes, {name: part[f"context/{key}"] for name, key in READERS.items()}, part)
        axes.axhline(float(part["threshold/chance"]), color=UNTRAINED, lw=0.6, ls=":")
        axes.set_ylim(0.0, 1.05)
        axes.set_ylabel("accuracy, readers\nof context", fontsize=6)
    elif str(part[f"{row}/scale"]) == "linear":
        _groups(axes, {"one decoder": part[f"{row}/fixed"]}, part)
        axes.set_ylabel("R² of one decoder\nfor all times", fontsize=6)
        axes.set_ylim(min(0.0, float(part[f"{row}/fixed"].min()) - 0.05), 1.05)
    else:
        _groups(axes, {"ratio": part[f"{row}/stability"]}, part)
        axes.axhline(float(part["threshold/ratio"]), color=UNTRAINED, lw=0.6, ls=":")
        axes.set_ylabel("cross-temporal\nratio", fontsize=6)


def _groups(axes: Axes, groups: dict[str, Array], part: Part) -> None:
    """A block for each measure, in it a column for each solution."""
    rounds, good = part["round"], part["competent"].astype(bool)
    shown = in_order(rounds[rounds <= SHOWN_ROUNDS])
    middles: list[float] = []
    for block, values in enumerate(groups.values()):
        start = block * (len(shown) + 0.8)
        middles.append(start + (len(shown) - 1) / 2.0)
        for column, k in enumerate(shown):
            mine = rounds == k
            strip(axes, start + column, values[mine], solution_colour(k), good[mine])
    axes.set_xticks(middles, list(groups) if len(groups) > 1 else [""], fontsize=5.5 if len(groups) < 3 else 4.8)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.7, middles[-1] + (len(shown) - 1) / 2.0 + 0.7)


def _legend(parts: list[Part], rounds: list[int]) -> list[Line2D]:
    lines = [Line2D([], [], color=solution_colour(k), lw=1.3, label=solution_name(k)) for k in rounds]
    if any(key.endswith("diagonal_jittered") for part in parts for key in part):
        lines.append(Line2D([], [], color=INK, lw=1.0, ls="--", label="jittered onset"))
    if not all(part["competent"].all() for part in parts):
        lines.append(Line2D([], [], color=INK, lw=0.6, ls=":", label="not competent"))
    lines.append(Line2D([], [], color=UNTRAINED, lw=0.6, ls=":", label="a claim's threshold"))
    return lines
