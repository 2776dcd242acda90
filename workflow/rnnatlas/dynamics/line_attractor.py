"""Line attractors: how far a network's slow points form a line along its readout, and which input moves it along (Mante et al. 2013)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Shaped
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


class Context(NamedTuple):
    """A constant input under which one of two streams is to be integrated.

    ``constant`` numbers it among the task's constant inputs; ``relevant`` and ``irrelevant`` are columns of the input;
    ``target_range`` is the distance of the 5 % and 95 % quantiles of the target that the loss asks for in this context.
    """

    constant: int
    relevant: int
    irrelevant: int
    target_range: float


class Line(NamedTuple):
    """``variance``: share of the points' variance in their first principal component, in [0, 1]; ``range``: span of their
    readout in target ranges; ``selection``: see ``selection_ratio``; ``points``: their number.

    NaN where the points do not define a number (``variance``: fewer than two; ``selection``: none); the span of no point is 0.
    """

    variance: float
    range: float
    selection: float
    points: int


def task_contexts(task: Task[Any], trials: Trials) -> list[Context]:
    """The context of each of the task's constant inputs, in their order; none unless each of them is one.

    A trial belongs to the constant input that it begins with. The relevant stream is the input whose condition, under the
    input's own name, is the condition ``relevant`` in all these trials, and so for the irrelevant one. Only a task with one
    output has contexts: a line needs one coordinate.
    """
    conditions = trials.conditions
    if not {"relevant", "irrelevant"} <= conditions.keys() or len(task.output_names) != 1:
        return []
    found: list[Context] = []
    for number, constant in enumerate(task.constant_inputs().values()):
        mine = np.all(trials.inputs[:, 0] == constant.astype(np.float32), axis=1)
        streams = {
            kind: [
                column
                for column, name in enumerate(task.input_names)
                if name in conditions and mine.any() and np.array_equal(conditions[name][mine], conditions[kind][mine])
            ]
            for kind in ("relevant", "irrelevant")
        }
        if not len(streams["relevant"]) == len(streams["irrelevant"]) == 1:
            return []
        asked = trials.targets[mine][(trials.weight[mine] > 0) & trials.valid()[mine][:, :, None]]
        low, high = np.percentile(asked, [5, 95])
        found.append(Context(number, streams["relevant"][0], streams["irrelevant"][0], float(high - low)))
    return found


def line_attractor(points: dict[str, Array], inputs: Float[Array, "input unit"], context: Context) -> Line:
    """Measure one network's fixed and slow points (columns of a ``fixed_points`` artifact) at a context's constant input.

    ``inputs`` are the network's input weights, J_in. Fixed points count as slow ones: they lie on the manifold that slow
    points sample, and a slow point next to a root is not listed. Only counted points are used.
    """
    keep = points["counted"]
    state, output = points["state"][keep], points["output"][keep, 0]
    count = len(state)
    variance = np.nan
    if count > 1:
        squares = np.linalg.svd(state - state.mean(0), compute_uv=False) ** 2
        variance = float(squares[0] / squares.sum())
    span = float(np.ptp(output)) / context.target_range if count else 0.0
    vectors = selection_vectors(points["eigenvalues"][keep], points["right"][keep])
    ratio = selection_ratio(vectors, inputs[context.relevant], inputs[context.irrelevant])
    return Line(variance, span, ratio, count)


def selection_vectors(
    eigenvalues: Shaped[Array, "point unit"], right: Shaped[Array, "point mode unit"]
) -> Shaped[Array, "point unit"]:
    """The selection vector of each point: the *right* eigenvector, A v = λ v, of the eigenvalue nearest to zero among
    the leading modes.

    In the row convention a perturbation moves as δx → δx A, so its part along the line, δx·v, obeys
    d(δx·v)/dt = δx A v = λ δx·v: v says how much of an input enters the mode, while the left eigenvector is the line's own
    direction. (With column vectors the two swap their roles, as in Mante et al. 2013.)
    """
    slowest = np.abs(eigenvalues[:, : right.shape[1]]).argmin(axis=1) if len(right) else np.zeros(0, dtype=int)
    return right[np.arange(len(right)), slowest]


def selection_ratio(
    vectors: Shaped[Array, "point unit"], relevant: Float[Array, "unit"], irrelevant: Float[Array, "unit"]
) -> float:
    """Median over points of |b_relevant · v| / |b_irrelevant · v|: how much further along the line one unit of the relevant
    input moves the network than one of the irrelevant input. NaN without points; ∞ where only the relevant one enters."""
    if len(vectors) == 0:
        return np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.abs(vectors @ relevant.astype(np.float64)) / np.abs(vectors @ irrelevant.astype(np.float64))
    return float(np.median(ratios))
