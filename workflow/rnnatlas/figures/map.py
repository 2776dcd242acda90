"""When do alternatives win? Their difference from standards over variants of a study: ``python -m rnnatlas.figures.map results/map``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rnnatlas.arrays import Array
from rnnatlas.artifacts.map_schema import MAP
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.claim import SMALLEST
from rnnatlas.claims.predictivity_claims import A1
from rnnatlas.errors import AtlasError
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

DECOUPLED = A1.threshold
APART = 0.32  # between the rounds of one variant
LEVELS = 1.3  # how much longer axes are on the right, where levels of noise are written
TITLES = {
    "in distribution": "in\ndistribution",
    "high private noise": "high private\nnoise",
    "high input noise": "high input\nnoise",
    "longest load": "longest\nload",
    "high private noise, longest load": "high private n.,\nlongest load",
    "shortest load": "shortest\nload",
}


@styled()
def draw_map(source: str | Path, files: Sequence[str | Path]) -> None:
    """A block a task of which a variant has finished, a row a variant: competent of trained alternatives, their null-space predictivity, and the difference of
    median performance from standards in each condition. Up: alternatives better; filled: the 95 % interval excludes 0."""
    data = read_artifact(source, MAP).data
    tasks, conditions = np.flatnonzero((data["state"] == "finished").any(axis=0)), list(map(str, data["condition"]))
    figure = new_figure(len(tasks) * (0.75 + 0.17 * len(data["variant"])) + 0.3)
    axes = figure.subplots(
        len(tasks), 2 + len(conditions), squeeze=False, width_ratios=[0.62, 0.8, *[1.0] * len(conditions)]
    )
    names = letters()
    for row, j in zip(axes, map(int, tasks), strict=True):
        _names(row[0], data, j, names)
        _counts(row[0], data, j)
        _null(row[1], data, j)
        limit = _limit(data, j)
        for n, condition in enumerate(conditions):
            _condition(row[2 + n], data, j, n, limit)
            row[2 + n].set_title(TITLES.get(condition, condition), fontsize=6)
    figure.supxlabel("difference in median performance from standards (right of 0: alternatives better)", fontsize=6.5)
    figure.legend(handles=_legend([int(k) for k in data["round"]]), loc="outside upper center", ncols=6)
    save(figure, files)


def _places(data: dict[str, Array]) -> Array:
    return -np.arange(len(data["variant"]), dtype=np.float64)


def _offset(data: dict[str, Array], k: int) -> float:
    return APART * ((len(data["round"]) - 1) / 2.0 - k)


def _frame(axes: Axes, data: dict[str, Array], j: int) -> None:
    """Rows in common: bands to follow a row by, darker where the variant was not run."""
    places = _places(data)
    axes.set(ylim=(places[-1] - 0.6, 0.6), yticks=[])
    axes.spines["left"].set_visible(False)
    for row, place in enumerate(places):
        finished = data["state"][row, j] == "finished"
        if not finished or row % 2:
            axes.axhspan(place - 0.5, place + 0.5, color=UNTRAINED, alpha=0.08 if finished else 0.3, lw=0)


def _names(axes: Axes, data: dict[str, Array], j: int, panels: Iterator[str]) -> None:
    _frame(axes, data, j)
    letter(axes, next(panels))
    base = str(data["variant"][0])
    names = ["unchanged", *(str(v).removeprefix(f"{base}_").replace("_", " ") for v in data["variant"][1:])]
    changes = [str(change) for change in data["change"][:, j]]
    labels = [f"{name}: {change}" if change else name for name, change in zip(names, changes, strict=True)]
    axes.set_yticks(_places(data), labels, fontsize=5.5)
    axes.tick_params(axis="y", length=0)
    axes.set_title("competent\nof trained", fontsize=6)
    axes.set_ylabel(in_lines(data["title"][j]), fontsize=7, fontweight="bold")


def _counts(axes: Axes, data: dict[str, Array], j: int) -> None:
    """``competent/trained`` of each round, or why there is none."""
    rounds = len(data["round"])
    axes.set(xlim=(0.0, 1.0), xticks=[])
    axes.spines["bottom"].set_visible(False)
    for row, place in enumerate(_places(data)):
        if data["state"][row, j] != "finished":
            text = (
                str(data["state"][row, j])
                .replace("not in this variant", "left out")
                .replace("not finished", "unfinished")
            )
            axes.text(0.5, place, text, ha="center", va="center", fontsize=5.5, color=INK)
            continue
        for k, round_ in enumerate(data["round"]):
            good, trained = int(data["competent"][row, j, k]), int(data["trained"][row, j, k])
            few = "!" if good < SMALLEST else ""
            axes.text(
                (k + 0.5) / rounds, place, f"{good}/{trained}{few}", ha="center", va="center", fontsize=5.5,
                color=solution_colour(int(round_)),
            )  # fmt: skip


def _null(axes: Axes, data: dict[str, Array], j: int) -> None:
    _frame(axes, data, j)
    axes.axvline(DECOUPLED, color=INK, lw=0.5, ls=":")
    axes.set(xlim=(-0.04, 1.04), xticks=[0, 0.5, 1])
    axes.set_title("null-space\npredictivity", fontsize=6)
    for row, place in enumerate(_places(data)):
        for k, round_ in enumerate(data["round"]):
            value, low, high = data["null"][row, j, k]
            colour, y = solution_colour(int(round_)), place + _offset(data, k)
            if np.isfinite(value):
                axes.plot([max(low, 0.0), min(high, 1.0)], [y, y], color=colour, lw=0.8)
                axes.plot(value, y, "o", color=colour, ms=2.2)


def _limit(data: dict[str, Array], j: int) -> float:
    """Half the width of all panels of a task, from the intervals."""
    ends = np.abs(data["difference"][:, j])
    ends = ends[np.isfinite(ends)]
    return float(np.clip(1.08 * ends.max(), 0.02, 1.0)) if ends.size else 0.1


def _condition(axes: Axes, data: dict[str, Array], j: int, n: int, limit: float) -> None:
    """One condition of one task: a mark and an interval for each variant and round; the level of high noise at the right."""
    _frame(axes, data, j)
    if not np.isfinite(data["at/load"][:, j, n]).any():
        none = "no such condition" if (data["state"][:, j] == "finished").any() else ""
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.text(0.5, 0.5, none, ha="center", va="center", transform=axes.transAxes, fontsize=5.5, rotation=90)  # fmt: skip
        return
    axes.axvline(0.0, color=INK, lw=0.5)
    axes.set_xlim(-limit, LEVELS * limit)
    tick = float(f"{0.6 * limit:.1g}")
    zero = "0" if tick >= 0.1 else ""  # no room beside longer numbers; a line is drawn there
    axes.set_xticks([-tick, 0.0, tick], [f"−{tick:g}", zero, f"+{tick:g}"], fontsize=5.5)
    for row, place in enumerate(_places(data)):
        high = [kind for kind in ("private_noise", "input_noise") if data[f"at/{kind}"][row, j, n] > data[f"as_trained/{kind}"][row, j]]  # fmt: skip
        if high:
            text = f"×{data[f'at/{high[0]}'][row, j, n]:g}"
            axes.text(LEVELS * limit, place, text, ha="right", va="center", fontsize=4.5, color=UNTRAINED)
        for k, round_ in enumerate(data["round"]):
            _mark(axes, data["difference"][row, j, k, n], place + _offset(data, k), solution_colour(int(round_)), limit)


def _mark(axes: Axes, interval: Array, y: float, colour: str, limit: float) -> None:
    value, low, high = (float(v) for v in interval)
    if not np.isfinite(value):
        return
    if np.isfinite(low) and np.isfinite(high):
        axes.plot(np.clip([low, high], -limit, limit), [y, y], color=colour, lw=0.8)
    sure = low > 0.0 or high < 0.0
    marker = "^" if value > 0.0 else "v" if value < 0.0 else "o"
    axes.plot(value, y, marker, color=colour, ms=3.4, mfc=colour if sure else "white", mew=0.6)


def _legend(rounds: list[int]) -> list[Line2D]:
    def line(label: str, colour: str, marker: str, filled: bool) -> Line2D:
        return Line2D([], [], color=colour, marker=marker, mfc=colour if filled else "white", ms=3.4, mew=0.6, lw=0.8, label=label)  # fmt: skip

    handles = [line(solution_name(k), solution_colour(k), "o", True) for k in rounds]
    handles += [line("better", INK, "^", True), line("worse", INK, "v", True), line("interval spans 0", INK, "^", False)]  # fmt: skip
    handles += [Line2D([], [], lw=0, label=f"!: fewer than {SMALLEST} competent, too few")]
    return handles


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the map that lies in a folder; the exit status is 1, with a message, if there is none."""
    parser = argparse.ArgumentParser(prog="python -m rnnatlas.figures.map", description=__doc__)
    parser.add_argument("folder", type=Path, help="where map.h5 lies; figures/ is made in it")
    folder = parser.parse_args(arguments).folder
    try:
        draw_map(folder / "map.h5", [folder / f"figures/figure_map.{kind}" for kind in ("pdf", "svg", "png")])
    except AtlasError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
