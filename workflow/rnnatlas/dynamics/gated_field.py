"""The map of a GRU or an LSTM at a constant input, and how it moves perturbations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from rnnatlas.arrays import Array, Bool, Float, Positive
from rnnatlas.checks.records import check_fields
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import GATES
from rnnatlas.networks.ensemble import Ensemble

ROUNDING = 1e-6  # by which |h| may exceed 1, above what the search leaves of a root


@dataclass(frozen=True)
class GatedField:
    """One noise-free step of a gated cell in float64 (PyTorch's equations, see ``networks.cell.Cell``). Satisfies ``motion.Motion``.

    The state is h of a GRU, (h, c) of an LSTM. ``drive`` is what the constant input and the biases add to the gates; ``hidden_bias``
    is b_hn of a GRU (None: an LSTM). A step is one unit of time, so that ``alpha`` is 1 and the flow is ``step(x) − x``.
    """

    recurrent: Float[Array, "unit column"]
    drive: Float[Array, "column"]
    hidden_bias: Float[Array, "unit"] | None
    alpha: Positive = 1.0

    def __post_init__(self) -> None:
        check_fields(self)
        units, columns = self.recurrent.shape
        gates = GATES["lstm" if self.hidden_bias is None else "gru"]
        if columns != gates * units:
            raise AtlasError(
                None, "recurrent", f"{gates * units} columns are expected, for {units} units of {gates} gates, found {columns}",
                "give a GRU its hidden_bias, an LSTM none; or take GatedField.of",
            )  # fmt: skip

    @classmethod
    def of(cls, ensemble: Ensemble, member: int, constant_input: Float[Array, "input"]) -> GatedField:
        """The field of one member at ``constant_input``; raises ``AtlasError`` for a cell without gates."""
        kind, units = ensemble.cell.kind, ensemble.units
        if kind not in ("gru", "lstm"):
            raise AtlasError(None, "cell", f"a gated cell is expected, found {kind!r}", "use RateField for rate units")
        p, member = ensemble.parameters, ensemble.number(member)
        recurrent, bias = p.recurrent[member].astype(np.float64), p.bias[member].astype(np.float64)
        drive = np.asarray(constant_input, np.float64) @ p.input[member].astype(np.float64)
        drive = drive + bias[: recurrent.shape[1]]
        return cls(recurrent, drive, bias[3 * units :] if kind == "gru" else None)

    @property
    def axes(self) -> dict[str, int]:
        """The axes that arrays given beside this field must fit."""
        return {"state": self.width}

    @property
    def width(self) -> int:
        """Numbers in a state."""
        return len(self.recurrent) * (1 if self.hidden_bias is not None else 2)

    def step(self, x: Float[Array, "*point state"]) -> Float[Array, "*point state"]:
        """One step of the map: what ``push`` does to the state, without what perturbations need."""
        return self._step_lstm(x) if self.hidden_bias is None else self._step_gru(x)

    def _step_gru(self, h: Array) -> Array:
        units = len(self.recurrent)
        through = h @ self.recurrent
        gates = expit(self.drive[: 2 * units] + through[..., : 2 * units])
        r, z = gates[..., :units], gates[..., units:]
        n = np.tanh(self.drive[2 * units :] + r * (through[..., 2 * units :] + self.hidden_bias))
        return (1 - z) * n + z * h

    def _step_lstm(self, x: Array) -> Array:
        units = len(self.recurrent)
        h, c = x[..., :units], x[..., units:]
        arguments = h @ self.recurrent + self.drive
        gates = expit(arguments)
        found = np.empty_like(x)
        c_next = gates[..., units : 2 * units] * c + gates[..., :units] * np.tanh(arguments[..., 2 * units : 3 * units])
        found[..., units:] = c_next
        found[..., :units] = gates[..., 3 * units :] * np.tanh(c_next)
        return found

    def flow(self, x: Float[Array, "*point state"]) -> Float[Array, "*point state"]:
        """``step(x) − x``."""
        return self.step(x) - x

    def jacobian(self, x: Float[Array, "*point state"]) -> Float[Array, "*point state state2"]:
        """``A_ij = ∂F_j/∂x_i`` of the flow, so that a perturbation moves as ``δx → δx (I + A)``."""
        eye = np.eye(x.shape[-1])
        through = np.zeros(
            (len(eye), self.recurrent.shape[1])
        )  # what the rows of ``eye`` add to the gates: c adds nothing
        through[: len(self.recurrent)] = self.recurrent
        return self._moved(x, eye, through)[1] - eye

    def reachable(self, x: Float[Array, "*point state"]) -> Bool[Array, "*point"]:
        """States with all ``|h| ≤ 1``, which runs from rest never leave.

        A GRU has roots beyond in rounding alone: far out its update gate z is 1 to the last bit, and the state stays whatever it is.
        """
        return np.asarray((np.abs(x[..., : len(self.recurrent)]) <= 1.0 + ROUNDING).all(axis=-1))

    def push(
        self, x: Float[Array, "*point state"], v: Float[Array, "*point k state"]
    ) -> tuple[Float[Array, "*point state"], Float[Array, "*point k state"]]:
        """One step of the state and of ``k`` infinitesimal perturbations of it, ``v (I + A)``, without forming A."""
        return self._moved(x, v, v[..., : len(self.recurrent)] @ self.recurrent)

    def _moved(self, x: Array, v: Array, through: Array) -> tuple[Array, Array]:
        """``push``, given what the perturbations add to the gates' arguments."""
        return self._push_lstm(x, v, through) if self.hidden_bias is None else self._push_gru(x, v, through)

    def _push_gru(self, h: Array, v: Array, through: Array) -> tuple[Array, Array]:
        (u_r, u_z, u_n), (w_r, w_z, w_n) = np.split(self.drive, 3), np.split(h @ self.recurrent, 3, axis=-1)
        r, z = expit(u_r + w_r), expit(u_z + w_z)
        inner = w_n + self.hidden_bias
        n = np.tanh(u_n + r * inner)
        d_r, d_z, d_n = np.split(through, 3, axis=-1)
        by_r, by_z, by_n = (1 - z) * (1 - n**2) * inner * r * (1 - r), (h - n) * z * (1 - z), (1 - z) * (1 - n**2) * r
        moved = by_r[..., None, :] * d_r + by_z[..., None, :] * d_z + by_n[..., None, :] * d_n + z[..., None, :] * v
        return (1 - z) * n + z * h, moved

    def _push_lstm(self, x: Array, v: Array, through: Array) -> tuple[Array, Array]:
        h, c = np.split(x, 2, axis=-1)
        v_c = np.split(v, 2, axis=-1)[1]
        a_i, a_f, a_g, a_o = np.split(h @ self.recurrent + self.drive, 4, axis=-1)
        d_i, d_f, d_g, d_o = np.split(through, 4, axis=-1)
        i, f, g, o = expit(a_i), expit(a_f), np.tanh(a_g), expit(a_o)
        c_next = f * c + i * g
        squashed = np.tanh(c_next)
        by_i, by_f, by_g = g * i * (1 - i), c * f * (1 - f), i * (1 - g**2)
        moved_c = by_i[..., None, :] * d_i + by_f[..., None, :] * d_f + by_g[..., None, :] * d_g + f[..., None, :] * v_c
        by_o, by_c = squashed * o * (1 - o), o * (1 - squashed**2)
        moved_h = by_o[..., None, :] * d_o + by_c[..., None, :] * moved_c
        return np.concatenate([o * squashed, c_next], axis=-1), np.concatenate([moved_h, moved_c], axis=-1)
