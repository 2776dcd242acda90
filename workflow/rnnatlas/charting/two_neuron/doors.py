"""What a notebook asks of two-neuron networks."""

from __future__ import annotations

from math import ceil

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Positive
from rnnatlas.charting.two_neuron.flow import Flow, columns
from rnnatlas.charting.two_neuron.outcome import CLASSES, by_simulation, losses, windings
from rnnatlas.charting.two_neuron.problem import START, Problem
from rnnatlas.charting.two_neuron.training import descend
from rnnatlas.config.charting import longest_step


def loss(weights: Float[Array, "network 2 2"], end: Positive = 10.0, linear: bool = False) -> Float[Array, "network"]:
    """``L = ½|x(T) − (0, 1)|²`` of ``dx/dt = −x + W tanh(x)`` from (1, 0), by an adaptive Runge-Kutta method of order 8 to 1e-9.

    ``end`` is T in time constants; ``linear`` leaves the tanh out. Source: Turner, Dabholkar & Barak 2021, section 3.
    """
    return losses(weights, _problem(weights, end, linear))


def trajectories(
    weights: Float[Array, "network 2 2"], end: Positive = 10.0, linear: bool = False
) -> Float[Array, "network time 2"]:
    """x(t) from (1, 0) at equal times, at most 0.1 apart, from 0 to ``end`` (in time constants), by Runge-Kutta steps of fourth order."""
    problem = _problem(weights, end, linear)
    begin = np.repeat(START[:, None], len(weights), axis=1)
    parts = problem.steps // _shown(end)
    states = [begin] + [x.copy() for x in Flow(problem, len(weights)).states(columns(weights), begin, problem.steps)]
    return np.moveaxis(np.stack(states[::parts]), -1, 0)


def train(
    weights: Float[Array, "network 2 2"], steps: Count = 1000, learning_rate: Positive = 0.01, linear: bool = False
) -> Float[Array, "network 2 2"]:
    """W after ``steps`` of Adam on the loss at T = 10, each network by itself; the gradient is the exact one of the Runge-Kutta steps."""
    return descend(np.asarray(weights, dtype=np.float64), _problem(weights, 10.0, linear), steps, learning_rate)


def classify(weights: Float[Array, "network 2 2"]) -> list[str]:
    """``fixed point``, ``limit cycle`` or ``decay``, by what the trajectory from (1, 0) comes to in 400 time constants."""
    return [CLASSES[kind] for kind in by_simulation(weights, _problem(weights))]


def winding(weights: Float[Array, "network 2 2"]) -> Float[Array, "network"]:
    """The signed angle, in radians, by which the trajectory from (1, 0) has turned about the origin at T = 10: π/2, −3π/2, 5π/2, … of
    solutions."""
    return windings(weights, _problem(weights))


def _shown(end: float) -> int:
    """Steps of at most 0.1 up to the end."""
    return max(1, ceil(end / 0.1 - 1e-9))


def _problem(weights: Array, end: float = 10.0, linear: bool = False) -> Problem:
    """With whole parts of these steps, which are stable for these weights."""
    largest = max(1.5, float(np.abs(weights).max(initial=0.0)))
    parts = ceil(0.1 / (0.7 * longest_step(largest)))
    return Problem(end, end / (_shown(end) * parts), linear, largest)
