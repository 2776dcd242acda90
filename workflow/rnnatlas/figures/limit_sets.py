"""Supplementary figure: the limit sets of standard networks, alternatives and gated cells, and their Lyapunov exponents.

What noise-free runs end in, at each constant input of a task (upper band of a line: the first; symbols as above the second panel). Lines:
standard networks by their initial gain g, alternatives, and networks of gated cells; in brackets the competent (claim A3) among those
trained, of gated cells those trained. From left to right: kinds of limit set by the share of runs from visited states; the largest
Lyapunov exponent before training (grey) and after it (largest over the network's limit sets), with two standard errors, on an axis that
is linear around 0, and the band that counts as zero; how many limit sets the runs from visited states reach; periods of the limit
cycles among them. Exponents and periods are in units of the networks' time constant τ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    INK,
    MARKERS,
    OTHERS,
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

FILLED = 0.82  # of the height of a group's band
KINDS = (
    ("fixed point", OTHERS[0]),
    ("limit cycle", OTHERS[3]),
    ("torus", OTHERS[4]),
    ("chaos", OTHERS[2]),
    ("not told apart", "white"),
)
LABELS = (
    "share of runs\nfrom visited states",
    "largest Lyapunov\nexponent (1/τ)",
    "limit sets reached,\nper network",
    "period of a\nlimit cycle (τ)",
)
TICKS = (-10.0, -1.0, -0.1, 0.0, 0.1, 1.0)
PERIODS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task, a line a population or round: what noise-free runs from visited states end in; the largest exponent before
    (grey) and after training, ± 2 standard errors, with the band that counts as zero; how many limit sets such runs reach; and the
    periods of the cycles. Bands of a line: the constant inputs, the first on top, each with its marker."""
    parts = [artifact.data for artifact in artifacts]
    lines = [len(part["group/label"]) for part in parts]
    figure = new_figure(0.85 * len(parts) + 0.2 * sum(lines) + 0.3)
    heights = [0.4 + 0.2 * count for count in lines]
    axes = figure.subplots(len(parts), 4, squeeze=False, height_ratios=heights, width_ratios=[1.0, 1.25, 1.0, 1.0])
    names = letters()
    for row, part in zip(axes, parts, strict=True):
        _row(row, part, names)
    exponents = [part[f"exponent/{when}"] for part in parts for when in ("before", "after")]
    _common(axes[:, 1], np.concatenate([*exponents, [-0.1, 0.1]]), TICKS, 1.3)
    _common(axes[:, 3], np.concatenate([[1.0, 10.0], *(part["cycle/period"] for part in parts)]), PERIODS, 1.2)
    handles = [Patch(facecolor=c, edgecolor=INK, lw=0.4, hatch=_hatch(name), label=name) for name, c in KINDS]
    handles += [Line2D([], [], color=UNTRAINED, marker="o", ls="", ms=3, label="before training")]
    handles += [Patch(facecolor=UNTRAINED, alpha=0.35, lw=0, label="counts as zero")]
    figure.legend(handles=handles, loc="outside lower center", ncols=7, columnspacing=1.2, handletextpad=0.5)
    save(figure, files)


def _row(axes: Array, part: dict[str, Array], names: Iterator[str]) -> None:
    _shares(axes[0], part)
    _exponents(axes[1], part)
    _counts(axes[2], part)
    _periods(axes[3], part)
    count = len(part["group/label"])
    for axis, label in zip(axes, LABELS, strict=True):
        letter(axis, next(names))
        axis.set_xlabel(label, fontsize=6.5)
        axis.set_ylim(count - 0.5, -0.5)
        axis.set_yticks(range(count), [] if axis is not axes[0] else _names(part))
        axis.tick_params(axis="y", length=0)
        for line in range(1, count):
            axis.axhline(line - 0.5, color=UNTRAINED, lw=0.3, zorder=0)
    for text, round_ in zip(axes[0].get_yticklabels(), part["group/round"], strict=True):
        text.set_color(solution_colour(int(round_)))
    axes[0].set_ylabel(in_lines(part["title"]), fontsize=7, fontweight="bold")
    markers = [
        Line2D([], [], color=INK, marker=MARKERS[i % len(MARKERS)], ls="", ms=3, label=str(name))
        for i, name in enumerate(part["inputs"])
    ]
    legend = axes[1].legend(
        handles=markers, loc="lower left", bbox_to_anchor=(-0.06, 0.98), ncols=3, columnspacing=0.6, handletextpad=0.0,
        borderpad=0.2, handlelength=1.5, fontsize=5.5,
    )  # fmt: skip
    legend.set_in_layout(False)
    chains = int(part["group/trained"][part["group/round"] > 0].max(initial=0))
    if text := too_few(chains):
        note(axes[3], text)


def _names(part: dict[str, Array]) -> list[str]:
    """A group's name, its competent networks of those trained."""
    rows = zip(part["group/label"], part["group/competent"], part["group/trained"], strict=True)
    return [f"{label} ({trained})" if good < 0 else f"{label} ({good}/{trained})" for label, good, trained in rows]


def _hatch(kind: str) -> str | None:
    return "/////" if kind == "not told apart" else None


def _shares(axes: Axes, part: dict[str, Array]) -> None:
    inputs = len(part["inputs"])
    for group, of_group in enumerate(part["share"]):
        for constant, share in enumerate(of_group):
            place = group + _offset(constant, inputs, 0.0)
            left = np.concatenate([[0.0], np.cumsum(share)])
            for (kind, colour), start, width in zip(KINDS, left, share, strict=False):
                look = {"facecolor": colour, "edgecolor": INK, "linewidth": 0.3, "hatch": _hatch(kind)}
                axes.barh(place, width, left=start, height=0.92 * FILLED / inputs, **look)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])


def _offset(constant: int, inputs: int, place: Float[Array, "..."] | float) -> Float[Array, "..."]:
    """Where a point stands within its group's line; ``place`` in [-0.5, 0.5] within the band of the constant input."""
    return np.asarray(FILLED * ((constant + 0.5 + 0.8 * np.asarray(place)) / inputs - 0.5))


def _spread(count: int) -> Float[Array, "point"]:
    return np.linspace(-0.5, 0.5, count) if count > 1 else np.zeros(count)


def _bands(part: dict[str, Array], table: str) -> Iterator[tuple[Bool[Array, "row"], Float[Array, "point"], str, str]]:
    """For each group and constant input: its rows of ``table``, their heights, marker and colour."""
    inputs = len(part["inputs"])
    for group, round_ in enumerate(part["group/round"]):
        for constant in range(inputs):
            mine = (part[f"{table}/group"] == group) & (part[f"{table}/input"] == constant)
            heights = group + _offset(constant, inputs, _spread(int(mine.sum())))
            yield mine, heights, MARKERS[constant % len(MARKERS)], solution_colour(int(round_))


def _exponents(axes: Axes, part: dict[str, Array]) -> None:
    zero = float(part["zero"])
    axes.axvspan(-zero, zero, color=UNTRAINED, alpha=0.35, lw=0)
    for mine, heights, marker, colour in _bands(part, "exponent"):
        for when, shade in (("before", UNTRAINED), ("after", colour)):
            value, error = part[f"exponent/{when}"][mine], 2.0 * part[f"exponent/{when}_error"][mine]
            look = {"ms": 2.2, "mew": 0.0, "elinewidth": 0.6, "color": shade}
            axes.errorbar(value, heights, xerr=error, fmt=marker, **look)
    axes.set_xscale("symlog", linthresh=3.0 * zero, linscale=0.7)


def _counts(axes: Axes, part: dict[str, Array]) -> None:
    for mine, heights, marker, colour in _bands(part, "exponent"):
        axes.plot(part["exponent/count"][mine], heights, ls="", marker=marker, ms=2.4, mew=0.0, color=colour)
    axes.set_xlim(-0.5, 1.08 * max(2.0, float(part["exponent/count"].max(initial=0))))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _periods(axes: Axes, part: dict[str, Array]) -> None:
    for mine, heights, marker, colour in _bands(part, "cycle"):
        axes.plot(part["cycle/period"][mine], heights, ls="", marker=marker, ms=2.4, mew=0.0, alpha=0.7, color=colour)
    axes.set_xscale("log")
    if not len(part["cycle/period"]):
        axes.text(0.5, 0.5, "no limit cycle", ha="center", va="center", transform=axes.transAxes, fontsize=6.5)


def _common(axes: Array, values: Float[Array, "value"], round_ticks: Sequence[float], margin: float) -> None:
    """One scale for the panels of a column, that holds all ``values``, with few, round ticks."""
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    low, high = (low * margin if low < 0.0 else low / margin), high * margin
    ticks = [tick for tick in round_ticks if low <= tick <= high]
    for axis in axes:
        axis.set_xlim(low, high)
        axis.xaxis.set_major_locator(FixedLocator(ticks))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xticklabels([f"{tick:g}".replace("-", "−") for tick in ticks])
