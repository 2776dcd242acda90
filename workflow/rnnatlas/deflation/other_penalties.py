"""Penalties with the measures that INSD argues against: predictivity the other way round, and linear CKA.

A network can lower either by filling spare dimensions with irrelevant activity while it keeps a copy of the earlier solution
(INSD, key design 2); training with them shows that it does. X is the new network and Y an earlier one, rates in the null spaces
of their readouts, X = R(I−P).

``reverse``: how well Y predicts X. With ``B = (YᵀY + ρI)⁻¹``, ``ρ = κ·tr(YᵀY)/N_Y``, ``M = B YᵀX``: ``trace`` form
``S = tr(XᵀY M)/|X|²``, ``norm`` form ``S = |Y M|²/|X|²``, gradient ``(2/|X|²)(Y L − S X)`` with L = M, or B YᵀY M.

``cka``: ``S = |YᵀX|²/(|XᵀX| |YᵀY|)`` (Frobenius norms), each unit's mean over samples taken away (Kornblith et al. 2019), gradient
``2 Y YᵀX/(|XᵀX| |YᵀY|) − 2 S X XᵀX/|XᵀX|²``.

Neither changes with the scale of X, so ⟨∂S/∂X, X⟩ = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.deflation.null_space import basis_gradient, projector
from rnnatlas.deflation.penalty import Order, PenaltyResult, combine

# Of a network's power: below this, what single precision leaves of a Gram matrix after projection is rounding.
SILENT = 1e-6


class _Pull(NamedTuple):
    """S of one pair, and its gradient with respect to X as ``Y·left − X·own``."""

    value: float
    left: Float[Array, "unit_y unit"]
    own: Float[Array, "unit unit"]


_Pair = Callable[[Float[Array, "unit unit"], Float[Array, "unit_y unit_y"], Float[Array, "unit_y unit"]], _Pull]
"""From XᵀX, YᵀY and YᵀX to what they say of S."""


def reverse_penalty(
    rates: Float[Array, "sample unit"],
    readout: Float[Array, "unit output"],
    earlier_rates: list[Float[Array, "sample _"]],
    earlier_readouts: list[Float[Array, "_ _"]],
    ridge: float,
    form: Literal["trace", "norm"] = "trace",
    null_space: bool = True,
    order: Order = 1.0,
) -> PenaltyResult:
    """``Σ_i S(R_i⊥ → R⊥)``, the predictivity of the new network by earlier ones, with its gradient as in ``similarity_penalty``.

    ``order`` is p of the norm that combines the terms, as in ``similarity_penalty``. Each term lies in [0, 1]; the norm form is at most the trace form. ``ridge`` is κ > 0. A pair with a network that is silent in
    its null space has similarity 0 and no gradient. NaN throughout for rates that are not finite.
    """

    def pair(x_gram: Array, y_gram: Array, cross: Array) -> _Pull:
        system = y_gram + ridge * np.trace(y_gram) / len(y_gram) * np.eye(len(y_gram))
        m = np.linalg.solve(system, cross)
        left = m if form == "trace" else np.linalg.solve(system, y_gram @ m)
        size = np.trace(x_gram)
        value = float(np.sum(cross * left) / size)
        return _Pull(value, (2.0 / size) * left, (2.0 * value / size) * np.eye(len(x_gram)))

    return _penalty(rates, readout, earlier_rates, earlier_readouts, null_space, pair, order)


def cka_penalty(
    rates: Float[Array, "sample unit"],
    readout: Float[Array, "unit output"],
    earlier_rates: list[Float[Array, "sample _"]],
    earlier_readouts: list[Float[Array, "_ _"]],
    null_space: bool = True,
    order: Order = 1.0,
) -> PenaltyResult:
    """``Σ_i CKA(R⊥, R_i⊥)``, linear and centred, with its gradient; it has no ridge. Silent pairs, and ``order``, as in ``reverse_penalty``."""

    def pair(x_gram: Array, y_gram: Array, cross: Array) -> _Pull:
        own, whole = np.linalg.norm(x_gram), np.linalg.norm(x_gram) * np.linalg.norm(y_gram)
        value = float(np.sum(cross**2) / whole)
        return _Pull(value, (2.0 / whole) * cross, (2.0 * value / own**2) * x_gram)

    return _penalty(rates, readout, earlier_rates, earlier_readouts, null_space, pair, order, centre=True)


def _penalty(
    rates: Float[Array, "sample unit"],
    readout: Float[Array, "unit output"],
    earlier_rates: list[Float[Array, "sample _"]],
    earlier_readouts: list[Float[Array, "_ _"]],
    null_space: bool,
    pair: _Pair,
    order: float,
    centre: bool = False,
) -> PenaltyResult:
    """The sum over pairs, with the gradient carried through X = R(I−P), P the projection on the new network's readout.

    Products of samples stay in the dtype of ``rates``; everything of size N × N is float64. Centred samples are not formed: their
    products are ``XᵀY − n x̄ȳᵀ``, and the gradient is that of the samples as they are less its mean.
    """
    if not (np.isfinite(rates).all() and np.isfinite(readout).all()):  # a diverged network: the caller freezes it
        lost = [float("nan")] * len(earlier_rates)
        return PenaltyResult(float("nan"), lost, np.full_like(rates, np.nan), np.full(readout.shape, np.nan))
    null, mean = _kept(readout, null_space), _mean(rates, centre)
    gram = _product(rates, rates, mean, mean)
    x_gram = null @ gram @ null
    each: list[float] = []
    parts: list[tuple[Array, Array, Array, Array] | None] = []  # Y's pull, Y'R, Y's mean and X's own part; None: silent
    for other, other_readout in zip(earlier_rates, earlier_readouts, strict=True):
        other_null, other_mean = _kept(other_readout, null_space), _mean(other, centre)
        other_gram, product = _product(other, other, other_mean, other_mean), _product(other, rates, other_mean, mean)
        y_gram = other_null @ other_gram @ other_null
        if np.trace(x_gram) <= SILENT * np.trace(gram) or np.trace(y_gram) <= SILENT * np.trace(other_gram):
            each.append(0.0)
            parts.append(None)
            continue
        pull = pair(x_gram, y_gram, other_null @ product @ null)
        each.append(pull.value)
        parts.append((other_null @ pull.left, product, other_mean, pull.own))
    combined, weights = combine(each, order)
    kept = [(w, other, part) for w, other, part in zip(weights, earlier_rates, parts, strict=True) if part is not None]
    own = null @ sum((w * part[3] for w, _, part in kept), np.zeros_like(gram)) @ null
    mixed = np.zeros_like(gram)  # R' (dS/dX)
    offset = -mean @ own  # mean of the gradient before it is taken off
    gradient = rates @ (-own).astype(rates.dtype)
    for w, other, (back, product, other_mean, _) in kept:
        mixed += product.T @ (w * back)
        offset += other_mean @ (w * back) @ null
        gradient += other @ (w * back @ null).astype(rates.dtype)
    if centre:
        gradient -= offset.astype(rates.dtype)
    through_readout = basis_gradient(mixed - gram @ own, readout) if null_space else np.zeros(readout.shape)
    return PenaltyResult(combined, each, gradient, through_readout)


def _mean(rates: Float[Array, "sample unit"], centre: bool) -> Float[Array, "unit"]:
    """Each unit's mean, or 0; as a product, since NumPy's own mean over rows takes longer than all the rest."""
    return (np.ones(len(rates), rates.dtype) @ rates).astype(np.float64) / len(rates) * centre


def _product(
    a: Float[Array, "sample unit_a"], b: Float[Array, "sample unit_b"], mean_a: Float[Array, "unit_a"], mean_b: Float[Array, "unit_b"]
) -> Float[Array, "unit_a unit_b"]:  # fmt: skip
    return (a.T @ b).astype(np.float64) - len(a) * np.outer(mean_a, mean_b)


def _kept(readout: Float[Array, "unit output"], null_space: bool) -> Float[Array, "unit unit"]:
    """The projection on what is compared: the readout's null space, or everything."""
    return projector(readout) if null_space else np.eye(len(readout))
