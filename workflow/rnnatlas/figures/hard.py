"""Figure 5: how standard networks and alternatives fare under conditions harder than training.

Performance under conditions harder than training, on the same noisy trials for all networks. Curves: thin lines are networks (dotted:
not competent, that is, not as good as standard networks without noise by claim A3; accepted in training or not), thick lines medians.
Maps: median of the competent alternatives less that of the standards, in percentage points, with how many of those trained are
competent; hatched where the 95 % interval over networks and trials excludes 0, with a line where the sign changes. Noise and loads are in
units of the trained; of longer chains the first three rounds have maps. Of the flip-flop, also the share of bits that are retained in silence after the last pulse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    DIVERGING,
    INK,
    MARKERS,
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

LIMIT = 0.3
KINDS = ("private_noise", "input_noise")


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task. For private and for input noise: performance against its level at the trained load, each network a thin
    line, medians thick; then, for each round of alternatives, their median less that of the standards over noise × load.
    Hatched: the 95 % interval excludes 0; black line: the sign changes. Without input noise: retention in silent holds."""
    parts = [artifact.data for artifact in artifacts]
    rounds = [k for k in range(1, SHOWN_ROUNDS + 1) if any(f"alt-{k}/count" in part for part in parts)]
    limit = _limit(parts, rounds)
    figure = new_figure(1.62 * len(parts) + 0.55)
    columns = 1 + len(rounds)
    grid = figure.add_gridspec(len(parts), 2 * columns, width_ratios=2 * [1.1, *[1.0] * len(rounds)])
    names = letters()
    maps: list[Axes] = []
    image: Any = None
    for row, part in enumerate(parts):
        for half, kind in enumerate(KINDS):
            first = half * columns
            if len(part[kind]) < 2:
                _silence(figure.add_subplot(grid[row, first : first + columns]), part, names)
                continue
            curves = figure.add_subplot(grid[row, first])
            letter(curves, next(names))
            _curves(curves, part, kind)
            for place, round_ in enumerate(rounds, start=first + 1):
                axes = figure.add_subplot(grid[row, place])
                image = _differences(axes, part, kind, round_, limit) or image
                maps.append(axes)
                if place > first + 1:  # the loads are those of the map beside it
                    axes.set_ylabel("")
                    axes.set_yticklabels([])
                if (
                    len(rounds) > 2 and round_ != 2
                ):  # maps too narrow for a label each: that of the middle one is for all
                    axes.set_xlabel("")
    if image is not None:
        label = f"median performance, competent alternatives − {_standards(parts)}, percentage points"
        marks = ["hatched: the 95 % interval excludes 0"] * any(axes.patches for axes in maps)
        marks += ["line: the sign changes"] * any(axes.lines for axes in maps)
        bar = figure.colorbar(image, ax=maps, location="bottom", shrink=0.35, aspect=40, pad=0.02, extend="both")
        bar.set_label("\n".join([label, *filter(None, ["; ".join(marks)])]), fontsize=6.5)
        bar.set_ticks([-limit, 0.0, limit], labels=[f"−{100 * limit:.0f}", "0", f"+{100 * limit:.0f}"])
        bar.outline.set_linewidth(0.5)  # type: ignore[union-attr]
    figure.legend(handles=_legend(parts), loc="outside upper right", ncols=7)
    save(figure, files)


def _legend(parts: list[dict[str, Array]]) -> list[Line2D]:
    rounds = sorted({int(k) for part in parts for k in part["round"]})
    lines = [Line2D([], [], color=solution_colour(k), marker=_marker(k), ms=2.5, lw=1.3, label=solution_name(k)) for k in rounds]  # fmt: skip
    lines.append(Line2D([], [], color=INK, lw=0.4, label="single network"))
    if not all(part["competent"][part["round"] > 0].all() for part in parts):
        lines.append(Line2D([], [], color=INK, lw=0.7, ls=":", label="single network, not competent"))
    return lines


def _marker(round_: int) -> str:
    return MARKERS[round_ % len(MARKERS)]


def _limit(parts: list[dict[str, Array]], rounds: list[int]) -> float:
    """The end of the colour scale, common to all tasks; greater differences have its last colour, and their number."""
    found = [part[f"alt-{k}/difference"] for part in parts for k in rounds if f"alt-{k}/difference" in part]
    return min(LIMIT, max([0.05, *(float(np.abs(array).max()) for array in found)]))


def _standards(parts: list[dict[str, Array]]) -> str:
    matched = {bool(part["matched"]) for part in parts if "matched" in part}
    return "matched standards" if matched == {True} else "standards (not matched)"


def _trained(levels: Float[Array, "level"]) -> int:
    return int(np.argmin(np.abs(levels - 1.0)))


def _curves(axes: Axes, part: dict[str, Array], kind: str) -> None:
    """Performance against one kind of noise; the load and the other noise as trained."""
    levels, grid = part[kind], part["performance"]
    load, other = _trained(part["load"]), "input_noise" if kind == "private_noise" else "private_noise"
    grid = grid[:, load].take(_trained(part[other]), axis=2 if kind == "private_noise" else 1)
    _lines(axes, levels, grid, part)
    chains = int((part["round"] == 1).sum())
    if kind == "private_noise" and (text := too_few(chains)):
        note(axes, text)
    axes.set_xscale("log", base=2)
    axes.set_xticks(levels, [f"{level:g}" for level in levels])
    axes.minorticks_off()
    axes.set_xlabel(f"{kind.replace('_', ' ')} (× trained)", fontsize=6.5)
    axes.set_ylabel(in_lines(part["title"], "performance") if kind == "private_noise" else "performance")
    axes.yaxis.label.set_fontsize(6.5)


def _lines(axes: Axes, x: Array, values: Float[Array, "network level"], part: dict[str, Array]) -> None:
    """Thin lines: networks, dotted where not competent; thick: medians of the competent."""
    rounds, competent = part["round"], part["competent"].astype(bool)
    for round_ in in_order(rounds):
        mine, colour = rounds == round_, solution_colour(int(round_))
        good_here = mine & (competent | (round_ == 0))
        for network in np.flatnonzero(mine):
            good = good_here[network]
            axes.plot(x, values[network], color=colour, lw=0.4 if good else 0.7, alpha=0.5, ls="-" if good else ":")
        median = np.median(values[good_here], axis=0) if good_here.any() else np.full(len(x), np.nan)
        axes.plot(x, median, color=colour, marker=_marker(int(round_)), ms=2.5, lw=1.3)


def _differences(axes: Axes, part: dict[str, Array], kind: str, round_: int, limit: float) -> Any:
    """One map [load, noise]; the other noise as trained."""
    levels, loads = part[kind], part["load"]
    good, trained = part.get(f"alt-{round_}/count", np.zeros(2, int))
    axes.set_title(f"alt-{round_} ({good}/{trained})", fontsize=6.5, color=solution_colour(round_))
    axes.set_xticks(range(len(levels)), [f"{level:g}" for level in levels])
    axes.set_yticks(range(len(loads)), [f"{load:g}" for load in loads])
    axes.set_xlabel(f"{kind.replace('_', ' ')} (×)", fontsize=6.5)
    axes.set_ylabel(f"{part['load_name']} (×)", fontsize=6.5, labelpad=1)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(True)
    if f"alt-{round_}/difference" not in part:
        axes.set(xlim=(-0.5, len(levels) - 0.5), ylim=(-0.5, len(loads) - 0.5))
        axes.text(0.5, 0.5, "none\ncompetent", ha="center", va="center", transform=axes.transAxes, fontsize=6.5)
        return None
    other = "input_noise" if kind == "private_noise" else "private_noise"
    axis, index = 2 if kind == "private_noise" else 1, _trained(part[other])
    value, low, high = (part[f"alt-{round_}/{name}"].take(index, axis=axis) for name in ("difference", "low", "high"))
    image = axes.imshow(value, cmap=DIVERGING, vmin=-limit, vmax=limit, origin="lower", aspect="auto")
    _hatch(axes, (low > 0.0) | (high < 0.0))
    _sign_change(axes, value)
    for (y, x), number in np.ndenumerate(value):
        text, behind = (
            f"{100 * number:+.0f}".replace("-", "−"),
            image.to_rgba(number),
        )  # over the hatching, in the colour of the cell
        axes.text(
            x, y, "0" if text in ("+0", "−0") else text, ha="center", va="center", fontsize=4.8, color="white" if abs(number) > 0.6 * limit else INK,
            bbox={"facecolor": behind, "edgecolor": "none", "boxstyle": "square,pad=0.05"},
        )  # fmt: skip
    return image


def _hatch(axes: Axes, cells: Bool[Array, "load level"]) -> None:
    for y, x in np.argwhere(cells):
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, hatch="////", lw=0, edgecolor=UNTRAINED))


def _sign_change(axes: Axes, value: Float[Array, "load level"]) -> None:
    """A line between neighbouring cells of opposite sign."""
    sign = value > 0.0
    for y, x in np.argwhere(sign[:, 1:] != sign[:, :-1]):
        axes.plot([x + 0.5] * 2, [y - 0.5, y + 0.5], color=INK, lw=1.1, solid_capstyle="butt")
    for y, x in np.argwhere(sign[1:] != sign[:-1]):
        axes.plot([x - 0.5, x + 0.5], [y + 0.5] * 2, color=INK, lw=1.1, solid_capstyle="butt")


def _silence(axes: Axes, part: dict[str, Array], names: Iterator[str]) -> None:
    """What a task without input noise has instead: retention in silence."""
    if "hold/retained" not in part:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no input noise in this task", ha="center", va="center", transform=axes.transAxes)
        return
    letter(axes, next(names))
    _lines(axes, part["hold/duration"], part["hold/retained"], part)
    axes.set_xlabel("time since the last pulse (mean intervals between pulses)", fontsize=6.5)
    axes.set_title("share of bits retained in silence", fontsize=6.5)
