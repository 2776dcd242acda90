"""Spectra of the linearised flow, and stability of the map as trained."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Bool, Count, Float, Int, Positive, Shaped


class Spectrum(NamedTuple):
    """Eigenvalues λ of A in units of 1/τ, by falling real part, with leading eigenvectors (rows, unit norm).

    ``right``: A v = λ v. ``left``: w A = λ w; in the row convention a perturbation along w grows or decays as e^{λt/τ},
    and v weighs how much of a perturbation enters that mode (the selection vector of Mante et al. 2013).
    """

    eigenvalues: Shaped[Array, "point unit"]
    right: Shaped[Array, "point mode unit"]
    left: Shaped[Array, "point mode unit"]
    stable: Bool[Array, "point"]
    stable_continuous: Bool[Array, "point"]
    unstable: Int[Array, "point"]


def spectrum(jacobians: Float[Array, "point unit unit"], alpha: Positive, modes: Count = 6) -> Spectrum:
    """Eigenvalues, leading ``modes`` eigenvectors and stability of ``x → x + α F(x)``: stable if all |1 + αλ| < 1.

    Continuous-time stability (all Re λ < 0) stands beside; the two can differ for oscillatory modes.
    """
    values, vectors = np.linalg.eig(jacobians)
    # Conjugate pairs have equal real parts up to rounding: order by (real, imaginary) after rounding.
    order = np.lexsort((-np.imag(values), -np.round(np.real(values), 9)), axis=1)
    values = np.take_along_axis(values, order, axis=1).astype(np.complex128)
    vectors = np.take_along_axis(vectors, order[:, None, :], axis=2).astype(np.complex128)
    inverse = np.linalg.pinv(vectors) if len(vectors) else vectors
    right = np.swapaxes(vectors, 1, 2)[:, :modes]
    left = inverse[:, :modes]
    left = left / np.maximum(np.linalg.norm(left, axis=2, keepdims=True), 1e-300)
    multiplier = np.abs(1.0 + alpha * values)
    return Spectrum(
        values,
        right,
        left,
        stable=np.asarray((multiplier < 1.0).all(1)),
        stable_continuous=np.asarray((np.real(values) < 0.0).all(1)),
        unstable=(multiplier >= 1.0).sum(1),
    )
