"""What experiment would tell them apart: where alternatives and standards differ most, as a figure and as a table.

Where standards and alternatives differ most, in output and in population geometry: conditions and epochs in which an experiment
could tell them apart. The table beside it, experiments.md, ranks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from rnnatlas.arrays import Array
from rnnatlas.artifacts.store import Artifact, write_bytes
from rnnatlas.figures.style import INK, UNTRAINED, in_lines, letter, new_figure, save, solution_colour, styled

UNITS = {
    "performance": "difference in performance",
    "output": "excess squared distance\nof outputs to a standard's",
    "unpredicted": "excess of 1 − R²",
    "dimension": "excess dimension",
}
INSTRUMENTS = ("performance", "unpredicted", "dimension")
NOTE = (
    "For each task, alternative and kind of measurement, the conditions in which the median of the alternatives differs most from "
    "that of standard networks: ranked by the end of the 95 % interval nearest to 0, then by size. Intervals (bootstrap over networks "
    "and trials) are those of each condition on its own, though the best of many conditions were picked: a choice of experiments, "
    "not a test. Output: mean squared difference from standard networks' outputs on the same trials, beyond that among standard networks. "
    "Unpredicted: 1 − R² of a centred linear map to a standard network's rates, likewise. Dimension: participation ratio. "
    "Private and input noise are in units of the trained. Times are since the onset of the epoch."
)
MATCHED = "Standards: trained as long as the alternatives, with their units, schedule and noise."
NOT_MATCHED = (
    "Standards: all of the study, trained for fewer steps than the alternatives (`make controls` trains matched ones)."
)

Table = dict[str, Array]


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: the output over time in the condition that separates best; then the best conditions of each other kind. The last of
    ``files`` is the table."""
    tables = [artifact.data for artifact in artifacts]
    figure = new_figure(1.85 * len(tables) + 0.3)
    axes = figure.subplots(len(tables), 4, squeeze=False, width_ratios=[1.4, 1.1, 1, 1])
    letters = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for row, table in enumerate(tables):
        _time_courses(axes[row, 0], table, letters)
        for column, kind in enumerate(INSTRUMENTS, start=1):
            letter(axes[row, column], next(letters))
            _best(axes[row, column], table, kind)
    *drawn, table_file = files
    save(figure, drawn)
    write_experiments(tables, table_file)


def _time_courses(axes: Axes, table: Table, letters: Iterator[str]) -> None:
    """Each alternative in the condition in which its outputs separate best, epochs laid end to end."""
    letter(axes, next(letters))
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
    axes.set_ylabel(in_lines(table["title"], UNITS["output"]), fontsize=6.5)
    if first:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.05, 1.0), fontsize=5.5, handlelength=1.2, borderpad=0.1)


def _epoch_names(axes: Axes, ends: dict[str, tuple[float, float]]) -> None:
    """Names of epochs under the curves where all alternatives are shown in conditions with the same epochs."""
    by_epoch: dict[str, set[tuple[float, float]]] = {}
    for key, span in ends.items():
        by_epoch.setdefault(key.split(" ", 1)[1], set()).add(span)
    if len(by_epoch) < 2 or any(len(spans) > 1 for spans in by_epoch.values()):
        return
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
    axes.axvline(0.0, color=UNTRAINED, lw=0.6)
    for place, row in enumerate(rows):
        colour = solution_colour(int(str(table["best/alternative"][row]).removeprefix("alt-")))
        value, low, high = (float(table[f"best/{name}"][row]) for name in ("difference", "low", "high"))
        if np.isfinite(low) and np.isfinite(high):
            axes.plot([low, high], [-place, -place], color=colour, lw=1.0)
        axes.plot(value, -place, "o", color=colour, ms=3)
        text = _short(str(table["best/condition"][row]), str(table["best/epoch"][row]))
        label = axes.annotate(text, (0.0, -place + 0.22), xycoords=("axes fraction", "data"), fontsize=5.2, color=INK)
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
        lines += [
            "| alternative | measurement | condition | epoch | time (ms) | difference | 95 % interval |",
            "|---" * 7 + "|",
        ]
        lines += [_line(table, row) for row in range(len(table["best/kind"]))] + [""]
    write_bytes(file, "\n".join(lines).encode())


def _line(table: Table, row: int) -> str:
    def number(name: str, digits: str) -> str:
        value = float(table[f"best/{name}"][row])
        return format(value, digits) if np.isfinite(value) else "–"

    texts = [str(table[f"best/{name}"][row]) for name in ("alternative", "kind", "condition", "epoch")]
    interval = f"{number('low', '+.3f')} to {number('high', '+.3f')}"
    return f"| {' | '.join([*texts, number('time', '.0f'), number('difference', '+.3f'), interval])} |"
