"""Where a GRU is drawn: a field with the roots of its flow, on which a search does not stray to where it is slow alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from rnnatlas.arrays import Array, Float
from rnnatlas.dynamics.gated_field import GatedField
from rnnatlas.dynamics.motion import Field


@dataclass(frozen=True)
class GatedPull(GatedField):
    """``n − h`` of a GRU in the place of its flow ``(1 − z)(n − h)``, which vanishes also where z comes to 1, far from any root."""

    def flow(self, x: Float[Array, "*point state"]) -> Float[Array, "*point state"]:
        """``n − h``: zero where the flow is, and nowhere smaller than it."""
        r, inner, drive = self._gates(x)
        return np.tanh(drive + r * inner) - x

    def jacobian(self, x: Float[Array, "*point state"]) -> Float[Array, "*point state state2"]:
        """``A_ij = ∂(n − h)_j/∂h_i``."""
        r, inner, drive = self._gates(x)
        steep = (1 - np.tanh(drive + r * inner) ** 2) * r
        d_r, _, d_n = np.split(self.recurrent, 3, axis=-1)
        return (steep * inner * (1 - r))[..., None, :] * d_r + steep[..., None, :] * d_n - np.eye(x.shape[-1])

    def _gates(self, x: Array) -> tuple[Array, Array, Array]:
        (u_r, _, u_n), (w_r, _, w_n) = np.split(self.drive, 3), np.split(x @ self.recurrent, 3, axis=-1)
        return expit(u_r + w_r), w_n + self.hidden_bias, u_n


def searched(field: Field) -> list[Field]:
    """The fields on which a search for roots of ``field`` descends: itself, and of a GRU its pull as well, since either finds saddles that
    the other misses."""
    if isinstance(field, GatedField) and field.hidden_bias is not None:
        return [field, GatedPull(field.recurrent, field.drive, field.hidden_bias)]
    return [field]
