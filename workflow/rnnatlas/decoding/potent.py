"""How much of what activity says of a variable the readout sees."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.deflation.null_space import readout_basis


def potent_share(
    rates: Float[Array, "trial time unit"], values: Float[Array, "trial"], readout: Float[Array, "unit output"]
) -> float:
    """Share of a variable's variance that lies in the readout space.

    With m_v(t) the mean rates over the trials of value v at step t, d_v(t) = m_v(t) − ⟨m_v(t)⟩_v, and Q an orthonormal basis of
    the span of the readout's columns: ``Σ_t Σ_v |Qᵀ d_v(t)|² / Σ_t Σ_v |d_v(t)|²``, in [0, 1]. A direction drawn at random has rank
    Q / N of its variance there. NaN for rates that do not differ between values.
    """
    means = np.stack([rates[values == value].mean(axis=0, dtype=np.float64) for value in np.unique(values)])
    deviation = means - means.mean(axis=0)
    whole = float(np.sum(deviation**2))
    return float(np.sum((deviation @ readout_basis(readout)) ** 2)) / whole if whole > 0.0 else float("nan")
