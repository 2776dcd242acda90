"""The null space of a readout: the part of activity that the output does not see."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float


def readout_basis(readout: Float[Array, "unit output"]) -> Float[Array, "unit rank"]:
    """Orthonormal basis Q of the span of the readout's columns (INSD, key design 1), by SVD: dependent columns, as of a
    readout that is still zero, add nothing to the span."""
    u, s, _ = np.linalg.svd(readout.astype(np.float64), full_matrices=False)
    return u[:, s > max(readout.shape) * np.finfo(np.float32).eps * s[0]]


def project(rates: Float[Array, "*sample unit"], readout: Float[Array, "unit output"]) -> Float[Array, "*sample unit"]:
    """``R⊥ = R (I − Q Qᵀ)``: rates in the null space of their own readout."""
    q = readout_basis(readout).astype(rates.dtype)
    return rates - (rates @ q) @ q.T


def projector(readout: Float[Array, "unit output"]) -> Float[Array, "unit unit"]:
    """``I − Q Qᵀ``, for use on Gram matrices (N × N), never on samples."""
    q = readout_basis(readout)
    return np.eye(q.shape[0]) - q @ q.T


def basis_gradient(
    gram: Float[Array, "unit unit"], readout: Float[Array, "unit output"]
) -> Float[Array, "unit output"]:
    """Gradient with respect to the readout W of a function f(R⊥), through R⊥ = R (I − P), P = W W⁺.

    ``gram = Rᵀ ∂f/∂R⊥``. From dP = (I−P) dW W⁺ + (its transpose): ``∂f/∂W = −(I−P)(gram + gramᵀ) W (WᵀW)⁻¹``.
    """
    dual = np.linalg.pinv(readout.astype(np.float64), rcond=max(readout.shape) * np.finfo(np.float32).eps).T
    return -projector(readout) @ ((gram + gram.T) @ dual)
