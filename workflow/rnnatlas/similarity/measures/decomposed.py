"""What CKA, CCA and Procrustes keep of a network: its centred rates, decomposed.

With X = U S Vᵀ of each network, everything that the three need of a pair follows from ``P = U_xᵀ U_y``: XᵀY has the singular values and
the Frobenius norm of ``S_x P S_y``, and the canonical correlations are the singular values of P.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.similarity.inputs import centred, paired_samples, refuse_nonfinite
from rnnatlas.similarity.systems import Samples

CUTOFF = 1e-6  # directions below this share of the largest singular value do not count in CCA, as in ``mean_cca``


@dataclass(frozen=True, eq=False)
class Decomposed:
    """Singular values and left singular vectors of the centred rates, and how many of them count for CCA."""

    basis: Float[Array, "sample direction"]
    singular: Float[Array, "direction"]
    rank: int


def decompose(system: Samples) -> Decomposed:
    """Raises ``AtlasError`` for rates that are not finite."""
    refuse_nonfinite(system.rates)
    u, s, _ = np.linalg.svd(centred(system.rates.astype(np.float64)), full_matrices=False)
    return Decomposed(u, s, int(np.count_nonzero(s > CUTOFF * s[0])))


def product(a: Decomposed, b: Decomposed) -> Float[Array, "direction direction2"]:
    """``U_xᵀ U_y``."""
    return a.basis.T @ b.basis


def scaled_product(a: Decomposed, b: Decomposed) -> Float[Array, "direction direction2"]:
    """``S_x U_xᵀ U_y S_y``."""
    return a.singular[:, None] * product(a, b) * b.singular


def silent(a: Decomposed, b: Decomposed) -> bool:
    """Whether one of the two does not vary, so that no measure is defined."""
    return min(a.rank, b.rank) == 0


def centred_pair(
    x: Float[Array, "sample unit"], y: Float[Array, "sample unit2"]
) -> tuple[Float[Array, "sample unit"], Float[Array, "sample unit2"]]:
    """Samples of two networks in float64, each unit's mean taken away."""
    x, y = paired_samples(x, y)
    return centred(x), centred(y)


def ratio(part: float | np.floating[Any], whole: float | np.floating[Any]) -> float:
    """``part / whole``; NaN where nothing varies."""
    return float(part / whole) if whole > 0.0 else float("nan")
