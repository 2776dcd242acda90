"""Outputs over the parameters of a task's trials: a raster for one parameter, a matrix for two, a row of matrices for three."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from rnnatlas.arrays import Array, Float
from rnnatlas.figures.parts import part_of
from rnnatlas.figures.style import DIVERGING, INK, OTHERS
from rnnatlas.tasks.trials import Trials

PARAMETERS = ("interval", "first", "second", "delay")  # conditions that are parameters; others follow from them


def mapped(trials: Trials, outputs: Float[Array, "trial time"]) -> dict[str, Array]:
    """What ``draw_map`` needs of these trials: their parameters, epochs, mean output of the response, and with one parameter the outputs."""
    judged = trials.judged[..., 0]
    found = {f"condition/{name}": trials.conditions[name] for name in PARAMETERS if name in trials.conditions}
    found |= {"answer": (outputs * judged).sum(-1) / judged.sum(-1)}
    if len(found) == 2:
        found |= {"outputs": outputs} | {f"epoch/{name}": each for name, each in trials.epochs.items()}
    return found


def chart_part(chart: dict[str, Array], member: int) -> dict[str, Array]:
    """What ``draw_map`` needs of one member of an ``extrapolation`` artifact, under ``map/``; and the trained range of each parameter, under ``inside/``."""
    names = [name for name in PARAMETERS if f"conditions/{name}" in chart]
    found = {f"map/condition/{name}": chart[f"conditions/{name}"] for name in names}
    found |= {"map/answer": chart["answer"][member]}
    if "outputs" in chart:
        epochs = {key: each for key, each in chart.items() if key.startswith("epochs/")}
        found |= {"map/outputs": chart["outputs"][member]}
        found |= {f"map/epoch/{key.removeprefix('epochs/')}": each for key, each in epochs.items()}
    trained = chart["trained"].astype(bool)
    for name in names:
        values = chart[f"conditions/{name}"][trained]
        found[f"inside/{name}"] = np.array([values.min(), values.max()])
    return found


def inside_of(part: dict[str, Array]) -> dict[str, tuple[float, float]]:
    """The trained range of each parameter in what ``chart_part`` gave."""
    return {key: (float(low), float(high)) for key, (low, high) in part_of(part, "inside/").items()}


def draw_map(
    axes: Axes,
    data: dict[str, Array],
    dt: float,
    inside: dict[str, tuple[float, float]] | None = None,
    small: bool = False,
) -> AxesImage:
    """Draw one map; ``inside`` has the trained range of each parameter, whose edges are drawn. Times are in seconds. ``small``: of three parameters one matrix,
    that of the longest trained delay."""
    names = [key.removeprefix("condition/") for key in data if key.startswith("condition/")]
    if "outputs" in data:
        return _raster(axes, data, dt, inside)
    if small and inside and "delay" in inside:
        shade = _amplitudes(axes, data, inside["delay"][1], inside)
        axes.set(title="")
        return shade
    return _matrix(axes, data, inside) if len(names) == 2 else _matrices(axes, data, inside)


def _shade(axes: Axes, values: Array, extent: tuple[float, float, float, float]) -> AxesImage:
    return axes.imshow(
        values, origin="lower", aspect="auto", cmap=DIVERGING, vmin=-1.0, vmax=1.0, extent=extent, interpolation="nearest",
        rasterized=True,
    )  # fmt: skip


def _raster(axes: Axes, data: dict[str, Array], dt: float, inside: Any) -> AxesImage:
    interval = data["condition/interval"] / 1000.0
    order = np.argsort(interval)
    ready = int(data["epoch/measured"][0, 0])
    outputs = data["outputs"][order][:, ready:]
    half = (interval.max() - interval.min()) / max(1, len(interval) - 1) / 2.0
    shade = _shade(axes, outputs, (0.0, outputs.shape[1] * dt / 1000.0, interval.min() - half, interval.max() + half))
    steps = interval[order]
    axes.plot(np.zeros(len(steps)), steps, color=OTHERS[2], lw=1.2, label="Ready", clip_on=False)
    axes.plot(steps, steps, color=OTHERS[4], lw=0.8, label="Set")
    axes.plot(2.0 * steps, steps, color=OTHERS[3], lw=0.8, ls="--", label="Go")
    for edge in inside["interval"] if inside else ():
        axes.axhline(edge / 1000.0, color=INK, lw=0.6, ls=":")
    axes.set(xlabel="time from Ready (s)", ylabel="interval (s)")
    return shade


def _grid(first: Array, second: Array, values: Array) -> tuple[Array, Array, Array]:
    one, at_one = np.unique(first, return_inverse=True)
    two, at_two = np.unique(second, return_inverse=True)
    grid = np.full((len(two), len(one)), np.nan)
    grid[at_two, at_one] = values
    return one, two, grid


def _matrix(axes: Axes, data: dict[str, Array], inside: Any) -> AxesImage:
    one, two, grid = _grid(data["condition/first"] / 1000.0, data["condition/second"] / 1000.0, data["answer"])
    a, b = ((v[1] - v[0]) / 2.0 for v in (one, two))
    shade = _shade(axes, grid, (one[0] - a, one[-1] + a, two[0] - b, two[-1] + b))
    if inside:
        (x, x1), (y, y1) = (np.array(inside[name]) / 1000.0 for name in ("first", "second"))
        axes.add_patch(Rectangle((x, y), x1 - x, y1 - y, fill=False, ec=OTHERS[4], lw=1.0, ls="--"))
    axes.set(xlabel="first interval (s)", ylabel="second interval (s)")
    return shade


def _matrices(axes: Axes, data: dict[str, Array], inside: Any) -> AxesImage:
    """Amplitudes against each other, a matrix for each of at most four delays, side by side."""
    delays = np.unique(data["condition/delay"])
    shown = delays if len(delays) <= 4 else delays[np.linspace(0, len(delays) - 1, 3).round().astype(int)]
    axes.axis("off")
    shade: AxesImage | None = None
    for k, delay in enumerate(shown):
        part = axes.inset_axes((k / len(shown), 0.0, 0.9 / len(shown), 0.9))
        shade = _amplitudes(part, data, float(delay), inside)
        part.set(xlabel="first amplitude" if k == 0 else "", ylabel="second amplitude" if k == 0 else "")
        part.tick_params(labelleft=k == 0)
    assert shade is not None
    return shade


def _amplitudes(axes: Axes, data: dict[str, Array], delay: float, inside: Any) -> AxesImage:
    """Answers over both amplitudes at one delay."""
    mine = data["condition/delay"] == delay
    one, two, grid = _grid(data["condition/first"][mine], data["condition/second"][mine], data["answer"][mine])
    shade = _shade(axes, grid, (one[0] - 0.5, one[-1] + 0.5, two[0] - 0.5, two[-1] + 0.5))
    axes.set_title(f"delay {delay / 1000.0:.2g} s", fontsize=6.5)
    axes.set(xlabel="first amplitude", ylabel="second amplitude")
    if inside and inside["delay"][0] <= delay <= inside["delay"][1]:
        (x, x1), (y, y1) = (inside[name] for name in ("first", "second"))
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), x1 - x + 1, y1 - y + 1, fill=False, ec=OTHERS[4], lw=1.0, ls="--"))
    return shade
