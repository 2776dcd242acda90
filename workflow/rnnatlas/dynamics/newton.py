"""Minimise the speed of the flow from many starts at once."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Count, Float, MayBeNan, NotNegative
from rnnatlas.dynamics.blocks import blocks
from rnnatlas.dynamics.motion import Field

MATRICES = (
    10  # [state, state] that a step holds of each start: the Jacobian with its parts, the normal matrix, their copies
)


class Descent(NamedTuple):
    """Where the starts ended, and the first iterate of each that was slow enough (NaN if none was)."""

    state: Float[Array, "start state"]
    q: Float[Array, "start"]
    slow_state: Float[Array, "start state"]


def minimise_speed(
    field: Field,
    starts: Annotated[Float[Array, "start state"], MayBeNan],
    tolerance: NotNegative = 1e-20,
    slow_speed: NotNegative = 0.0,
    iterations: Count = 200,
) -> Descent:
    """Minimise ``q = |F(x)|²/2`` by Levenberg-Marquardt, each start with its own damping, until q ≤ ``tolerance``.

    The step solves ``δ (A Aᵀ + μI) = −F Aᵀ`` with μ = damping·|F|² (Fan & Yuan 2005), which keeps quadratic convergence
    where A is singular, as along a line attractor, plus 1e-15 of the largest diagonal element of A Aᵀ or of 1, so that
    the system stays regular in rounding. A step that does not lower q is refused and the damping raised. A start is given
    up when its step no longer changes it: it sits at a local minimum of q, a slow point. A start that is not finite stays
    as it is, with q NaN or infinite.

    ``field`` may be that of any cell. Starts go in parts whose matrices take some 200 MB at most. For rate units this is the reference
    of ``engine/native/minimise_speed.cpp``; ``descent.descend`` takes that where it can.
    """
    parts = blocks(len(starts), starts.shape[1], MATRICES)
    found = [_minimise(field, starts[part], tolerance, slow_speed, iterations) for part in parts]
    state, q, slow = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return Descent(state, q, slow)


def _minimise(field: Field, starts: Array, tolerance: float, slow_speed: float, iterations: int) -> Descent:
    x = np.array(starts, dtype=np.float64)
    count, width = x.shape
    flow = field.flow(x)
    q = 0.5 * np.sum(flow**2, axis=1)
    slow = np.full_like(x, np.nan)
    damping = np.full(count, 1e-2)
    running = np.ones(count, dtype=bool)
    eye = np.eye(width)
    for _ in range(iterations):
        newly_slow = np.isnan(slow[:, 0]) & (np.sqrt(2.0 * q) <= slow_speed)
        slow[newly_slow] = x[newly_slow]
        running &= q > tolerance
        (now,) = np.nonzero(running)
        if now.size == 0:
            break
        a = field.jacobian(x[now])
        normal = a @ a.transpose(0, 2, 1)
        largest = np.diagonal(normal, axis1=1, axis2=2).max(1)
        mu = damping[now] * 2.0 * q[now] + 1e-15 * np.maximum(largest, 1.0)
        normal += mu[:, None, None] * eye
        step = np.linalg.solve(normal, -(a @ flow[now][:, :, None]))[:, :, 0]
        trial = x[now] + step
        trial_flow = field.flow(trial)
        trial_q = 0.5 * np.sum(trial_flow**2, axis=1)
        better = trial_q < q[now]
        kept = now[better]
        x[kept], flow[kept], q[kept] = trial[better], trial_flow[better], trial_q[better]
        damping[now] = np.where(better, np.maximum(damping[now] / 5.0, 1e-8), np.minimum(damping[now] * 8.0, 1e12))
        still = np.linalg.norm(step, axis=1) > 1e-13 * (1.0 + np.linalg.norm(x[now], axis=1))
        running[now] = still & (damping[now] < 1e12)
    return Descent(x, q, slow)
