"""What long runs need of a network at a constant input, whatever its cell: a step, and how it moves perturbations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.gated_field import GatedField
from rnnatlas.networks.ensemble import Ensemble


@runtime_checkable
class Motion(Protocol):
    """A noise-free map ``x → x + α F(x)`` in float64; α is the time of a step (in τ; 1 for a cell without τ)."""

    @property
    def alpha(self) -> float: ...

    def step(self, x: Array) -> Array:
        """One step, ``[..., state]``."""
        ...

    def flow(self, x: Array) -> Array:
        """``F(x)``, in units of the state per unit of time."""
        ...

    def jacobian(self, x: Array) -> Array:
        """``A_ij = ∂F_j/∂x_i``, ``[..., state, state]``."""
        ...

    def push(self, x: Array, v: Array) -> tuple[Array, Array]:
        """``step(x)``, and perturbations ``v`` [..., k, state] moved by ``v (I + αA(x))``."""
        ...


@dataclass(frozen=True)
class RateMotion(RateField):
    """``RateField`` with the motion of perturbations."""

    def step(self, x: Float[Array, "*point unit"]) -> Float[Array, "*point unit"]:
        moved = (self.alpha * np.tanh(x)) @ self.recurrent
        moved += self.alpha * self.drive
        moved += (1.0 - self.alpha) * x
        return moved

    def push(
        self, x: Float[Array, "*point unit"], v: Float[Array, "*point k unit"]
    ) -> tuple[Float[Array, "*point unit"], Float[Array, "*point k unit"]]:
        rates = np.tanh(x)
        # One product for rates and perturbations together: small products cost more than their arithmetic.
        both = np.concatenate([rates[..., None, :], (1.0 - rates**2)[..., None, :] * v], axis=-2)
        moved = (self.alpha * both).reshape(-1, x.shape[-1]) @ self.recurrent
        moved = moved.reshape(both.shape)
        keep = 1.0 - self.alpha
        return moved[..., 0, :] + self.alpha * self.drive + keep * x, moved[..., 1:, :] + keep * v


def motion_of(ensemble: Ensemble, member: int, constant_input: Float[Array, "input"]) -> Motion:
    """The noise-free motion of one member at ``constant_input``."""
    if ensemble.cell.kind == "rate":
        field = RateField.of(ensemble, member, constant_input)
        return RateMotion(field.recurrent, field.drive, field.alpha)
    return GatedField.of(ensemble, member, constant_input)


def readout(ensemble: Ensemble, member: int, states: Float[Array, "*point state"]) -> Float[Array, "*point output"]:
    """Outputs at ``states``: x of a rate unit, h of a GRU, (h, c) of an LSTM."""
    p, cell = ensemble.parameters, ensemble.cell
    rates = np.tanh(states) if cell.kind == "rate" else states[..., : ensemble.units]
    return rates @ p.readout[member].astype(np.float64) + p.readout_bias[member].astype(np.float64)
