"""What a trained two-neuron network does: its loss by an adaptive solver, its class, and the way by which it reaches the target.

Classes, by the eigenvalues of W at the origin, where the Jacobian is −I + W (the rule of Turner, Dabholkar & Barak 2021): *limit cycle* where the origin is
unstable and turns, *fixed point* where it is unstable and does not, *decay* where it is stable. By simulation: what x(t) from the start has come to
after long: rest away from the origin, no rest, or the origin. The two rules need not agree: a cycle may surround a stable origin.

The *winding* is the angle by which x(t) has turned about the origin at the end: π/2, −3π/2, 5π/2, … for a solution. Solutions of different
windings lie in different basins of the loss.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.charting.two_neuron.flow import Flow, columns
from rnnatlas.charting.two_neuron.problem import START, TARGET, Problem, eigenvalues
from rnnatlas.charting.two_neuron.training import in_chunks

CLASSES = ("fixed point", "limit cycle", "decay")
FIXED_POINT, LIMIT_CYCLE, DECAY = range(3)
STUCK = -99  # stands for class and basin of what is no solution
TURNS = 1e-2  # imaginary part from which an eigenvalue turns
LONG, REST, NEAR = (
    400.0,
    1e-6,
    1e-3,
)  # duration of the long runs; speed of a state at rest; distance from the origin that is none
TOLERANCE, TOGETHER = 1e-9, 500  # of the adaptive solver, a network; networks that share its steps


def end_states(weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1) -> Float[Array, "network 2"]:
    """x(T) by an adaptive Runge-Kutta method of order 8 (Hairer, Nørsett & Wanner 1993: DOP853), each network to ``TOLERANCE``.

    The solver bounds the root mean square over all that it solves together, so it is given as much less as one network may stand out.
    """

    def part(some: Array) -> Array:
        found = [_end_states(some[k : k + TOGETHER], problem) for k in range(0, len(some), TOGETHER)]
        return np.concatenate(found)

    return in_chunks(part, weights, threads)


def _end_states(weights: Float[Array, "network 2 2"], problem: Problem) -> Float[Array, "network 2"]:
    w, count = columns(weights), len(weights)

    def slope(_: float, flat: Array) -> Array:
        x = flat.reshape(2, count)
        r = x if problem.linear else np.tanh(x)
        return (w[:, 0] * r[0] + w[:, 1] * r[1] - x).ravel()

    tolerance = TOLERANCE / np.sqrt(2 * count)
    begin = np.repeat(START[:, None], count, axis=1).ravel()
    run = solve_ivp(slope, (0.0, problem.end), begin, "DOP853", rtol=tolerance, atol=tolerance, t_eval=[problem.end])
    return run.y[:, -1].reshape(2, count).T


def losses(weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1) -> Float[Array, "network"]:
    """``½|x(T) − target|²``, by ``end_states``."""
    return 0.5 * ((end_states(weights, problem, threads) - TARGET) ** 2).sum(1)


def by_eigenvalues(weights: Float[Array, "network 2 2"]) -> Int[Array, "network"]:
    """Indices of ``CLASSES``."""
    largest, turning = eigenvalues(weights)
    return np.where(largest <= 1.0, DECAY, np.where(turning > TURNS, LIMIT_CYCLE, FIXED_POINT))


def by_simulation(weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1) -> Int[Array, "network"]:
    """Indices of ``CLASSES``, by runs from the start of ``LONG`` time constants."""

    def part(some: Array) -> Array:
        w = columns(some)
        flow = Flow(problem, len(some))
        x = np.repeat(START[:, None], len(some), axis=1)
        for state in flow.states(w, x, round(LONG / problem.step)):
            x = state
        speed = np.linalg.norm(w[:, 0] * np.tanh(x[0]) + w[:, 1] * np.tanh(x[1]) - x, axis=0)
        away = np.linalg.norm(x, axis=0)
        return np.where(away < NEAR, DECAY, np.where(speed < REST, FIXED_POINT, LIMIT_CYCLE))

    return in_chunks(part, weights, threads)


def windings(weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1) -> Float[Array, "network"]:
    """The signed angle, in radians, by which each trajectory has turned about the origin at the end."""

    def part(some: Array) -> Array:
        begin = np.repeat(START[:, None], len(some), axis=1)
        angle, turned = np.zeros(len(some)), np.zeros(len(some))
        for x in Flow(problem, len(some)).states(columns(some), begin, problem.steps):
            now = np.arctan2(x[1], x[0])
            turned += (now - angle + np.pi) % (2.0 * np.pi) - np.pi
            angle = now
        return turned

    return in_chunks(part, weights, threads)


def basins(
    weights: Float[Array, "network 2 2"], solved: Bool[Array, "network"], problem: Problem, threads: int = 1
) -> Int[Array, "network"]:
    """Full turns beyond π/2 of each solution: 0, −1 (−3π/2), 1 (5π/2), …; what is no solution has ``STUCK``."""
    turns = np.round((windings(weights, problem, threads) - np.pi / 2.0) / (2.0 * np.pi)).astype(np.int64)
    return np.where(solved, turns, STUCK)
