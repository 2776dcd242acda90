"""All that is charted of the two-neuron network: the arrays of a ``two_neuron`` artifact."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.charting.two_neuron.islands import connected, draw_pairs
from rnnatlas.charting.two_neuron.outcome import STUCK, basins, by_eigenvalues, by_simulation, losses
from rnnatlas.charting.two_neuron.plane import (
    Plane,
    landscape,
    long_run,
    plane_shares,
    principal_shares,
    representatives,
)
from rnnatlas.charting.two_neuron.problem import Problem
from rnnatlas.charting.two_neuron.start import predicted
from rnnatlas.charting.two_neuron.training import descend, initial_weights
from rnnatlas.config.charting import TwoNeuronSettings
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator

SHOWN = 100.0  # of a representative's run, in time constants


def chart(settings: TwoNeuronSettings, seed: int, threads: int = 1) -> dict[str, Array]:
    """Networks are trained and classified, the plane through three of them, what their beginnings decide, islands, the linear case.

    Raises ``AtlasError`` if no network of a kind that the plane needs was found, and for a file to compare with that has no weights."""
    problem = Problem(settings.end, settings.step, largest=settings.largest)
    given = {} if not settings.compare else compared(Path(settings.compare), problem, threads)
    initial = initial_weights(settings.networks, settings.largest, seed)
    found = outcomes(initial, problem, settings, threads)
    weights, solved = found["weights"], found["solved"]
    if solved.sum() < 3:
        raise AtlasError(None, "charting.two_neuron", f"at least 3 solutions are expected, found {solved.sum()} of {len(solved)} networks", "train more networks, or for more steps")  # fmt: skip
    solutions, numbers = weights[solved], np.flatnonzero(solved)
    chosen = representatives(solutions, problem)
    plane = Plane.through(solutions[chosen])
    classes = found["class"][solved]
    shares = plane_shares(solutions, classes, settings.triples, generator(seed, "two neurons", "triples"))
    pairs, same = draw_pairs(found["basin"][solved], settings.pairs, generator(seed, "two neurons", "pairs"))
    first, second = solutions[pairs[:, 0]], solutions[pairs[:, 1]]
    runs = np.stack([long_run(solutions[k], problem, SHOWN) for k in chosen])
    return {
        "initial": initial,
        **found,
        "class_by_eigenvalues": by_eigenvalues(weights),
        "predicted_class": predicted(initial, found["class"], seed, threads, settings.trees),
        "predicted_basin": predicted(initial, found["basin"], seed, threads, settings.trees),
        "representatives": numbers[chosen],
        "runs": runs,
        "run_times": settings.step * np.arange(runs.shape[1]),
        "plane/origin": plane.origin,
        "plane/axes": plane.axes,
        "plane/share": np.concatenate([[plane.share(solutions)], shares]),
        "principal_share": principal_shares(solutions),
        **_landscape(plane, problem, settings, threads),
        **_beginnings(plane, problem, settings, threads),
        "pairs/networks": numbers[pairs],
        "pairs/same": same,
        "pairs/connected": connected(first, second, problem, settings.solved, threads),
        **_linear(problem, settings, seed, threads),
        **given,
    }


def outcomes(
    initial: Float[Array, "network 2 2"], problem: Problem, settings: TwoNeuronSettings, threads: int = 1
) -> dict[str, Array]:
    """What networks become that begin with ``initial``: weights, loss, whether solved, class by simulation and basin (of what is no solution,
    ``STUCK``)."""
    weights = descend(initial, problem, settings.steps, settings.learning_rate, threads)
    loss = losses(weights, problem, threads)
    solved: Bool[Array, "network"] = loss < settings.solved
    classes = np.where(solved, by_simulation(weights, problem, threads), STUCK)
    return {
        "weights": weights,
        "loss": loss,
        "solved": solved,
        "class": classes,
        "basin": basins(weights, solved, problem, threads),
    }


def _landscape(plane: Plane, problem: Problem, settings: TwoNeuronSettings, threads: int) -> dict[str, Array]:
    wide, high = settings.half_width
    x = np.linspace(-wide, wide, settings.grid)
    y = np.linspace(-high, high, max(2, round(settings.grid * high / wide)))
    return {"landscape/x": x, "landscape/y": y, "landscape/loss": landscape(plane, x, y, problem, threads)}


def _beginnings(plane: Plane, problem: Problem, settings: TwoNeuronSettings, threads: int) -> dict[str, Array]:
    at = np.linspace(-settings.starts_half_width, settings.starts_half_width, settings.starts)
    points = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    found = outcomes(plane.weights(points), problem, settings, threads)
    square = (settings.starts, settings.starts)
    return {
        "starts/at": at,
        "starts/class": found["class"].reshape(square),
        "starts/basin": found["basin"].reshape(square),
    }


def _linear(problem: Problem, settings: TwoNeuronSettings, seed: int, threads: int) -> dict[str, Array]:
    own = Problem(problem.end, problem.step, True, problem.largest)
    initial = initial_weights(settings.linear, settings.largest, seed, "linear")
    weights = descend(initial, own, settings.steps, settings.learning_rate, threads)
    return {"linear/weights": weights, "linear/loss": losses(weights, own, threads)}


def compared(file: Path, problem: Problem, threads: int = 1) -> dict[str, Array]:
    """The networks of a file of one's own or the authors', and their loss here. Raises ``AtlasError`` for a file without them."""
    try:
        with h5py.File(file) as stored:
            weights = np.asarray(stored["weights"], dtype=np.float64) if "weights" in stored else np.zeros(0)
    except OSError as error:
        raise AtlasError(file, "", f"an HDF5 file is expected: {error}", "mend charting.two_neuron.compare, or leave it empty") from None  # fmt: skip
    if weights.ndim != 3 or weights.shape[1:] != (2, 2) or not len(weights) or not np.isfinite(weights).all():
        raise AtlasError(file, "weights", f"finite numbers [network, 2, 2] are expected, found shape {list(weights.shape)}", "mend charting.two_neuron.compare, or leave it empty")  # fmt: skip
    return {"compared/weights": weights, "compared/loss": losses(weights, problem, threads)}
