"""Do two networks hold on to the same things locally? Slow directions of their Jacobians at matched states.

In the row convention a perturbation moves as ``δx → δx A``, so what persists are the *left* eigenvectors, ``w A = λ w``, of
the modes whose Re λ is nearest to 0. Where x' ≈ x M is the linear map from the states of one network to those of another on the
same trials, a perturbation δx of the one stands for δx M in the other; the overlap of the subspaces is the mean squared cosine of
their principal angles, 1 = the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float

Basis = Float[Array, "unit _"]


def slow_subspace(jacobian: Float[Array, "unit unit"], modes: int) -> Basis:
    """Orthonormal basis (columns) of the invariant subspace of the ``modes`` slowest modes, |Re λ| least.

    A complex pair counts twice and is never split: where the last mode is one of a pair, its partner comes along, so there may
    be one direction more than ``modes``.
    """
    values, vectors = np.linalg.eig(jacobian.T)  # columns v with Aᵀ v = λ v: vᵀ A = λ vᵀ
    rate, turn = np.real(values), np.imag(values)
    directions: list[Array] = []
    for k in np.lexsort((-turn, np.abs(turn), np.round(np.abs(rate), 9))):
        if len(directions) >= modes:
            break
        if turn[k] >= 0.0:  # of a pair, the partner spans the same plane
            directions.append(np.real(vectors[:, k]))
            if turn[k] > 0.0:
                directions.append(np.imag(vectors[:, k]))
    return np.linalg.qr(np.stack(directions, axis=1))[0]


def subspace_overlap(new: Basis, earlier: Float[Array, "unit2 _"], carried: Float[Array, "unit unit2"]) -> float:
    """Mean squared cosine between ``earlier`` and ``new`` as ``carried`` by the map δx → δx M, in [0, 1].

    The mean is over the smaller dimension of the two before the map: a direction that it takes to nothing counts as 0.
    """
    image = carried.T @ new
    u, s, _ = np.linalg.svd(image, full_matrices=False)
    kept = u[:, s > 1e-10 * max(s[0], 1e-300)]
    return float(np.sum((kept.T @ earlier) ** 2) / min(new.shape[1], earlier.shape[1]))


def linear_map(
    x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"], ridge: float = 1e-8
) -> Float[Array, "unit unit2"]:
    """M of ``y − ȳ ≈ (x − x̄) M``, with ``ridge`` in units of the mean diagonal of XᵀX."""
    x, y = x.astype(np.float64) - x.mean(0), y.astype(np.float64) - y.mean(0)
    gram = x.T @ x
    return np.linalg.solve(gram + (ridge * np.trace(gram) / len(gram) + 1e-300) * np.eye(len(gram)), x.T @ y)


class SharedSlowDirections(NamedTuple):
    """Mean overlap over states: at matched states, at states matched at random, and of random directions in place of the new
    network's. Overlap above ``floor`` depends on the state; above ``chance`` it is owed to directions being slow at all."""

    overlap: float
    floor: float
    chance: float


def shared_slow_directions(
    new: Sequence[Basis],
    earlier: Sequence[Float[Array, "unit2 _"]],
    carried: Float[Array, "unit unit2"],
    rng: np.random.Generator,
    shifts: int = 4,
) -> SharedSlowDirections:
    """Overlap of slow directions, those of both networks at state k standing at entry k, new ones ``carried`` by the linear map.

    States should come in random order: for the floor the one list is moved against the other by 1 … ``shifts`` places, so that
    no state meets its own. Chance is high where the map leads most directions into few.
    """
    places = range(1, min(shifts, len(new) - 1) + 1)
    floor = float(np.mean([_mean_overlap(new, earlier, carried, shift) for shift in places]))
    random = [np.linalg.qr(rng.standard_normal(basis.shape))[0] for basis in new]
    overlap, chance = (_mean_overlap(source, earlier, carried) for source in (new, random))
    return SharedSlowDirections(overlap, floor, chance)


def _mean_overlap(new: Sequence[Array], earlier: Sequence[Array], carried: Array, shift: int = 0) -> float:
    """Mean over states k of the overlap of ``new[k]`` with ``earlier[k + shift]``, in a circle."""
    later = [earlier[(k + shift) % len(earlier)] for k in range(len(earlier))]
    return float(np.mean([subspace_overlap(a, b, carried) for a, b in zip(new, later, strict=True)]))
