"""The flow of a network at a constant input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Float, Positive
from rnnatlas.checks.records import check_fields
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble


@dataclass(frozen=True)
class RateField:
    """``F(x) = τ dx/dt = −x + tanh(x) J + h`` with ``h = u J_in + b``, for one network, in float64 (rates a row vector)."""

    recurrent: Float[Array, "unit unit"]
    drive: Float[Array, "unit"]
    alpha: Positive

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def axes(self) -> dict[str, int]:
        """The axes that arrays given beside this field must fit."""
        return {"unit": len(self.drive), "state": len(self.drive)}

    @classmethod
    def of(cls, ensemble: Ensemble, member: int, constant_input: Float[Array, "input"]) -> RateField:
        """The field of one member at ``constant_input``. Raises ``AtlasError`` for a gated cell, whose flow is another."""
        if ensemble.cell.kind != "rate":
            raise AtlasError(
                None, "cell", f"rate units are expected, found {ensemble.cell.kind!r}", "leave such networks out of this analysis"
            )  # fmt: skip
        p, member = ensemble.parameters, ensemble.number(member)
        drive = np.asarray(constant_input, np.float64) @ p.input[member].astype(np.float64) + p.bias[member]
        return cls(p.recurrent[member].astype(np.float64), drive.astype(np.float64), ensemble.cell.alpha)

    def flow(self, x: Float[Array, "*point unit"]) -> Float[Array, "*point unit"]:
        """``F(x)``, in units of the state per τ."""
        return np.tanh(x) @ self.recurrent + self.drive - x

    def jacobian(self, x: Float[Array, "*point unit"]) -> Float[Array, "*point unit unit2"]:
        """``A_ij = ∂F_j/∂x_i = (1 − tanh² x_i) J_ij − δ_ij``, so that a perturbation moves as ``δx → δx A``."""
        a = (1.0 - np.tanh(x) ** 2)[..., :, None] * self.recurrent
        units = self.recurrent.shape[0]
        a[..., np.arange(units), np.arange(units)] -= 1.0
        return a

    def step(self, x: Float[Array, "*point unit"]) -> Float[Array, "*point unit"]:
        """One step of the map as trained: ``x + a F(x)``."""
        return x + self.alpha * self.flow(x)
