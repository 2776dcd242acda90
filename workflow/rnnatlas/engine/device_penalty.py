"""The similarity penalty of all members at once on a device: ``deflation.penalty`` and ``null_space`` in batched products.

Nothing here waits for the device: what NumPy decides by looking (a rank, a failed factorisation) is decided by masks.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.linalg import vector_norm

from rnnatlas.arrays import Float


class Span(NamedTuple):
    """The span of a readout W, in float64: orthonormal basis Q (columns beyond the rank are zero) and dual W (WᵀW)⁺."""

    basis: Float[Tensor, "member unit output"]
    dual: Float[Tensor, "member unit output"]

    def null(self) -> Float[Tensor, "member unit unit"]:
        """``I − Q Qᵀ``."""
        return (
            torch.eye(self.basis.shape[1], dtype=torch.float64, device=self.basis.device) - self.basis @ self.basis.mT
        )


def readout_span(readout: Float[Tensor, "member unit output"], null_space: bool) -> Span:
    """Gram-Schmidt on the longest column left, as a batched SVD or eigensolver would wait for its convergence; what is left of
    a dependent column falls under the same floor as a singular value in ``null_space.readout_basis``. Without ``null_space``
    the span is empty."""
    left = readout.double()
    if not null_space:
        return Span(torch.zeros_like(left), torch.zeros_like(left))
    floor = max(left.shape[1:]) * torch.finfo(torch.float32).eps * vector_norm(left, dim=1).amax(1)[:, None, None]
    columns: list[Tensor] = []
    for _ in range(left.shape[2]):
        pivot = vector_norm(left, dim=1).argmax(1)[:, None, None].expand(-1, left.shape[1], 1)
        column = left.gather(2, pivot)
        size = vector_norm(column, dim=1, keepdim=True)
        columns.append(torch.where(size > floor, column / size, 0.0))
        left = left - columns[-1] @ (columns[-1].mT @ left)
    basis = torch.cat(columns, 2)
    inside = basis.mT @ readout.double()  # W = Q·inside, so that the dual is Q (inside·insideᵀ)⁻¹ inside
    missing = torch.diag_embed((basis == 0.0).all(1).double())
    factor = torch.linalg.cholesky_ex(inside @ inside.mT + missing)[0]
    return Span(basis, basis @ solve(factor, inside))


def solve(
    factor: Float[Tensor, "member n n"], right: Float[Tensor, "member n columns"]
) -> Float[Tensor, "member n columns"]:
    """``(L Lᵀ)⁻¹ B``, by two triangular solutions: ``torch.cholesky_solve`` of a batch cannot be recorded in a CUDA graph (its library
    synchronises; seen with PyTorch 2.11 on CUDA 13)."""
    half = torch.linalg.solve_triangular(factor, right, upper=False)
    return torch.linalg.solve_triangular(factor.mT, half, upper=True)


class Similarity(NamedTuple):
    """``(Σ_i S(R⊥, R_i⊥)ᵖ)^(1/p)`` of each member, and each S; ∂/∂R = ``R·own + Σ_i R_i·earlier[i]``, and the gradient through the readout. All that
    is N × N is float64. A member whose activity is not finite has the value NaN."""

    value: Float[Tensor, "member"]
    each: Float[Tensor, "member similarity"]
    own: Float[Tensor, "member unit unit"]
    earlier: list[Float[Tensor, "member earlier unit"]]
    readout_gradient: Float[Tensor, "member unit output"]


def similarity(
    rates: Float[Tensor, "member sample unit"],
    span: Span,
    earlier_rates: list[Tensor],
    earlier_spans: list[Span],
    ridge: float,
    form: str,
    order: float = 1.0,
) -> Similarity:
    """``deflation.penalty.similarity_penalty``, where the formulas stand; rows of padding are zero in all rates."""
    units = rates.shape[2]
    eye, null = torch.eye(units, dtype=torch.float64, device=rates.device), span.null()
    gram = torch.bmm(rates.mT, rates).double()
    x_gram = null @ gram @ null
    trace = x_gram.diagonal(dim1=1, dim2=2).sum(1)[:, None, None]
    factor, failed = torch.linalg.cholesky_ex(x_gram + (ridge * trace / units + 1e-30) * eye)
    sound = torch.where(failed == 0, 0.0, torch.nan).double()
    values: list[Tensor] = []
    parts: list[tuple[Tensor, Tensor, Tensor]] = []
    for other, other_span in zip(earlier_rates, earlier_spans, strict=True):
        other_null = other_span.null()
        size = _size_left(other, other_span)
        product = torch.bmm(rates.mT, other).double()
        cross = null @ product @ other_null
        m = solve(factor, cross)
        if form == "trace":
            left, inner, shift = m, m @ m.mT, 2.0 * ridge / units * _total(m * m)
            values.append(sound + _total(cross * m) / size)
        else:
            left = solve(factor, x_gram @ m)
            inner = left @ m.mT + m @ left.mT - m @ m.mT
            shift = 4.0 * ridge / units * _total(left * m)
            values.append(sound + _total(m * (x_gram @ m)) / size)
        part = (2.0 * inner + shift[:, None, None] * eye) / size[:, None, None]
        parts.append((part, 2.0 / size[:, None, None] * (other_null @ left.mT), product))
    each = torch.stack(values, 1)
    value, weights = _combine(each, order)
    own, mixed = torch.zeros_like(gram), torch.zeros_like(gram)
    pulls: list[Tensor] = []
    for w, (part, back, product) in zip(weights.T[..., None, None], parts, strict=True):
        own -= w * part
        pulls.append(w * back @ null)
        mixed += product @ (w * back)
    mixed += gram @ null @ own
    through_readout = -null @ ((mixed + mixed.mT) @ span.dual)
    return Similarity(value, each, null @ own @ null, pulls, through_readout)


def _combine(each: Float[Tensor, "member similarity"], order: float) -> tuple[Tensor, Tensor]:
    """``deflation.penalty.combine`` for all members at once."""
    if order == 1.0 or each.shape[1] == 1:
        return each.sum(1), torch.ones_like(each)
    largest = each.amax(1, keepdim=True).clamp(min=0.0)  # NaN if one is
    share = torch.where(largest > 0.0, each.clamp(min=0.0) / largest, largest)
    root = share.pow(order).sum(1, keepdim=True).pow(1.0 / order)
    weights = torch.where(largest > 0.0, (share / root).pow(order - 1.0), 0.0)
    return (largest * root)[:, 0], weights


def _total(matrices: Float[Tensor, "member row column"]) -> Float[Tensor, "member"]:
    return matrices.sum((1, 2))


def _size_left(rates: Float[Tensor, "member sample unit"], span: Span) -> Float[Tensor, "member"]:
    """``|R|² − |RQ|²``, not below a rounding floor."""
    inside = torch.bmm(rates, span.basis.to(rates.dtype))
    total, within = (torch.sum(part * part, (1, 2), dtype=torch.float64) for part in (rates, inside))
    return torch.maximum(total - within, 1e-6 * total).clamp(min=1e-30)
