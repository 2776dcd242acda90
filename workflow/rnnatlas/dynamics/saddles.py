"""Where the unstable branches of saddles lead."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Complex, Float, Index, Positive
from rnnatlas.dynamics.motion import Field


def saddle_branches(
    field: Field,
    saddle: Float[Array, "state"],
    direction: Float[Array, "state"] | Complex[Array, "state"],
    spread: Positive,
    steps: Index = 5000,
) -> Float[Array, "2 state"]:
    """End states of the two runs that leave an index-1 saddle along ±``direction``, 10⁻³ spreads away from it.

    ``direction`` is the saddle's unstable left eigenvector (row convention), taken real.
    """
    unit = np.real(direction) / np.linalg.norm(np.real(direction))
    x = saddle + 1e-3 * spread * np.stack([unit, -unit])
    for _ in range(steps):
        x = field.step(x)
    return x
