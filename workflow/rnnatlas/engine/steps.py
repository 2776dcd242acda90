"""Whole training steps in one call: what is handed over, and what an engine that can do them promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int, Shaped
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters

# A loss beyond this many times the first one counts as diverged.
DIVERGED = 1e4


@dataclass
class TrainingState:
    """All that a training carries from one step to the next, per member; its arrays are updated in place.

    ``first`` and ``second`` are Adam's moments, ``strength`` the weight λ of a penalty, ``smoothed`` the running mean of the task
    loss that an adaptive strength follows (NaN before the first step), ``step`` the number of steps done.
    """

    parameters: Parameters
    first: Parameters
    second: Parameters
    active: Bool[Array, "member"]
    diverged_at: Int[Array, "member"]
    first_loss: Float[Array, "member"]
    strength: Float[Array, "member"]
    smoothed: Float[Array, "member"]
    step: int = 0

    @classmethod
    def begin(cls, parameters: Parameters, strength: float = 0.0) -> TrainingState:
        """Before the first step; ``parameters`` are copied."""
        members = parameters.recurrent.shape[0]
        return cls(
            parameters=parameters.map(lambda array: np.array(array, dtype=np.float32, order="C")),
            first=parameters.map(lambda array: np.zeros(array.shape, np.float32)),
            second=parameters.map(lambda array: np.zeros(array.shape, np.float32)),
            active=np.ones(members, dtype=bool),
            diverged_at=np.full(members, -1),
            first_loss=np.full(members, np.inf),
            strength=np.full(members, strength, dtype=np.float64),
            smoothed=np.full(members, np.nan),
        )

    def freeze(self, value: Array, bounded: bool = True) -> None:
        """Mark the active members whose ``value`` at this step is not finite, or has exploded beyond 10⁴ times the first loss."""
        limit = DIVERGED * np.maximum(self.first_loss, 1.0) if bounded else np.inf
        bad = self.active & ~(np.isfinite(value) & (value <= limit))
        self.diverged_at[bad] = self.step
        self.active &= ~bad


@dataclass(frozen=True)
class Batches:
    """Trials of several steps. Steps at or beyond ``length`` are padding of weight 0; trials are ordered by falling length."""

    inputs: Float[Array, "step member trial time input"]
    targets: Float[Array, "step member trial time output"]
    weight: Float[Array, "step member trial time output"]
    length: Int[Array, "step member trial"]


@dataclass(frozen=True)
class Curves:
    """What is recorded of each step; NaN from the step at which a member diverged."""

    loss: Float[Array, "member step"]
    penalty: Float[Array, "member step"]
    strength: Float[Array, "member step"]


@dataclass(frozen=True)
class Reference:
    """An earlier solution: member m is compared with member m. ``keys`` and ``scale`` are its private noise (None: it runs without)."""

    parameters: Parameters
    cell: Cell
    keys: Shaped[Array, "member"] | None
    scale: float


@dataclass(frozen=True)
class SimilarityTerm:
    """The penalty ``λ Σ_i S(R⊥, R_i⊥)`` for an engine that computes it itself; see ``deflation.penalty``.

    Every ``stride``-th step of a trial is sampled, beginning with step (training step mod ``stride``). With ``adaptation`` > 0, λ
    follows the smoothed task loss so that it stays at ``tolerance``. In the first ``ramp`` steps the weight rises in proportion to
    the step: ``λ·min(1, (step + 1)/ramp)``.
    """

    references: list[Reference]
    ridge: float
    form: str
    null_space: bool
    stride: int
    tolerance: float
    adaptation: float
    ramp: int = 0


@dataclass(frozen=True, eq=False)
class TrainingSetup:
    """What stays the same through the steps of one training: the cell, the keys of the members' private noise, the norm to which a
    gradient is clipped, and the penalty (None: none, or one that the engine does not know)."""

    cell: Cell
    keys: Shaped[Array, "member"]
    clip: float
    term: SimilarityTerm | None = None


@runtime_checkable
class Trainer(Protocol):
    """An engine that does whole steps: roll-out, loss, penalty, gradient, clipping, Adam, for each member by itself."""

    def train(
        self, setup: TrainingSetup, state: TrainingState, batches: Batches, rates: Float[Array, "step"]
    ) -> Curves:
        """Advance ``state`` by the steps of ``batches`` with step sizes ``rates``, and return their curves."""
        ...
