"""Ascent on the orthogonal group: bring one matrix nearest another by a change of orthonormal coordinates."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Complex, Float

_LARGEST_STEP = 1.4  # Frobenius norm of a step's generator: no plane turns by more than 1.4/√2, about 1 radian
_MEMORY = 3  # steps that the quasi-Newton direction remembers; more cost more than they save
_FLOOR = 0.4  # of the typical curvature, added to each: as much as makes whole steps the rule
_FLAT = 1e-10  # |G| that rounding leaves

# The helpers below run a hundred times a pair: shapes are [start, n, n], and [start, n·n] of generators, unchecked.


def ascend(
    a: Float[Array, "n n"],
    b: Float[Array, "n n"],
    starts: Float[Array, "start n n"],
    steps: int,
    tolerance: float = 1e-5,
) -> tuple[Float[Array, "start n n"], Float[Array, "start"]]:
    """Local maxima of ``f(C) = ⟨A, C B Cᵀ⟩`` over orthogonal C, one from each start, and f there; f never falls.

    A and B should have norm 1, and be traceless: a trace adds a constant to f and takes its digits. L-BFGS along
    ``C ← exp(Ω) C``: with ``M = C B Cᵀ`` the slope is ``⟨Ω, G⟩``, ``G = skew(A Mᵀ − Mᵀ A)``. A start rests once the
    slope promises no more than ``tolerance·(1 − f)``, a share of the squared distance, and all end after ``steps``.
    """
    curvature = _Curvature(a, b)
    at, bt = a.T.copy(), b.T.copy()
    reached, heights = starts.copy(), np.empty(len(starts))
    active = np.arange(len(starts))  # those that still climb, which the following arrays hold
    c = starts
    mt = c @ bt @ _transposed(c)
    f, gradient = _inner(at, mt), _gradient(a, mt)
    heights[:] = f
    memory: list[tuple[Array, Array, Array]] = []  # generator, fall of the gradient, 1/their product (0: not sound)
    for _ in range(steps):
        direction = _two_loops(gradient, memory, curvature)
        slope = np.vecdot(direction, gradient)
        lost = slope <= 1e-10 * _norm(direction) * _norm(gradient)
        direction = np.where(lost[:, None], gradient, direction)
        direction *= np.minimum(1.0, _LARGEST_STEP / np.maximum(_norm(direction), 1e-300))[:, None]
        slope = np.vecdot(direction, gradient)
        c, mt, f, share = _line_search(at, bt, c, mt, f, direction, slope)
        new_gradient = _gradient(a, mt)
        step, fall = share[:, None] * direction, gradient - new_gradient
        product = np.vecdot(step, fall)
        sound = product > 1e-10 * _norm(step) * _norm(fall)
        memory = [*memory[1 - _MEMORY :], (step, fall, np.where(sound, 1.0, 0.0) / np.where(sound, product, 1.0))]
        gradient = new_gradient
        reached[active], heights[active] = c, f
        climbing = (slope > tolerance * (1.0 - f)) & (_norm(gradient) > _FLAT) & (share > 0.0)
        if not climbing.any():
            break
        if not climbing.all():
            active, c, mt, f, gradient = (x[climbing] for x in (active, c, mt, f, gradient))
            memory = [(x[climbing], y[climbing], w[climbing]) for x, y, w in memory]
    return reached, heights


def polar(x: Float[Array, "*stack n n"]) -> Float[Array, "*stack n n"]:
    """The orthogonal matrix nearest to ``x``."""
    u, _, vt = np.linalg.svd(x)
    return u @ vt


def hermitian(a: Float[Array, "n n"], weight: float = 1.0) -> Complex[Array, "n n"]:
    """``w (A + Aᵀ)/2 + i (A − Aᵀ)/2``: turns as A does, and holds all of it; ``⟨A, B⟩ = ⟨H_A, H_B⟩`` for w = 1.

    So f is at most the sum of products of the eigenvalues of both, each in order (Umeyama 1988).
    """
    return 0.5 * weight * (a + a.T) + 0.5j * (a - a.T)


class _Curvature:
    """Of f, were ``C B Cᵀ`` to share the eigenbasis of A's Hermitian form: ``(α_j − α_k)(β_j − β_k)``.

    Dividing by it halves the number of steps or better. Single precision will do, as any positive scaling would.
    """

    def __init__(self, a: Float[Array, "n n"], b: Float[Array, "n n"]) -> None:
        alpha, vectors = np.linalg.eigh(hermitian(a))
        beta = np.linalg.eigvalsh(hermitian(b))
        curvature = np.subtract.outer(alpha, alpha) * np.subtract.outer(beta, beta)
        self.inverse = (1.0 / (curvature + _FLOOR * alpha.std() * beta.std())).astype(np.float32)
        self.vectors = vectors.astype(np.complex64)
        self.adjoint = self.vectors.conj().T.copy()
        self.real, self.imaginary = self.vectors.real.T.copy(), self.vectors.imag.T.copy()

    def divide(self, generator: Array) -> Array:
        n = len(self.inverse)
        inside = self.adjoint @ generator.reshape(-1, n, n).astype(np.complex64) @ self.vectors
        outside = self.vectors @ (self.inverse * inside)
        real = np.ascontiguousarray(outside.real) @ self.real + np.ascontiguousarray(outside.imag) @ self.imaginary
        return (0.5 * (real - real.swapaxes(1, 2))).astype(np.float64).reshape(generator.shape)  # rounding made skew


def _two_loops(gradient: Array, memory: list[tuple[Array, Array, Array]], curvature: _Curvature) -> Array:
    """The L-BFGS direction of ascent (Nocedal & Wright 2006, algorithm 7.4)."""
    direction = gradient.copy()
    shares: list[Array] = []
    for step, fall, weight in reversed(memory):
        shares.append((weight * np.vecdot(step, direction))[:, None])
        direction -= shares[-1] * fall
    direction = curvature.divide(direction)
    for (step, fall, weight), share in zip(memory, reversed(shares), strict=True):
        direction += (share - (weight * np.vecdot(fall, direction))[:, None]) * step
    return direction


def _line_search(
    at: Array, bt: Array, c: Array, mt: Array, f: Array, direction: Array, slope: Array
) -> tuple[Array, Array, Array, Array]:
    """C, Mᵀ, f, and the first of 1, 1/3, 1/9, ... of the way at which f has risen by 1e-4 of what the slope promises.

    Where none does, 0 of the way, and everything as it was.
    """
    new_c, new_mt, new_f, share = c.copy(), mt.copy(), f.copy(), np.zeros(len(c))
    left, way = np.arange(len(c)), 1.0
    for _ in range(10):
        tried = _turn((way * direction[left]).reshape(-1, *at.shape), c[left])
        tried_mt = tried @ bt @ _transposed(tried)
        tried_f = _inner(at, tried_mt)
        risen = tried_f >= f[left] + 1e-4 * way * slope[left]
        done = left[risen]
        new_c[done], new_mt[done], new_f[done], share[done] = tried[risen], tried_mt[risen], tried_f[risen], way
        left, way = left[~risen], way / 3.0
        if not len(left):
            break
    return new_c, new_mt, new_f, share


def _turn(generator: Array, c: Array) -> Array:
    """``exp(Ω) C`` for |Ω|₂ ≤ 1 by products alone, which at these sizes take a tenth of the time of a linear system.

    The series to order 6 leaves C at most 2e-4 from orthogonal, and one Newton–Schulz step squares that: 6e-8 after a
    step of 1 radian, nothing after small ones, which also heal what earlier steps left.
    """
    eye = np.eye(c.shape[-1])
    square = generator @ generator
    cube = square @ generator
    high = eye / 6.0 + generator / 24.0 + square / 120.0 + cube / 720.0
    turned = (eye + generator + square / 2.0 + cube @ high) @ c
    return turned @ (1.5 * eye - 0.5 * (_transposed(turned) @ turned))


def _gradient(a: Array, mt: Array) -> Array:
    """``skew(A Mᵀ − Mᵀ A)``, flat."""
    x = a @ mt - mt @ a
    return (0.5 * (x - x.swapaxes(1, 2))).reshape(len(mt), -1)


def _transposed(x: Array) -> Array:
    return np.ascontiguousarray(x.swapaxes(1, 2))  # a view would keep NumPy from BLAS


def _inner(x: Array, y: Array) -> Array:
    return y.reshape(len(y), -1) @ x.ravel()


def _norm(x: Array) -> Array:
    return np.sqrt(np.vecdot(x, x))
