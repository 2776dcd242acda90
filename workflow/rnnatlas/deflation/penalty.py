"""The similarity penalty and its gradient, from Gram matrices.

How well does the new network X predict an earlier one Y linearly? With ``ρ = κ·tr(XᵀX)/N``, ``A = XᵀX + ρI`` and
``M = A⁻¹XᵀY``: ``trace`` form ``S = tr(Yᵀ X M)/|Y|²``; ``norm`` form ``S = |X M|²/|Y|²`` (INSD, key design 2).
Both are 0 for orthogonal and 1 (to the ridge) for predictable Y; norm ≤ trace.

X and Y are rates in the null spaces of their readouts, X = R(I−P). The gradient with respect to X is Y·2Lᵀ − X·(2K + cI)
with, for the trace form, L = M, K = MMᵀ, c = (2κ/N)|M|², and for the norm form, with H = A⁻¹XᵀXM, L = H,
K = HMᵀ + MHᵀ − MMᵀ, c = (4κ/N) tr(HᵀM), all over |Y|². Because ρ scales with X, S does not change when X does:
⟨∂S/∂X, X⟩ = 0, so that a network cannot lower the penalty by falling silent.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, NotNegative, Range
from rnnatlas.deflation.null_space import basis_gradient, readout_basis
from rnnatlas.errors import AtlasError

Order = Annotated[float, Range(1, 64)]


class PenaltyResult(NamedTuple):
    """Similarities to the earlier networks combined, each of them, and the gradient of the combination."""

    value: float
    each: list[float]
    rate_gradient: Float[Array, "sample unit"]
    readout_gradient: Float[Array, "unit output"]


def similarity_penalty(
    rates: Float[Array, "sample unit"],
    readout: Float[Array, "unit output"],
    earlier_rates: list[Float[Array, "sample _"]],
    earlier_readouts: list[Float[Array, "_ _"]],
    ridge: NotNegative,
    form: Literal["trace", "norm"] = "trace",
    null_space: bool = True,
    order: Order = 1.0,
) -> PenaltyResult:
    """``(Σ_i S(R⊥, R_i⊥)ᵖ)^(1/p)`` over earlier networks i, p = ``order`` (1: the sum), and its gradient with respect to the new
    network's rates and readout.

    Raises ``AtlasError`` for readouts of other networks. Rows that are zero in both (padding) contribute nothing. Products of samples stay in the dtype of ``rates``;
    everything of size N × N is float64.
    """
    units = rates.shape[1]
    if [other.shape[1] for other in earlier_rates] != [len(other) for other in earlier_readouts]:
        raise AtlasError(
            None, "earlier_readouts", f"a readout of each earlier network's units is expected ({[other.shape[1] for other in earlier_rates]}), "
            f"found {[len(other) for other in earlier_readouts]}", "give rates and readouts of the same networks, in the same order",
        )  # fmt: skip
    if not (np.isfinite(rates).all() and np.isfinite(readout).all()):  # a diverged network: the caller freezes it
        lost = [float("nan")] * len(earlier_rates)
        return PenaltyResult(float("nan"), lost, np.full_like(rates, np.nan), np.full(readout.shape, np.nan))
    basis = _removed(readout, null_space)
    null = np.eye(units) - basis @ basis.T
    gram = (rates.T @ rates).astype(np.float64)
    x_gram = null @ gram @ null
    # The last term keeps the system regular for a network that is silent in its null space, and predicts nothing.
    system = x_gram + (ridge * np.trace(x_gram) / units + 1e-30) * np.eye(units)
    each: list[float] = []
    parts: list[
        tuple[Array, Array, Array]
    ] = []  # 2L'/|Y|^2 in Y's null space, R'Y, (2K + cI)/|Y|^2 of each earlier network
    for other, other_readout in zip(earlier_rates, earlier_readouts, strict=True):
        other_basis = _removed(other_readout, null_space)
        other_null = np.eye(other.shape[1]) - other_basis @ other_basis.T
        size = _size_left(other, other_basis)
        product = (rates.T @ other).astype(np.float64)
        cross = null @ product @ other_null
        m = np.linalg.solve(system, cross)
        if form == "trace":
            left, inner, shift = m, m @ m.T, 2.0 * ridge / units * np.sum(m * m)
            value = np.sum(cross * m)
        else:
            left = np.linalg.solve(system, x_gram @ m)
            inner = left @ m.T + m @ left.T - m @ m.T
            shift = 4.0 * ridge / units * np.sum(left * m)
            value = np.sum(m * (x_gram @ m))
        each.append(float(value / size))
        parts.append(((2.0 / size) * other_null @ left.T, product, (2.0 * inner + shift * np.eye(units)) / size))
    combined, weights = combine(each, order)
    own = sum((w * part for w, (_, _, part) in zip(weights, parts, strict=True)), np.zeros((units, units)))
    mixed = -gram @ null @ own  # R' (dS/dX)
    gradient = rates @ (null @ -own @ null).astype(rates.dtype)
    for w, other, (back, product, _) in zip(weights, earlier_rates, parts, strict=True):
        gradient += other @ (w * back @ null).astype(rates.dtype)
        mixed += product @ (w * back)
    through_readout = basis_gradient(mixed, readout) if null_space else np.zeros(readout.shape)
    return PenaltyResult(combined, each, gradient, through_readout)


def combine(each: list[float], order: float) -> tuple[float, list[float]]:
    """``P = (Σ S_iᵖ)^(1/p)`` and ``∂P/∂S_i = (S_i/P)^(p−1)``: with p = 1 the sum, whose smallest terms pull as strongly as its largest;
    with a larger p the largest terms pull almost alone. A similarity that rounding took below 0 counts as 0."""
    if order == 1.0 or len(each) < 2:
        return float(sum(each)), [1.0] * len(each)
    largest = float(np.max(each))  # NaN if one is
    if not largest > 0.0:
        return min(largest, 0.0), [0.0] * len(each)
    shares = [max(value, 0.0) / largest for value in each]
    root = sum(share**order for share in shares) ** (1.0 / order)
    return largest * root, [(share / root) ** (order - 1.0) for share in shares]


def _removed(readout: Float[Array, "unit output"], null_space: bool) -> Float[Array, "unit removed"]:
    """Orthonormal basis of what the projection takes away: the readout's span, or nothing."""
    return readout_basis(readout) if null_space else np.zeros((readout.shape[0], 0))


def _size_left(rates: Float[Array, "sample unit"], basis: Float[Array, "unit removed"]) -> float:
    """``|R (I − QQᵀ)|² = |R|² − |RQ|²``, without forming the projected samples; not below a rounding floor, for a
    network that is silent in its null space."""
    inside_rates = rates @ basis.astype(rates.dtype)
    total, inside = float(np.vdot(rates, rates)), float(np.vdot(inside_rates, inside_rates))
    return max(total - inside, 1e-6 * total, 1e-30)
