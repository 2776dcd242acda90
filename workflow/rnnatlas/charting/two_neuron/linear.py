"""The linear case, ``dx/dt = (W − I) x``, in closed form: one continuous sheet of solutions, and islands.

With A = W − I = [[a, b], [c, d]], s = (a + d)/2, δ = (a − d)/2 and D = δ² + bc, ``x(T) = e^{sT} ([C + δ S] e₁ + c S e₂)`` from e₁, where
C = cosh(T√D), S = sinh(T√D)/√D. It is e₂ if ``C + δ S = 0`` and ``e^{sT} c S = 1``: two equations of four numbers. For D = −ω² < 0 they
give δ = −ω cot(ωT), c = e^{−sT} ω/sin(ωT), b = (D − δ²)/c, for any s and any ω that is no multiple of π/T, where c is infinite: each (kπ/T, (k+1)π/T) is a
branch of its own, of k half turns. That of k = 0 goes on through D = 0 to D = κ² > 0, where hyperbolic functions stand for the others. (Derived here; the paper has it in
its supplement.)
"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float, Index


def branch(
    half_turns: Index, phase: Float[Array, "solution"], mean: Float[Array, "solution"], end: float = 10.0
) -> Float[Array, "solution 2 2"]:
    """W of solutions of a branch; ``mean`` is s. With ``half_turns`` = k > 0, ``phase`` = ωT − kπ lies in (0, π). On the branch of k = 0 it
    lies below π: above 0 it is ωT, below it is −κT, at 0 D = 0."""
    phase, mean = np.broadcast_arrays(np.asarray(phase, float), np.asarray(mean, float))
    turning = phase + half_turns * np.pi
    real = (turning <= 0.0) if half_turns == 0 else np.zeros(phase.shape, dtype=bool)
    size = np.maximum(np.abs(turning), 1e-9)
    ratio = np.where(real, size / np.tanh(size), size / np.tan(size)) / end  # κ coth(κT), or ω cot(ωT)
    rise = (
        np.where(real, size / np.sinh(np.minimum(size, 700.0)), size / np.sin(size)) / end
    )  # κ/sinh(κT), or ω/sin(ωT)
    square = np.where(real, 1.0, -1.0) * (size / end) ** 2  # D
    delta, c = -ratio, np.exp(-mean * end) * rise
    a, d, b = mean + delta, mean - delta, (square - delta**2) / c
    return np.stack([np.stack([a + 1.0, b], -1), np.stack([c, d + 1.0], -1)], -2)


def half_turns_of(weights: Float[Array, "network 2 2"], end: float = 10.0) -> Array:
    """The branch on which each linear solution lies: the half turns in ωT, 0 where the eigenvalues are real."""
    flat = weights.reshape(-1, 4)
    d = ((flat[:, 0] - flat[:, 3]) / 2.0) ** 2 + flat[:, 1] * flat[:, 2]
    return np.floor(np.sqrt(np.maximum(-d, 0.0)) * end / np.pi).astype(np.int64)
