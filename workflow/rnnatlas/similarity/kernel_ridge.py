"""Kernel ridge regression and linear ridge regression with an intercept, of many targets at once.

``ŷ(x) = ȳ + k(x, X) (K + ρI)⁻¹ (Y − ȳ)`` with ``k(x, x') = exp(−|x − x'|² / 2w²)`` (Saunders, Gammerman & Vovk 1998), and
``ŷ(x) = ȳ + (x − x̄) M``, ``M = (XᵀX + ρI)⁻¹ Xᵀ(Y − ȳ)``, ``ρ = κ · tr(XᵀX)/N``.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rnnatlas.arrays import Array, Float

# From this ridge on, K + ρI is solved in single precision: rounding moves the entries of K by 6e-8 and its eigenvalues by
# some 1e-5 at 4,000 samples, a thousandth of the ridge.
_SINGLE_FROM = 1e-2


def squared_distances(a: Float[Array, "row unit"], b: Float[Array, "column unit"]) -> Float[Array, "row column"]:
    """``|a_i − b_j|²``, by Gram matrices about the mean of b, which keeps the rounding small."""
    a, b = a - b.mean(0), b - b.mean(0)
    squares = (-2.0 * a) @ b.T
    squares += np.sum(a**2, axis=1)[:, None]
    squares += np.sum(b**2, axis=1)
    return np.maximum(squares, 0.0, out=squares)


def gaussian(squares: Float[Array, "row column"], width: float) -> Float[Array, "row column"]:
    """``exp(−d² / 2w²)`` of squared distances."""
    return np.exp(squares * (-0.5 / width**2))


def kernel_reading(
    kernel: Float[Array, "fitted fitted"],
    kernel_new: Float[Array, "new fitted"],
    y: Float[Array, "fitted column"],
    ridge: float,
) -> Float[Array, "new column"]:
    """``ȳ + K_new (K + ρI)⁻¹ (Y − ȳ)`` by Cholesky, in single precision where the ridge allows it."""
    kind = np.float32 if ridge >= _SINGLE_FROM else np.float64
    regularised = kernel.astype(kind)
    regularised[np.diag_indices_from(regularised)] += kind(ridge)
    mean = y.mean(0)
    # The transpose is the same matrix in the order that LAPACK factorises in place.
    factor = cho_factor(regularised.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, (y - mean).astype(kind), overwrite_b=True, check_finite=False)
    return mean + kernel_new.astype(kind, copy=False) @ weights


def linear_reading(
    x: Float[Array, "fitted unit"], x_new: Float[Array, "new unit"], y: Float[Array, "fitted column"], ridge: float
) -> Float[Array, "new column"]:
    """``ȳ + (X_new − x̄) M``; directions that are 0 to rounding even with the ridge are left out."""
    mean, mean_y = x.mean(0), y.mean(0)
    gram = (x - mean).T @ (x - mean)
    values, vectors = np.linalg.eigh(gram + ridge * np.trace(gram) / len(gram) * np.eye(len(gram)))
    kept = values > len(gram) * np.finfo(np.float64).eps * values[-1]
    basis = vectors[:, kept]
    return mean_y + ((x_new - mean) @ basis) @ ((basis.T @ ((x - mean).T @ (y - mean_y))) / values[kept, None])


def target_errors(predicted: Array, y: Array, starts: Array) -> Float[Array, "target"]:
    """Squared error of each target, over samples and its units."""
    return np.add.reduceat(np.sum((predicted - y) ** 2, axis=0), starts[:-1])
