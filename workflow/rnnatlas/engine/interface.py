"""What an engine does: roll an ensemble out through time, and carry a gradient back.

Everything that is trained goes through these two calls, or through ``engine.steps.Trainer``, which does whole training steps in
one call; an engine is replaced without touching the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Float, Shaped
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters


@dataclass(frozen=True)
class Noise:
    """The private noise of one roll-out: each member's key, the training step, and the deviation added to x.

    The stream is ``streams.philox.private_noise(key, step, ...)``; ``scale`` is ``Cell.noise_scale()``.
    """

    keys: Shaped[Array, "member"]
    step: int
    scale: float

    def __getitem__(self, index: list[int] | Array) -> Noise:
        return Noise(np.asarray(self.keys, dtype=np.uint64)[index], self.step, self.scale)


@dataclass(frozen=True)
class Rollout:
    """Rates and outputs after each input."""

    rates: Float[Array, "member trial time unit"]
    outputs: Float[Array, "member trial time output"]


@runtime_checkable
class Engine(Protocol):
    """``inputs`` are ``[member, trial, time, input]``; the initial state is zero.

    An engine is deterministic: the same call gives the same bits, whatever the number of threads, and a member's
    result does not depend on the other members of the call. Cells are those of ``networks.cell.Cell``.
    """

    name: str
    """Which engine and instruction set this is, as it stands in the artifacts: for example ``native-avx512``."""

    def roll_out(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Float[Array, "member trial time input"],
        noise: Noise | None,
    ) -> Rollout: ...

    def outputs(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Float[Array, "member trial time input"],
        noise: Noise | None,
    ) -> Float[Array, "member trial time output"]:
        """The outputs of ``roll_out``, without keeping the rates."""
        ...

    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Float[Array, "member trial time input"],
        noise: Noise | None,
        output_gradient: Float[Array, "member trial time output"],
        rate_gradient: Float[Array, "member trial time unit"] | None,
    ) -> Parameters:
        """Gradient of a loss with ∂L/∂y = ``output_gradient`` and, beside it, ∂L/∂r = ``rate_gradient``, at the roll-out under
        ``noise``, which an engine may run again.

        For the rate cell, with p[t] = ∂L/∂x[t], e the output gradient and g the rate gradient:
        ``p[t] = (g[t] + e[t]·J_outᵀ + a·p[t+1]·Jᵀ) ∘ (1 − r[t]²) + (1−a)·p[t+1]``;
        ``∂L/∂J = a Σ r[t−1]ᵀ p[t]``, ``∂L/∂J_in = a Σ u[t]ᵀ p[t]``, ``∂L/∂b = a Σ p[t]``,
        ``∂L/∂J_out = Σ r[t]ᵀ e[t]``, ``∂L/∂b_out = Σ e[t]``, sums over trials and time.
        """
        ...
