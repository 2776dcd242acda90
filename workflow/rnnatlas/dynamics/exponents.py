"""Lyapunov exponents of long runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.dynamics.motion import Motion


class Exponents(NamedTuple):
    """Leading exponents of each run, per unit of time (1/τ, or per step of a cell without τ), by falling value; their standard
    errors over blocks; and the states at the end."""

    value: Float[Array, "run k"]
    error: Float[Array, "run k"]
    state: Float[Array, "run state"]


def lyapunov_exponents(
    motion: Motion,
    states: Float[Array, "run state"],
    steps: int,
    rng: np.random.Generator,
    leading: int = 1,
    settle: int = 0,
    blocks: int = 20,
    every: int = 10,
    watch: Callable[[Array], None] | None = None,
) -> Exponents:
    """The ``leading`` exponents along the runs from ``states``, by repeated QR (Benettin et al. 1980; Shimada & Nagashima 1979).

    ``leading`` random perturbations are moved with each run and made orthonormal every ``every`` steps; the exponents are the mean
    logarithms of the diagonal of R over ``steps`` steps after ``settle`` steps, in which the perturbations turn into their
    directions, divided by α. The standard error is that of the mean over ``blocks`` blocks. ``every`` must be short enough that the
    perturbations do not become parallel; ``steps`` is rounded up to whole blocks of whole intervals. ``watch`` is shown the states
    [run, state] of each step of the measured part. An exponent of minus infinity (a perturbation that dies at once) is possible.
    """
    x = np.array(states, dtype=np.float64)
    v = _orthonormal(rng.standard_normal((len(x), leading, x.shape[1])))[0]

    def interval(x: Array, v: Array, seen: Callable[[Array], None] | None) -> tuple[Array, Array, Array]:
        for _ in range(every):
            x, v = motion.push(x, v)
            if seen is not None:
                seen(x)
        v, stretch = _orthonormal(v)
        return x, v, stretch

    for _ in range(-(-settle // every)):
        x, v, _ = interval(x, v, None)
    intervals = max(1, -(-steps // (every * blocks)))
    rate = np.zeros((blocks, len(x), leading))
    for block in rate:
        for _ in range(intervals):
            x, v, stretch = interval(x, v, watch)
            block += stretch
    rate /= intervals * every * motion.alpha
    with np.errstate(invalid="ignore"):  # −inf − (−inf), where a perturbation died
        error = rate.std(0, ddof=1) / np.sqrt(blocks) if blocks > 1 else np.full(rate.shape[1:], np.nan)
    return Exponents(rate.mean(0), error, x)


def _orthonormal(v: Float[Array, "run k state"]) -> tuple[Float[Array, "run k state"], Float[Array, "run k"]]:
    """An orthonormal basis of the rows, with the logarithms of the diagonal of R. A row of zeros stays one."""
    if v.shape[1] == 1:
        length = np.linalg.norm(v, axis=2)
        with np.errstate(divide="ignore"):
            return v / np.where(length > 0, length, 1.0)[:, :, None], np.log(length)
    q, r = np.linalg.qr(np.swapaxes(v, 1, 2))
    with np.errstate(divide="ignore"):
        return np.swapaxes(q, 1, 2), np.log(np.abs(np.diagonal(r, axis1=1, axis2=2)))


def point_exponent(motion: Motion, state: Float[Array, "state"]) -> float:
    """The largest exponent at a fixed point: ``log max |1 + αλ| / α`` with λ the eigenvalues of A."""
    multiplier = np.abs(1.0 + motion.alpha * np.linalg.eigvals(motion.jacobian(state)))
    with np.errstate(divide="ignore"):
        return float(np.log(multiplier.max()) / motion.alpha)
