"""Whether a path returns to where it was: periods, and distances between closed orbits."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist

from rnnatlas.arrays import Array, Float, Int

NODES = np.arange(-2, 4)  # interpolation by the polynomial through six states
TURNS = 10  # returns, near ones included, that a period may have
COMPARED = 128  # times at which a path is compared with itself
RETURNS = 0.5  # a path that moves on and does not come back nearer than this share of its farthest distance drifts
STEADY = 0.05  # relative change of the extent, from half to half, that a torus may have
DENSE = 2000  # points of a closed orbit, at most


def extent(path: Float[Array, "time state"]) -> float:
    """RMS distance of a path from its mean."""
    return float(np.sqrt(np.sum(path.var(0))))


def at(path: Float[Array, "time state"], times: Int[Array, "at"], lag: float) -> Float[Array, "at state"]:
    """The path at ``times + lag``, between steps by six-point Lagrange interpolation; two steps before and three after are needed."""
    whole = int(np.floor(lag))
    fraction = lag - whole
    if fraction == 0.0:
        return path[times + whole]
    weight = [np.prod([(fraction - k) / (j - k) for k in NODES if k != j]) for j in NODES]
    return sum(w * path[times + whole + j] for w, j in zip(weight, NODES, strict=True))  # type: ignore[return-value]


def period(path: Float[Array, "time state"], tolerance: float) -> float:
    """Period of a path in steps (not a whole number in general); NaN if it is not periodic.

    A period P is a return of the whole state: the path agrees with itself P steps later, RMS over its times, within ``tolerance``
    of its extent; the shortest such P counts. It must agree as well after as many periods as half the path holds, which a spiral
    that slowly winds up or down does not. A path must hold two periods. A path on a torus comes back as near as one likes if one
    waits long enough; a period may therefore hold ten turns at most (minima of the distance from a state, below half the largest).
    """
    size, half = extent(path), len(path) // 2
    if size == 0.0:
        return np.nan
    distance = np.linalg.norm(path - path[2], axis=1)
    pace = float(np.linalg.norm(np.diff(path, axis=0), axis=1).max())
    # After the path has moved away, its returns are minima of the distance, no further than a step from where it was.
    left = int(np.argmax(distance[2:] > min(pace, 0.5 * distance.max()))) + 2
    inner = np.arange(max(left, 3), min(half + 3, len(path) - 1))
    lowest = (distance[inner] <= distance[inner - 1]) & (distance[inner] < distance[inner + 1])
    turns_back = inner[lowest & (distance[inner] <= RETURNS * distance.max())][:TURNS]
    for lag in turns_back[distance[turns_back] <= pace] - 2:
        found, miss = _refine(path, float(lag))
        if miss <= tolerance * size:
            # Rounding of the period grows with the number of periods, so it is refined again over more and more of them.
            turns = 1
            while 2 * turns * found + 4 < half:
                turns *= 2
                many, miss = _refine(path, turns * found)
                found = many / turns
            if miss <= tolerance * size:
                return found
    return np.nan


def _refine(path: Float[Array, "time state"], lag: float) -> tuple[float, float]:
    """The lag within a step of ``lag`` at which the path agrees best with itself, and the RMS distance there."""
    last = len(path) - int(lag) - 6
    if last <= 2:
        return lag, np.inf
    times = np.unique(np.linspace(2, last, COMPARED).astype(int))

    def miss(at_lag: float) -> float:
        return float(np.sqrt(np.mean(np.sum((at(path, times, at_lag) - path[times]) ** 2, axis=1))))

    best: Any = minimize_scalar(
        miss, bounds=(max(lag - 1.0, 0.5), lag + 1.0), method="bounded", options={"xatol": 1e-3}
    )
    # Whole lags as well: a cycle of few steps is not smooth, and interpolation means nothing there.
    return min(
        [(float(best.x), float(best.fun)), (float(round(lag)), miss(float(round(lag))))], key=lambda both: both[1]
    )


def is_steady(path: Float[Array, "time state"]) -> bool:
    """Whether a path comes back near where it was, and its second half extends as far as its first: it does not drift or decay."""
    half = len(path) // 2
    one, other = extent(path[:half]), extent(path[half:])
    if one == 0.0 or abs(other / one - 1.0) > STEADY:
        return False
    distance = np.linalg.norm(path - path[0], axis=1)
    farthest = int(np.argmax(distance))
    return bool(distance[farthest:].min() <= RETURNS * distance[farthest])


def orbit(path: Float[Array, "time state"], steps: float) -> Float[Array, "point state"]:
    """One turn of a periodic path of ``steps`` a turn, in order, at many points between its steps if it has more than six of them."""
    times = np.arange(2, 2 + int(np.ceil(steps)))
    fine = int(np.clip(DENSE // len(times), 1, 16)) if steps > 6 else 1
    return np.stack([at(path, times, k / fine) for k in range(fine)], axis=1).reshape(-1, path.shape[1])


def orbit_distance(turn: Float[Array, "time state"], other: Float[Array, "point state"]) -> float:
    """The largest distance of a point of ``turn`` from the nearest point of ``other``."""
    return float(cdist(turn[:: max(1, len(turn) // COMPARED)], other).min(1).max())
