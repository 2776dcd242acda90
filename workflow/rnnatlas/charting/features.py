"""Features of activity on trials as trained, from which a network's type may be told (Turner, Dabholkar & Barak 2021, section 4.4, and the released code)."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC

from rnnatlas.arrays import Array, Float, MayBeNan
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.states import simulate
from rnnatlas.tasks.stretches import Stretch
from rnnatlas.tasks.task import Task

NAMES = (
    "angle", "correlation", "aspect_ratio", "curvature_max", "curvature_min", "first_speed_ratio", "first_component", "speed_ratio",
    "speed_vs_length", "margin", "end_speed",
)  # fmt: skip
EDGE = 5  # steps at either end of a stretch whose speeds are compared
SLOW = 3  # last steps of a trial whose speed counts
FIRM = 100.0  # C of the support vector machine that tells whether stretches can be separated


def features(ensemble: Ensemble, task: Task[Any]) -> dict[str, Annotated[Float[Array, "member"], MayBeNan]]:
    """The features of each member, without noise, by name. Places are rates of a rate cell, h of a GRU, (h, c) of an LSTM; speed is the root mean square
    over them of a step.

    With *first*, *second* and *answers* as the task has them (``task.stretches()``), the last of the second stretches being *last*: angle (degrees) and correlation of the
    displacements over first and last; path through the ends of the second stretches over the path of the last; log10 of the largest and smallest curvature of first (and of
    each answer) in its own plane of two principal components; speed at the end of first over that at its beginning; share of the first principal component of all; speed
    in first over that in last (in the first answer, if there are answers); slope of the lengths of second stretches, over the shortest, along the parameter; margin of a linear
    support vector machine between first and the second stretches (the answers), 0 where they cannot be separated; speed at the end of a trial. All are NaN of a network whose states are not finite. Raises ``AtlasError`` for a task that has no
    stretches.
    """
    stretches = task.stretches()
    if stretches is None:
        raise AtlasError(
            None, "task", f"{task.title!r} does not say in which stretches its activity is looked at", "let its file define stretches() (docs/add_a_task.md)"
        )  # fmt: skip
    rows: list[dict[str, float]] = []
    for network in ensemble:
        states = simulate(network, stretches.trials.inputs, noise=0.0).states[0].astype(np.float64)
        places = np.tanh(states) if network.cell.kind == "rate" else states

        def of(one: Stretch, places: Array = places) -> Array:
            return places[one.trial, one.start : one.stop]

        parts = of(stretches.first), [of(one) for one in stretches.second], [of(one) for one in stretches.answers]
        rows.append(_features(*parts, places) if np.isfinite(places).all() else {})
    answers = (
        f"answer_{k}_curvature_{end}" for k, _ in enumerate(stretches.answers, start=1) for end in ("max", "min")
    )
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in (*NAMES, *answers)}


def _features(first: Array, second: list[Array], answers: list[Array], places: Array) -> dict[str, float]:
    last, other = second[-1], answers or second
    ends = np.stack([each[-1] for each in second])
    lengths = np.array([_length(each) for each in second])
    one, two = first[-1] - first[0], last[-1] - last[0]
    speed = _speed(first)
    found = {
        "angle": float(np.degrees(np.arccos(np.clip(_cosine(one, two), -1.0, 1.0)))),
        "correlation": _cosine(one - one.mean(), two - two.mean()),
        "aspect_ratio": _length(ends) / max(lengths[-1], 1e-12),
        **_curvature("curvature", first),
        "first_speed_ratio": float(speed[-EDGE:].mean() / max(speed[:EDGE].mean(), 1e-12)),
        "first_component": _first_component(places.reshape(-1, places.shape[-1])),
        "speed_ratio": float(speed.mean() / max(_speed(other[0] if answers else last).mean(), 1e-12)),
        "speed_vs_length": _slope(lengths),
        "margin": _margin(first, np.concatenate(other)),
        "end_speed": float(_speed(places[0])[-SLOW - 1 : -1].mean()),
    }
    for number, each in enumerate(answers, start=1):
        found |= _curvature(f"answer_{number}_curvature", each)
    return found


def _speed(path: Array) -> Array:
    """Root mean square over places of each step, the last one's twice."""
    step = np.sqrt(np.mean(np.diff(path, axis=0) ** 2, axis=1))
    return np.append(step, step[-1])


def _length(path: Array) -> float:
    return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def _cosine(one: Array, other: Array) -> float:
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))


def _slope(lengths: Array) -> float:
    """Of lengths, the shortest being 1, along a parameter from 0 to 1."""
    scaled = lengths / max(lengths.min(), 1e-12)
    return float(np.polyfit(np.linspace(0.0, 1.0, len(scaled)), scaled - 1.0, 1)[0]) if len(scaled) > 1 else 0.0


def _components(points: Array) -> tuple[Array, Array]:
    """Coordinates along the principal components, and their shares of the variance."""
    centred = points - points.mean(0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    return left * size, size**2 / max((size**2).sum(), 1e-300)


def _first_component(points: Array) -> float:
    return float(_components(points)[1][0])


def _curvature(name: str, path: Array) -> dict[str, float]:
    """log10 of the largest and smallest curvature |x' y'' - y' x''| / (x'^2 + y'^2)^(3/2) in the plane of the path's first two components."""
    x, y = _components(path)[0][:, :2].T
    dx, dy = np.gradient(x), np.gradient(y)
    bend = np.abs(dx * np.gradient(dy) - dy * np.gradient(dx)) / np.maximum((dx**2 + dy**2) ** 1.5, 1e-30)
    low, high = (float(np.log10(max(each, 1e-12))) for each in (bend.min(), bend.max()))
    return {f"{name}_max": high, f"{name}_min": low}


def _margin(one: Array, other: Array) -> float:
    """Width of the gap that a hyperplane leaves between two sets of points, each coordinate in standard deviations; 0 where none separates them."""
    points, side = np.concatenate([one, other]), np.repeat([0, 1], [len(one), len(other)])
    scale = points.std(0)
    points = (points - points.mean(0)) / np.where(scale > 0.0, scale, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine: Any = SVC(kernel="linear", C=FIRM, max_iter=100_000).fit(points, side)
    return float(2.0 / np.linalg.norm(machine.coef_)) if machine.score(points, side) == 1.0 else 0.0
