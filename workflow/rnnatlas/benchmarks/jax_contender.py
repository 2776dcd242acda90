"""A whole training step in JAX, compiled as one: noise, roll-out, loss, gradient, clipping, Adam.

JAX is an optional extra. It keeps to one thread if the process is pinned to one core, or started with the variables of
``process.ONE_THREAD``. Where several compiled steps share a process, ``process.TUNED_MALLOC`` can halve their time.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from rnnatlas.benchmarks.problem import BETAS, CLIP, EPSILON, RATE, Problem
from rnnatlas.errors import AtlasError


def jax_scan_step(problem: Problem) -> Callable[[], float]:
    """A step as in ``contenders.py``: ``jax.lax.scan`` over time, drive and readout inside it and noise by ``jax.random``.

    (To take drive and readout out of the scan is slower on a CPU.) Weights and moments are donated. Raises ``AtlasError``
    where JAX is not installed.
    """
    jax, jnp = _jax(), _jax().numpy
    loss = jax.value_and_grad(jax_loss(problem))
    (beta1, beta2), tree = BETAS, jax.tree.map

    def update(weights: Any, first: Any, second: Any, count: Any, key: Any) -> tuple[Any, ...]:
        key, now = jax.random.split(key)
        value, gradient = loss(weights, now)
        norm = jnp.sqrt(sum(jnp.sum(array**2) for array in gradient))
        factor = jnp.minimum(1.0, CLIP / (norm + 1e-6))  # as torch.nn.utils.clip_grad_norm_
        count = count + 1
        first = tree(lambda m, g: beta1 * m + (1 - beta1) * factor * g, first, gradient)
        second = tree(lambda v, g: beta2 * v + (1 - beta2) * (factor * g) ** 2, second, gradient)
        fade1, fade2 = 1 - beta1**count, 1 - beta2**count
        weights = tree(lambda w, m, v: w - RATE * (m / fade1) / (jnp.sqrt(v / fade2) + EPSILON), weights, first, second)
        return (weights, first, second, count, key), value

    compiled = jax.jit(update, donate_argnums=(0, 1, 2, 3, 4))
    weights = tuple(jnp.array(array[0]) for array in problem.parameters)
    state = (weights, tree(jnp.zeros_like, weights), tree(jnp.zeros_like, weights), jnp.zeros(()), jax.random.key(0))

    def step() -> float:
        nonlocal state
        state, value = jax.block_until_ready(compiled(*state))
        return float(value)

    return step


def jax_loss(problem: Problem) -> Callable[[Any, Any], Any]:
    """The loss as a function of the weights, in the order of ``Parameters``, and of the key of the noise."""
    jax, jnp = _jax(), _jax().numpy
    a, scale = problem.cell.alpha, problem.cell.noise_scale()
    u, targets, weight = (
        jnp.array(np.swapaxes(array, 0, 1)) for array in (problem.inputs, problem.targets, problem.weight)
    )

    def loss(weights: Any, key: Any) -> Any:
        recurrent, input_, bias, readout, readout_bias = weights

        def advance(carry: tuple[Any, Any, Any], u_t: Any) -> tuple[tuple[Any, Any, Any], Any]:
            x, r, key = carry
            x = (1 - a) * x + a * (r @ recurrent + u_t @ input_ + bias)
            if scale > 0.0:
                key, now = jax.random.split(key)
                x = x + scale * jax.random.normal(now, x.shape)
            r = jnp.tanh(x)
            return (x, r, key), r @ readout + readout_bias

        rest = jnp.zeros((u.shape[1], recurrent.shape[0]))
        _, outputs = jax.lax.scan(advance, (rest, rest, key), u)
        return jnp.sum(weight * (outputs - targets) ** 2) / jnp.sum(weight)

    return loss


def _jax() -> Any:
    try:
        return import_module("jax")  # an extra: no checker shall miss it
    except ImportError as error:
        raise AtlasError(
            None, "jax", "JAX is expected for this contender, it is not installed", "pip install 'rnnatlas[bench]'"
        ) from error
