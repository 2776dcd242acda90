"""What experiment would tell them apart: where alternatives and standards differ most, as a figure and as a table.

Where standards and alternatives differ most, in output and in population geometry: conditions and epochs in which an experiment
could tell them apart. A row a task. Left, the condition in which outputs separate best: how much farther the alternatives' outputs lie
from a standard network's than those of another standard network (below 0: nearer), with the 95 % interval shaded. Right, the best
conditions in performance, in what a linear map from the alternatives' rates leaves of a standard network's (1 − R²), and in the
dimension of the rates (participation ratio): differences from standards with their 95 % intervals. Load and noise are in units of the
trained. The table beside it, experiments.md, ranks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rnnatlas.arrays import Array, Bool
from rnnatlas.artifacts.store import Artifact, write_bytes
from rnnatlas.figures.style import (
    INK,
    UNTRAINED,
    in_lines,
    letter,
    letters,
    new_figure,
    save,
    solution_colour,
    solution_name,
    styled,
)

UNITS = {
    "performance": "difference in performance",
    "output": "excess squared distance\nof outputs to a standard's",
    "unpredicted": "excess of 1 − R²",
    "dimension": "excess dimension",
}
INSTRUMENTS = ("performance", "unpredicted", "dimension")
NOTE = (
    "For each task, alternative and kind of measurement, the conditions in which the median of the alternatives differs most from "
    "that of standard networks: ranked by the end of the 95 % interval nearest to 0, then by size; by size alone where no interval is "
    "defined. Intervals (bootstrap over networks "
    "and trials) are those of each condition on its own, though the best of many conditions were picked: a choice of experiments, "
    "not a test. Output: mean squared difference from standard networks' outputs on the same trials, beyond that among standard networks. "
    "Unpredicted: 1 − R² of a centred linear map to a standard network's rates, likewise. Dimension: participation ratio. "
    "Private and input noise are in units of the trained. Times are since the onset of the epoch."
)
MATCHED = "Standards: trained as long as the alternatives, with their units, schedule and noise."
NOT_MATCHED = (
    "Standards: all of the study, trained for fewer steps than the alternatives (`make controls` trains matched ones)."
)

NO_INTERVALS = "No interval is defined (–): one network of a kind is too few. Ranked by size alone."

Table = dict[str, Array]


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: the output over time in the condition that separates best; then the best conditions of each other kind. The last of
    ``files`` is the table."""
    tables = [artifact.data for artifact in artifacts]
    figure = new_figure(1.9 * len(tables) + 0.45)
    axes = figure.subplots(len(tables), 4, squeeze=False, width_ratios=[1.4, 1.1, 1, 1])
    names = letters()
    for row, table in enumerate(tables):
        _time_courses(axes[row, 0], table, names)
        for column, kind in enumerate(INSTRUMENTS, start=1):
            letter(axes[row, column], next(names))
            _best(axes[row, column], table, kind)
    figure.legend(handles=_legend(tables), loc="outside lower right", ncols=6)
    *drawn, table_file = files
    save(figure, drawn)
    write_experiments(tables, table_file)


def _legend(tables: Sequence[Table]) -> list[Line2D]:
    rounds = sorted({int(str(name).removeprefix("alt-")) for table in tables for name in table["best/alternative"]})
    some = any(_intervals(table).any() for table in tables)
    lines = [
        Line2D(
            [],
            [],
            color=solution_colour(k),
            marker="o",
            ms=3,
            lw=float(some),
            label=f"{solution_name(k)} − standard" + ", 95 % interval" * some,
        )
        for k in rounds
    ]
    if rounds and not all(_intervals(table).all() for table in tables):
        lines.append(Line2D([], [], color=INK, marker="o", ms=3, lw=0, label="no interval: too few networks"))
    return [*lines, Line2D([], [], color=UNTRAINED, lw=0.6, label="no difference")] if rounds else []


def _time_courses(axes: Axes, table: Table, names: Iterator[str]) -> None:
    """Each alternative in the condition in which its outputs separate best, epochs laid end to end."""
    letter(axes, next(names))
    axes.axhline(0.0, color=UNTRAINED, lw=0.6)
    best = np.flatnonzero(table["best/kind"] == "output")
    first = {str(table["best/alternative"][i]): str(table["best/condition"][i]) for i in best[::-1]}
    ends: dict[str, tuple[float, float]] = {}
    for name, condition in sorted(first.items()):
        mine = (
            (table["all/kind"] == "output") & (table["all/alternative"] == name) & (table["all/condition"] == condition)
        )
        shift = 0.0
        for epoch in dict.fromkeys(map(str, table["all/epoch"][mine])):
            rows = np.flatnonzero(mine & (table["all/epoch"] == epoch))
            time = table["all/time"][rows]
            width = 2.0 * time[0]
            place, colour = (shift + time) / 1000.0, solution_colour(int(name.removeprefix("alt-")))
            low, high = table["all/low"][rows], table["all/high"][rows]
            label = f"{name}: {condition}" if not shift else None
            axes.plot(place, table["all/difference"][rows], color=colour, lw=1.0, label=label)
            if np.isfinite(low).all():
                axes.fill_between(place, low, high, color=colour, alpha=0.2, lw=0)
            ends[f"{name} {epoch}"] = shift, shift + time[-1] + width / 2.0
            shift = ends[f"{name} {epoch}"][1]
    _epoch_names(axes, ends)
    axes.set_xlabel("time from onset, epochs end to end (s)", fontsize=6.5)
    axes.set_ylabel(in_lines(table["title"], f"(load: {table['load_name']})", UNITS["output"]), fontsize=6.5)
    if first:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.05, 1.0), fontsize=5.5, handlelength=1.2, borderpad=0.1)


def _epoch_names(axes: Axes, ends: dict[str, tuple[float, float]]) -> None:
    """Names of epochs under the curves where all alternatives are shown in conditions with the same epochs."""
    by_epoch: dict[str, set[tuple[float, float]]] = {}
    for key, span in ends.items():
        by_epoch.setdefault(key.split(" ", 1)[1], set()).add(span)
    if len(by_epoch) < 2 or any(len(spans) > 1 for spans in by_epoch.values()):
        return
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.3 * (high - low))  # for the names
    for epoch, ((start, stop),) in ((epoch, tuple(spans)) for epoch, spans in by_epoch.items()):
        axes.axvline(stop / 1000.0, color=UNTRAINED, lw=0.4, ls=":")
        axes.annotate(
            epoch,
            ((start + stop) / 2000.0, 1.0),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="top",
            fontsize=5,
            rotation=90,
        )


def _best(axes: Axes, table: Table, kind: str) -> None:
    """The best conditions of one kind, difference and interval, named beside their marks."""
    rows = np.flatnonzero(table["best/kind"] == kind)
    axes.axvline(0.0, color=UNTRAINED, lw=0.6, zorder=0)
    for place, row in enumerate(rows):
        colour = solution_colour(int(str(table["best/alternative"][row]).removeprefix("alt-")))
        value, low, high = (float(table[f"best/{name}"][row]) for name in ("difference", "low", "high"))
        if np.isfinite(low) and np.isfinite(high):
            axes.plot([low, high], [-place, -place], color=colour, lw=1.0)
        axes.plot(value, -place, "o", color=colour, ms=3)
        text = _short(str(table["best/condition"][row]), str(table["best/epoch"][row]))
        label = axes.annotate(
            text,
            (0.0, -place + 0.22),
            xycoords=("axes fraction", "data"),
            fontsize=5.2,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "boxstyle": "square,pad=0.1"},
            zorder=1,
        )
        label.set_in_layout(False)
    axes.set(ylim=(-max(len(rows), 1) + 0.4, 0.8), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(UNITS[kind], fontsize=6.5)


def _short(condition: str, epoch: str) -> str:
    """A condition without the noises that are as trained, and its epoch."""
    parts = [part for part in condition.split(", ") if part not in ("private × 1", "input × 1")]
    return ", ".join(parts + ([] if epoch in ("judged", "trial", "silence") else [epoch]))


def write_experiments(tables: Sequence[Table], file: str | Path) -> None:
    """The table as Markdown, for readers."""
    lines = ["# What experiment would tell them apart?", "", NOTE, ""]
    for table in tables:
        lines += [f"## {table['title']}", "", f"Load: {table['load_name']}, in units of the longest trained.", ""]
        if not len(table["best/kind"]):
            lines += ["No alternative is competent: there is nothing to tell apart.", ""]
            continue
        lines += [MATCHED if table["matched"] else NOT_MATCHED, ""]
        lines += [NO_INTERVALS, ""] if not _intervals(table).any() else []
        lines += [
            "| alternative | measurement | condition | epoch | time (ms) | difference | 95 % interval |",
            "|---" * 7 + "|",
        ]
        lines += [_line(table, row) for row in range(len(table["best/kind"]))] + [""]
    write_bytes(file, "\n".join(lines).encode())


def _intervals(table: Table) -> Bool[Array, "row"]:
    """Which of the best experiments have an interval."""
    return np.isfinite(table["best/low"]) & np.isfinite(table["best/high"])


def _line(table: Table, row: int) -> str:
    def number(name: str, digits: str) -> str:
        value = float(table[f"best/{name}"][row])
        return format(value, digits) if np.isfinite(value) else "–"

    texts = [str(table[f"best/{name}"][row]) for name in ("alternative", "kind", "condition", "epoch")]
    interval = f"{number('low', '+.3f')} to {number('high', '+.3f')}" if _intervals(table)[row] else "–"
    return f"| {' | '.join([*texts, number('time', '.0f'), number('difference', '+.3f'), interval])} |"
