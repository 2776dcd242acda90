"""Spectra of the linearised flow, and stability of the map as trained."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Bool, Count, Float, Int, Positive, Shaped
from rnnatlas.dynamics.blocks import blocks
from rnnatlas.dynamics.motion import Field

MATRICES = 16  # [state, state] of float64 for each point: complex eigenvectors in order and as they come, the parts of their inverse


class Spectrum(NamedTuple):
    """Eigenvalues λ of A in units of 1/τ (1/step of a gated cell), by falling real part, with leading eigenvectors (rows, unit norm).

    ``right``: A v = λ v. ``left``: w A = λ w; in the row convention a perturbation along w grows or decays as e^{λt/τ},
    and v weighs how much of a perturbation enters that mode (the selection vector of Mante et al. 2013).
    """

    eigenvalues: Shaped[Array, "point state"]
    right: Shaped[Array, "point mode state"]
    left: Shaped[Array, "point mode state"]
    stable: Bool[Array, "point"]
    stable_continuous: Bool[Array, "point"]
    unstable: Int[Array, "point"]


def spectrum(jacobians: Float[Array, "point state state"], alpha: Positive, modes: Count = 6) -> Spectrum:
    """Eigenvalues, leading ``modes`` eigenvectors and stability of ``x → x + α F(x)``: stable if all |1 + αλ| < 1.

    Continuous-time stability (all Re λ < 0) stands beside; the two can differ for oscillatory modes. Of a gated cell α is 1, so that
    1 + λ are the eigenvalues of its map; it has no continuous time of its own, and what stands beside is the flow ``step(x) − x``.
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


def spectra(field: Field, states: Float[Array, "point state"]) -> Spectrum:
    """``spectrum`` of the field's Jacobians at ``states``, part by part, so that the matrices take some 200 MB at most."""
    parts = blocks(len(states), states.shape[1], MATRICES)
    found = [spectrum(field.jacobian(states[part]), field.alpha) for part in parts]
    return Spectrum(**{name: np.concatenate([getattr(one, name) for one in found]) for name in Spectrum._fields})
