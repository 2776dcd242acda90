"""Networks of two units trained as one batch, each by its own Adam (Kingma & Ba 2015), in float64."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Positive
from rnnatlas.charting.two_neuron.flow import Flow, columns, rows
from rnnatlas.charting.two_neuron.problem import Problem
from rnnatlas.streams.keys import generator

BETAS, EPSILON = (0.9, 0.999), 1e-8
CHUNK = 2048  # networks of a thread at a time: its arrays stay in the second cache


def initial_weights(count: Count, largest: Positive, *stream: int | str) -> Float[Array, "network 2 2"]:
    """``W_ij ~ U(−largest, largest)`` independently, by the named stream."""
    return generator(*stream, "two neurons").uniform(-largest, largest, size=(count, 2, 2))


def descend(
    weights: Float[Array, "network 2 2"], problem: Problem, steps: Count, rate: Positive, threads: Count = 1
) -> Float[Array, "network 2 2"]:
    """The weights after ``steps`` of Adam. A network does not depend on the others, nor on ``threads``; one whose gradient is not
    finite stays where it is from then on."""

    def one(part: Array) -> Array:
        return rows(_descend(columns(part), problem, steps, rate))

    return in_chunks(one, weights, threads)


def _descend(w: Float[Array, "2 2 network"], problem: Problem, steps: int, rate: float) -> Float[Array, "2 2 network"]:
    flow = Flow(problem, w.shape[2], gradient=True)
    first, second, alive = np.zeros_like(w), np.zeros_like(w), np.ones(w.shape[2], dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):  # of networks that are left behind
        for number in range(1, steps + 1):
            _, gradient = flow.loss_and_gradient(w)
            alive &= np.isfinite(gradient).all((0, 1))
            gradient = np.where(alive, gradient, 0.0)
            first += (1.0 - BETAS[0]) * (gradient - first)
            second += (1.0 - BETAS[1]) * (gradient * gradient - second)
            size = rate / (1.0 - BETAS[0] ** number)
            change = size * first / (np.sqrt(second / (1.0 - BETAS[1] ** number)) + EPSILON)
            w -= np.where(alive, change, 0.0)
    return w


def in_chunks(
    job: Callable[[Float[Array, "part ..."]], Array], weights: Float[Array, "network ..."], threads: int
) -> Array:
    """``job`` on some networks at a time, its results joined along their first axis."""
    parts = [weights[k : k + CHUNK] for k in range(0, max(1, len(weights)), CHUNK)]
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(job, parts)))
