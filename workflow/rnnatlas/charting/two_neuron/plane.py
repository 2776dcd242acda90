"""The plane through three solutions, one of each class, and the loss on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.charting.two_neuron.flow import Flow, columns
from rnnatlas.charting.two_neuron.outcome import DECAY, FIXED_POINT, LIMIT_CYCLE
from rnnatlas.charting.two_neuron.problem import START, TARGET, Problem, eigenvalues
from rnnatlas.charting.two_neuron.training import in_chunks
from rnnatlas.errors import AtlasError

SETTLED = 1.0  # time after the end within which a fixed point moves least
CLEARLY_TURNS = 0.1  # imaginary part of the representative limit cycle


class Plane(NamedTuple):
    """``W = origin + x·axes[0] + y·axes[1]``, with orthonormal axes in the space of the four weights."""

    origin: Float[Array, "2 2"]
    axes: Float[Array, "2 2 2"]

    @classmethod
    def through(cls, three: Float[Array, "3 2 2"]) -> Plane:
        """Its origin is their mean, its axes their principal directions. Raises ``AtlasError`` for three on a line."""
        mean = three.mean(0)
        _, sizes, axes = np.linalg.svd((three - mean).reshape(3, 4), full_matrices=False)
        if sizes[1] < 1e-9 * max(sizes[0], 1e-300):
            raise AtlasError(None, "three", "three networks that span a plane are expected, these lie on a line", "choose others")  # fmt: skip
        return cls(mean, axes[:2].reshape(2, 2, 2))

    def coordinates(self, weights: Float[Array, "network 2 2"]) -> Float[Array, "network 2"]:
        """Where the nearest points of the plane lie."""
        return (weights - self.origin).reshape(-1, 4) @ self.axes.reshape(2, 4).T

    def weights(self, coordinates: Float[Array, "network 2"]) -> Float[Array, "network 2 2"]:
        """The networks at points of the plane."""
        return self.origin + np.tensordot(coordinates, self.axes, axes=1)

    def share(self, weights: Float[Array, "network 2 2"]) -> float:
        """The share of the variance of ``weights`` about their mean along the two axes."""
        flat = weights.reshape(-1, 4) - weights.reshape(-1, 4).mean(0)
        return float(((flat @ self.axes.reshape(2, 4).T) ** 2).sum() / (flat**2).sum())


def principal_shares(weights: Float[Array, "network 2 2"]) -> Float[Array, "4"]:
    """The share of variance of each principal component of the four weights, the largest first."""
    flat = weights.reshape(-1, 4)
    values = np.linalg.eigvalsh(np.cov(flat.T))[::-1]
    return values / values.sum()


def representatives(weights: Float[Array, "network 2 2"], problem: Problem) -> list[int]:
    """Three solutions as the paper's authors chose theirs: a fixed point near the target (which moves least in the time after the end), the first
    whose origin is unstable in both directions and clearly turns, and the one whose origin is most nearly stable. Raises ``AtlasError`` if no solution has
    a limit cycle."""
    largest, turning = eigenvalues(weights)
    flow, w = Flow(problem, len(weights)), columns(weights)
    end = flow.end(w)
    later = end
    for x in flow.states(w, end, max(1, round(SETTLED / problem.step))):
        later = x
    cycles = np.flatnonzero((turning > CLEARLY_TURNS) & (largest > 1.0))
    if not len(cycles):
        raise AtlasError(
            None, "networks", "a solution with a limit cycle is expected, found none", "train more networks"
        )
    return [int(((later - end) ** 2).sum(0).argmin()), int(cycles[0]), int(largest.argmin())]


def plane_shares(
    weights: Float[Array, "network 2 2"], classes: Int[Array, "network"], count: int, rng: np.random.Generator
) -> Float[Array, "triple"]:
    """The share of variance in the planes through ``count`` random triples, one solution of each class: how much hangs on the choice of the three.
    NaN where a class has no solution."""
    by_class = [np.flatnonzero(classes == kind) for kind in (FIXED_POINT, LIMIT_CYCLE, DECAY)]
    if not all(map(len, by_class)):
        return np.full(count, np.nan)
    chosen = np.stack([rng.choice(members, count) for members in by_class], axis=1)
    return np.array([Plane.through(weights[triple]).share(weights) for triple in chosen])


def landscape(
    plane: Plane, x: Float[Array, "column"], y: Float[Array, "row"], problem: Problem, threads: int = 1
) -> Float[Array, "row column"]:
    """The loss on a grid of the plane. Weights there may be several times larger than any that networks begin with: the steps are as much shorter."""
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    weights = plane.weights(points)
    largest = max(problem.largest, float(np.abs(weights).max()))
    parts = int(np.ceil((1.0 + 2.0 * largest) / (1.0 + 2.0 * problem.largest)))
    finer = Problem(problem.end, problem.step / parts, problem.linear, largest)

    def loss(some: Array) -> Array:
        return 0.5 * ((Flow(finer, len(some)).end(columns(some)) - TARGET[:, None]) ** 2).sum(0)

    return in_chunks(loss, weights, threads).reshape(len(y), len(x))


def long_run(weights: Float[Array, "2 2"], problem: Problem, end: float) -> Float[Array, "time 2"]:
    """One network's states from the start on, at every step up to ``end``."""
    flow = Flow(problem, 1)
    steps = (x[:, 0].copy() for x in flow.states(columns(weights[None]), START[:, None], round(end / problem.step)))
    return np.stack([START, *steps])
