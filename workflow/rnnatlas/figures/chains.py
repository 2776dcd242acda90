"""Supplementary figure: do chains from different references end in one second solution, or in many?

Do chains from different references end in one second solution, or in many (claim A9, an open question)? Null-space predictivity and
distance by dynamical similarity analysis (DSA) between the alternatives of different chains, beside those between standard networks (all
pairs, over all g; dashed: an untrained network's predictivity; box: quartiles, whiskers: 5 to 95 %; above: the claim's ratio of medians
with its 95 % interval over chains). Trees: average linkage of DSA distances, cut where the mean silhouette is largest if that exceeds 0.5;
links within a cluster in colour, between clusters grey; below, how many clusters, or of one or two networks their number n. Right, a line a
chain: the largest null-space predictivity of an earlier solution of the chain, the median over standard networks outside it, and the share
of what is predicted of the reference that the readout-potent part predicts (dotted: thresholds of claims A1, A1b and A2); open symbols: not
competent (claim A3: not as good as standard networks without noise). Claim A13 counts the rounds that a chain goes on under the first of
these thresholds. The claims count these as predicting everything (A1 and A1b: 1) or
nothing (A2: 0), so that their values below may differ from the medians of what is drawn. Triangles that point down: below the axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from scipy.cluster.hierarchy import dendrogram

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.style import (
    INK,
    MARKERS,
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

LOWEST = -0.1  # held-out R² has no lower bound: what lies below is drawn here, as a triangle
GOLDEN = 0.6180339887  # its multiples, modulo 1, spread points evenly however many there are
QUANTITIES = {
    "earlier": "largest R² of\nearlier solutions\n(A1: ≤ {:g})",
    "outside": "median R² of\nother standards\n(A1b: ≤ {:g})",
    "potent": "share by what\nthe readout sees\n(A2: ≥ {:g})",
}
LEGEND = 8  # entries in a line of the legend
MANY = 5  # groups beyond which they stand as numbers, and below which the panel of trees has room for words
WIDTHS = (1.5, 1.0)  # of the trees of standard networks and of a round of alternatives


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """A row a task: null-space predictivity, then DSA distance, between networks of a round (box: quartiles, whiskers 5-95 %, dots
    pairs; grey: an untrained network's predictivity); the trees of DSA distances with their clusters in colour; and what each
    chain's alternatives still predict, of its own earlier solutions and of other standard networks (open: not competent)."""
    parts = [artifact.data for artifact in artifacts]
    figure = new_figure(1.85 * len(parts) + 0.3)
    axes = figure.subplots(len(parts), 4, squeeze=False, width_ratios=[0.7, 0.7, 1.1, 2.1])
    names = letters()
    for row, part in zip(axes, parts, strict=True):
        for axis in row:
            letter(axis, next(names))
        _pairs(row[0], part, "null")
        _pairs(row[1], part, "dsa")
        _trees(row[2], part)
        _trajectories(row[3], part)
        row[0].set_ylabel(in_lines(part["title"], "null-space R²"), fontsize=6.5)
    rounds = sorted({int(k) for part in parts for k in part["rounds"]})
    handles = [
        Line2D([], [], color=solution_colour(k), marker=MARKERS[k % len(MARKERS)], ms=3, label=solution_name(k))
        for k in rounds
    ]
    handles.append(Line2D([], [], color=UNTRAINED, ls="--", label="untrained network"))
    if rounds[-1] > 0:
        handles.append(Line2D([], [], color=INK, ls=":", label="thresholds of A1, A1b and A2"))
    labels, symbols = [str(handle.get_label()) for handle in handles], list[Any](handles)
    if marks := _open(parts, rounds):
        labels, symbols = [*labels, "not competent"], [*symbols, marks]
    figure.legend(
        symbols,
        labels,
        loc="outside lower center",
        ncols=min(len(labels), LEGEND),
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.5)},
    )
    save(figure, files)


def _open(parts: Sequence[dict[str, Array]], rounds: Sequence[int]) -> tuple[Line2D, ...]:
    """The open symbols of alternatives that are not competent, if there are any, as one entry of the legend."""
    if all(part["chain/competent"].all() for part in parts):
        return ()
    shown = [k for k in rounds if k > 0]
    return tuple(Line2D([], [], ls="", marker=MARKERS[k % len(MARKERS)], mec=solution_colour(k), mfc="white", mew=0.7, ms=3) for k in shown)  # fmt: skip


def _pairs(axes: Axes, part: dict[str, Array], measure: str) -> None:
    rounds = [int(k) for k in part["rounds"]]
    for place, k in enumerate(rounds):
        values, colour = part[f"{measure}/{k}"], solution_colour(k)
        if len(values):
            _distribution(axes, place, values, colour, measure == "null")
        else:
            top = measure == "null" and float(np.median(part[f"untrained/{k}"])) < 0.5
            axes.text(place, 0.97 if top else 0.18, "no pairs", rotation=90, ha="center", va="top" if top else "bottom", fontsize=6, color=colour, transform=axes.get_xaxis_transform())  # fmt: skip
        if measure == "null":
            level = max(LOWEST, float(np.median(part[f"untrained/{k}"])))
            axes.plot([place - 0.4, place + 0.4], [level, level], color=UNTRAINED, lw=1.0, ls="--", zorder=4)
    axes.set_xlim(-0.6, len(rounds) - 0.4)
    many = len(rounds) > MANY
    turned: dict[str, Any] = {} if many else {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(len(rounds)), [_name(k, many) for k in rounds], **turned)
    if measure == "null":
        axes.set_ylim(LOWEST - 0.04, 1.04)
        axes.axhline(0.0, color=INK, lw=0.4, zorder=0)
        return
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("DSA distance\nbetween networks", fontsize=6.5)
    value, low, high = part["a9"]
    chains = int((part["chain/round"] == 1).sum())
    if text := too_few(chains):
        note(axes, text)
    elif np.isfinite(value):
        axes.set_title(f"alt-1 / standard:\n{value:.2f} ({low:.2f} to {high:.2f})", fontsize=6)


def _name(k: int, many: bool) -> str:
    """A group's name, short where there are many."""
    return solution_name(k) if not many else str(k) if k else "std"


def _distribution(axes: Axes, place: int, values: Array, colour: str, bounded: bool) -> None:
    spots = place + 0.6 * ((GOLDEN * np.arange(len(values))) % 1.0 - 0.5)
    low = values < LOWEST if bounded else np.zeros(len(values), dtype=bool)
    size = 1.8 if len(values) < 100 else 1.0
    look: dict[str, Any] = {"ls": "", "mew": 0.0, "color": colour, "alpha": 0.5, "zorder": 1, "rasterized": True}
    axes.plot(spots[~low], values[~low], marker="o", ms=size, **look)
    if low.any():
        axes.plot(spots[low], np.full(int(low.sum()), LOWEST), marker="v", ms=3.0, **look)
    line = {"color": INK, "linewidth": 0.7}
    axes.boxplot(
        [np.maximum(values, LOWEST) if bounded else values], positions=[place], widths=0.5, whis=(5.0, 95.0),
        showfliers=False, manage_ticks=False, boxprops=line, whiskerprops=line, capprops=line,
        medianprops={"color": INK, "linewidth": 1.6}, zorder=3,
    )  # fmt: skip


def _trees(axes: Axes, part: dict[str, Array]) -> None:
    """One tree a round, side by side on one scale. In colour: links within a cluster; grey: links between clusters."""
    start = 0.0
    ticks: list[tuple[float, str, int]] = []
    count = len(part["rounds"])
    for k in map(int, part["rounds"]):
        cluster = part[f"cluster/{k}"]
        width = WIDTHS[min(k, 1)]
        _tree(axes, part[f"tree/{k}"], cluster, start, width, k)
        number = int(cluster.max())
        found = f"{number}\ncluster{'s' * (number != 1)}" if count < MANY - 1 or not k else f"{number}"
        text = found if len(cluster) > 2 else f"n = {len(cluster)}" if count <= MANY else f"n{len(cluster)}"
        ticks.append((start + width / 2.0, f"{_name(k, count > MANY)}\n{text}", k))
        start += width + 0.1
    axes.set_xlim(-0.05, start - 0.05)
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel("DSA distance\nof branches", fontsize=6.5)
    axes.set_xticks([place for place, _, _ in ticks], [text for _, text, _ in ticks], fontsize=6)
    axes.tick_params(axis="x", length=0)
    for label, (_, _, k) in zip(axes.get_xticklabels(), ticks, strict=True):
        label.set_color(solution_colour(k))


def _tree(
    axes: Axes, links: Float[Array, "merge 4"], cluster: Int[Array, "network"], start: float, width: float, round_: int
) -> None:
    count, colour = len(cluster), solution_colour(round_)
    step = width / count
    if len(links):
        members = [{int(c)} for c in cluster]  # the clusters below each node
        for left, right in links[:, :2].astype(int):
            members.append(members[left] | members[right])
        drawn = dendrogram(
            links, no_plot=True, link_color_func=lambda node: colour if len(members[node]) == 1 else UNTRAINED
        )
        # SciPy puts leaves at 5, 15, 25, ...
        for x, y, shade in zip(drawn["icoord"], drawn["dcoord"], drawn["color_list"], strict=True):
            axes.plot(start + np.asarray(x) / 10.0 * step, y, color=shade, lw=0.8, solid_capstyle="butt")
    places = start + (np.arange(count) + 0.5) * step
    marker = MARKERS[round_ % len(MARKERS)]
    axes.plot(places, np.zeros(count), ls="", marker=marker, ms=2.0, mew=0.0, color=colour, clip_on=False, zorder=3)


def _trajectories(axes: Axes, part: dict[str, Array]) -> None:
    """A line a chain: what its alternatives predict of its earlier solutions, and of standard networks outside it; and which share of
    it their readout-potent part predicts."""
    rounds, numbers = part["chain/round"], part["chain/number"]
    last = int(rounds.max(initial=1))
    chains = np.unique(numbers)
    for block, column in enumerate(QUANTITIES):
        shift = block * (last + 0.6)
        axes.plot(
            [shift + 0.6, shift + last + 0.4], [float(part[f"threshold/{column}"])] * 2, color=INK, lw=0.7, ls=":"
        )
        for place, chain in enumerate(chains):
            mine = np.flatnonzero(numbers == chain)
            side = 0.3 * (place / max(1, len(chains) - 1) - 0.5) if len(chains) > 1 else 0.0
            x, y = shift + rounds[mine] + side, np.maximum(part[f"chain/{column}"][mine], LOWEST)
            axes.plot(x, y, color=UNTRAINED, lw=0.5, zorder=1)
            for at, value, row in zip(x, y, mine, strict=True):
                colour, k = solution_colour(int(rounds[row])), int(rounds[row])
                marker = "v" if part[f"chain/{column}"][row] < LOWEST else MARKERS[k % len(MARKERS)]
                fill = colour if part["chain/competent"][row] else "white"
                axes.plot([at], [value], ls="", marker=marker, ms=3.2, mec=colour, mfc=fill, mew=0.7, zorder=2)
    places = [block * (last + 0.6) + k for block in range(len(QUANTITIES)) for k in range(1, last + 1)]
    axes.set_xticks(places, [f"alt-{k}" if last < 3 else f"{k}" for _ in QUANTITIES for k in range(1, last + 1)])
    axes.set_xlim(0.4, places[-1] + 0.6)
    axes.set_ylim(LOWEST - 0.04, 1.04)
    axes.axhline(0.0, color=INK, lw=0.4, zorder=0)
    axes.set_ylabel("null-space R², or share", fontsize=6.5)
    for block, (column, text) in enumerate(QUANTITIES.items()):
        centre = block * (last + 0.6) + (1 + last) / 2.0
        below: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "xytext": (0, -15)}
        label = text.format(float(part[f"threshold/{column}"]))
        axes.annotate(label, (centre, 0.0), **below, textcoords="offset points", ha="center", va="top", fontsize=5.5)
    if text := too_few(len(chains), " for a verdict") if len(chains) else "no chains":
        note(axes, text)
