"""Figure C1: the two-neuron network, and why its solutions are few.

**A** Two units, `dx/dt = −x + W tanh(x)`, are to come from (1, 0) to (0, 1) in 10 time constants. **B** The loss on the plane through three solutions, one of each
class (circle, square, star). Dots: all solutions, at the nearest point of the plane. Solid line: the origin loses its stability; dashed: it then turns. These two
lines tell the classes apart: fixed point, limit cycle, decay. **C**, **D** The same plane as a map of beginnings: each point is a network that was trained
from the W there, coloured by the class of what it became, and by the turns that its trajectory takes about the origin (grey: no solution). **E**-**G** The three solutions:
speed (dark: slow), nullclines (dashed), the trajectory up to the target (thick) and beyond (thin); filled dot: start, cross: target. **H** Without the tanh, trained networks (dots) lie on
the branches of the closed form (lines): one continuous sheet through real eigenvalues, and islands of one half turn more each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.ndimage import distance_transform_edt

from rnnatlas.artifacts.store import Artifact
from rnnatlas.charting.two_neuron.linear import branch
from rnnatlas.charting.two_neuron.outcome import CLASSES, STUCK, TURNS
from rnnatlas.charting.two_neuron.plane import Plane
from rnnatlas.charting.two_neuron.problem import START, TARGET, eigenvalues
from rnnatlas.figures.style import DIVERGING, INK, OTHERS, UNTRAINED, letter, new_figure, save, styled

COLOURS = (OTHERS[3], OTHERS[2], OTHERS[4])  # by class
FEWEST, MOST = -2, 2  # full turns that have a colour of their own; beyond, the last
MARKS = ("o", "s", "*")
PORTRAIT = 3.0  # half width of the phase portraits


@styled()
def draw(artifacts: Sequence[Artifact], files: Sequence[str | Path]) -> None:
    """The landscape, the map of beginnings, three phase portraits, the linear case."""
    (artifact,) = artifacts
    data = artifact.data
    figure = new_figure(8.4)
    panels = figure.subplot_mosaic([["A", "B", "B"], ["C", "D", "H"], ["E", "F", "G"]], height_ratios=[1.25, 1.0, 1.0])
    for name, axes in panels.items():
        letter(axes, name)
    plane = Plane(data["plane/origin"], data["plane/axes"])
    _task(panels["A"], artifact.attributes)
    _landscape(figure, panels["B"], data, plane)
    _beginnings(panels["C"], panels["D"], data)
    for k, name in enumerate("EFG"):
        _portrait(panels[name], data, k, float(artifact.attributes["end"]))
    _linear(panels["H"], data, float(artifact.attributes["end"]), float(artifact.attributes["solved"]))
    save(figure, files)


def _task(axes: Axes, told: dict[str, Any]) -> None:
    axes.set(
        xlim=(-0.6, 1.7), ylim=(-0.6, 1.7), aspect="equal", xlabel="$x_1$", ylabel="$x_2$", xticks=[0, 1], yticks=[0, 1]
    )
    axes.axhline(0, color=UNTRAINED, lw=0.5, zorder=0)
    axes.axvline(0, color=UNTRAINED, lw=0.5, zorder=0)
    arrow = {"arrowstyle": "->", "color": INK, "connectionstyle": "arc3,rad=0.35", "shrinkA": 4, "shrinkB": 5}
    axes.annotate("", tuple(TARGET), tuple(START), arrowprops=arrow)
    _ends(axes)
    axes.text(1.08, -0.12, "start", fontsize=6.5, va="top", ha="center")
    axes.text(0.1, 1.1, f"target, at t = {told['end']:g} τ", fontsize=6.5)
    axes.text(-0.45, -0.5, r"$\tau\,\dot{x} = -x + W \tanh(x)$", fontsize=7)


def _ends(axes: Axes) -> None:
    axes.plot(*START, "o", color=INK, ms=4, zorder=5)
    axes.plot(*TARGET, "x", color=INK, ms=5, mew=1.4, zorder=5)


def _landscape(figure: Figure, axes: Axes, data: dict[str, Any], plane: Plane) -> None:
    x, y, loss = data["landscape/x"], data["landscape/y"], data["landscape/loss"]
    with np.errstate(divide="ignore"):
        shade = axes.pcolormesh(
            x, y, np.log10(loss), cmap="Purples_r", vmin=-5, vmax=1, rasterized=True, shading="nearest"
        )
    figure.colorbar(shade, ax=axes, label="loss, log$_{10}$", pad=0.01)
    weights, solved, kinds = (data[name] for name in ("weights", "solved", "class"))
    at = plane.coordinates(weights[solved])
    few = slice(None, None, max(1, len(at) // 3000))
    axes.scatter(*at[few].T, s=1.5, c=[COLOURS[kind] for kind in kinds[solved][few]], lw=0, rasterized=True)
    grid = plane.weights(np.stack(np.meshgrid(x, y), -1).reshape(-1, 2))
    largest, turning = (part.reshape(loss.shape) for part in eigenvalues(grid))
    axes.contour(x, y, largest, [1.0], colors=INK, linewidths=1.0)
    axes.contour(x, y, np.where(largest > 1.0, turning, np.nan), [TURNS], colors=INK, linewidths=1.0, linestyles="--")
    regions = (
        (largest <= 1.0, "origin stable"),
        ((largest > 1.0) & (turning <= TURNS), "fixed points"),
        ((largest > 1.0) & (turning > TURNS), "limit cycles"),
    )
    for region, text in regions:
        if region.any():  # where there is most room
            room = np.asarray(distance_transform_edt(np.pad(region, 1)))[1:-1, 1:-1]
            row, column = np.unravel_index(room.argmax(), region.shape)
            axes.text(x[column], y[row], text, ha="center", va="center", fontsize=7, style="italic", color=INK)
    for k, number in enumerate(data["representatives"]):
        where = plane.coordinates(weights[[number]])[0]
        axes.plot(*where, MARKS[k], color=COLOURS[k], mec="white", mew=0.8, ms=9 if MARKS[k] == "*" else 6.5, zorder=6)
    names = ("fixed point", "limit cycle", "decay (transient)")
    handles = [Line2D([], [], ls="", marker=MARKS[k], color=COLOURS[k], label=names[k]) for k in range(3)]
    axes.legend(handles=handles, loc="lower left", frameon=True, framealpha=0.85, edgecolor="none")
    axes.set(
        xlim=(x[0], x[-1]),
        ylim=(y[0], y[-1]),
        xlabel="along the plane's first axis (weight)",
        ylabel="second axis (weight)",
    )
    share, best = data["plane/share"][0], data["principal_share"][:2].sum()
    axes.set_title(
        f"{solved.mean():.0%} of {len(solved):,} networks are solutions; {share:.0%} of their variance lies in this plane, {best:.0%} in the best",
        fontsize=7,
    )


def _beginnings(by_class: Axes, by_basin: Axes, data: dict[str, Any]) -> None:
    at = data["starts/at"]
    classes = np.where(data["starts/class"] == STUCK, 3, data["starts/class"])
    palette = ListedColormap([*COLOURS, UNTRAINED])
    by_class.pcolormesh(
        at, at, classes, cmap=palette, norm=BoundaryNorm(np.arange(-0.5, 4), 4), rasterized=True, shading="nearest"
    )
    known = range(FEWEST, MOST + 1)
    basin = np.clip(data["starts/basin"], FEWEST, MOST)
    shown = np.where(data["starts/basin"] == STUCK, len(known), basin - FEWEST)
    colours = [*colormaps[DIVERGING](np.linspace(0.08, 0.92, len(known))), UNTRAINED]
    norm = BoundaryNorm(np.arange(-0.5, len(colours)), len(colours))
    by_basin.pcolormesh(at, at, shown, cmap=ListedColormap(colours), norm=norm, rasterized=True, shading="nearest")
    labels = [f"{2 * k + 0.5:.1f} π".replace("-", "−") for k in known]
    handles = [
        Line2D([], [], ls="", marker="s", ms=4, color=colour, label=text)
        for colour, text in zip(colours, [*labels, "no solution"], strict=True)
    ]
    by_basin.legend(
        handles=handles,
        title="x(t) turns by",
        title_fontsize=6.5,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.03),
        handletextpad=0.1,
        borderaxespad=0.2,
    )
    named = [*CLASSES, "no solution"]
    handles = [
        Line2D([], [], ls="", marker="s", ms=4, color=colour, label=text)
        for colour, text in zip([*COLOURS, UNTRAINED], named, strict=True)
    ]
    by_class.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 1.27), ncols=2, handletextpad=0.1, columnspacing=0.8
    )
    for axes in (by_class, by_basin):
        axes.set(xlabel="initial W, first axis", aspect="equal")
    by_class.set_ylabel("initial W, second axis")


def _portrait(axes: Axes, data: dict[str, Any], k: int, end: float) -> None:
    w = data["weights"][data["representatives"][k]]
    line = np.linspace(-PORTRAIT, PORTRAIT, 160)
    x = np.stack(np.meshgrid(line, line))
    slope = np.tensordot(w, np.tanh(x), axes=1) - x
    speed = np.log10(np.maximum(np.linalg.norm(slope, axis=0), 1e-6))
    axes.pcolormesh(line, line, speed, cmap="Greys_r", vmin=-2.5, vmax=1.5, rasterized=True, shading="nearest")
    for i in range(2):
        axes.contour(line, line, slope[i], [0.0], colors=[INK], linewidths=0.8, linestyles="--")
    run, thick = data["runs"][k], data["run_times"] <= end + 1e-9
    axes.plot(*run.T, color=COLOURS[k], lw=0.7)
    axes.plot(*run[thick].T, color=COLOURS[k], lw=2.2)
    _ends(axes)
    largest, turning = eigenvalues(w[None])
    text = f"{largest[0]:.2f}" + (f" ± {turning[0]:.2f}i" if turning[0] > TURNS else "")
    axes.set(
        title=f"{('fixed point', 'limit cycle', 'decay')[k]}: λ(W) = {text}",
        xlabel="$x_1$",
        aspect="equal",
        xlim=(-PORTRAIT, PORTRAIT),
        ylim=(-PORTRAIT, PORTRAIT),
    )
    if k == 0:
        axes.set_ylabel("$x_2$")


def _linear(axes: Axes, data: dict[str, Any], end: float, solved: float) -> None:
    phases = np.linspace(0.02, np.pi - 0.02, 200)
    for k in range(5):
        own = np.concatenate([np.linspace(-2.0 * np.pi, 0.0, 100), phases]) if k == 0 else phases
        axes.plot(
            *_place(branch(k, own, np.zeros_like(own), end), end),
            color=UNTRAINED,
            lw=2.0,
            label="closed form" if k == 0 else None,
        )
    good = data["linear/weights"][data["linear/loss"] < solved]
    axes.plot(*_place(good, end), ".", ms=3.0, color=OTHERS[0], mew=0, label="trained", rasterized=True)
    for k in range(1, 5):
        axes.axvline(k, color=UNTRAINED, lw=0.5, ls=":", zorder=0)
    axes.set(
        xlim=(-2.0, 5.0), ylim=(-25, 25), xticks=[-1, 0, 1, 2, 3, 4], ylabel="δT (half difference of W's diagonal)"
    )
    axes.set_xlabel("−κT/π (real)  |  ωT/π (turning)")
    axes.legend(loc="lower left", handlelength=1.2)
    axes.set_title("without tanh")


def _place(weights: Any, end: float) -> tuple[Any, Any]:
    """Where linear networks stand: ωT/π, or −κT/π for real eigenvalues, and δT."""
    flat = weights.reshape(-1, 4)
    delta = (flat[:, 0] - flat[:, 3]) / 2.0
    square = delta**2 + flat[:, 1] * flat[:, 2]
    return -np.sign(square) * np.sqrt(np.abs(square)) * end / np.pi, delta * end
