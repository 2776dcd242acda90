"""What searches and long runs need of a network at a constant input, whatever its cell: its flow, a step, how this moves perturbations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.gated_field import GatedField
from rnnatlas.networks.ensemble import Ensemble


@runtime_checkable
class Field(Protocol):
    """A noise-free map ``x → x + α F(x)`` in float64; α is the time of a step (in τ; 1 for a cell without τ).

    A state is x of a rate unit, h of a GRU, (h, c) of an LSTM. ``RateField`` and ``GatedField`` are such fields.
    """

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


@runtime_checkable
class Motion(Field, Protocol):
    """A field that moves perturbations as well."""

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


def reachable(field: Field, x: Float[Array, "*point state"]) -> Bool[Array, "*point"]:
    """Whether runs of a network can come to states, as far as its cell alone says: a rate unit has no bound of its own."""
    return field.reachable(x) if isinstance(field, GatedField) else np.ones(x.shape[:-1], dtype=bool)


def state_width(ensemble: Ensemble) -> int:
    """Numbers in a state of one member: its units, twice as many of an LSTM, whose state is (h, c)."""
    return ensemble.units * (2 if ensemble.cell.kind == "lstm" else 1)


def readout(ensemble: Ensemble, member: int, states: Float[Array, "*point state"]) -> Float[Array, "*point output"]:
    """Outputs at ``states``: x of a rate unit, h of a GRU, (h, c) of an LSTM."""
    p, cell = ensemble.parameters, ensemble.cell
    rates = np.tanh(states) if cell.kind == "rate" else states[..., : ensemble.units]
    return rates @ p.readout[member].astype(np.float64) + p.readout_bias[member].astype(np.float64)
