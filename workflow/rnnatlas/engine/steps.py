"""Whole training steps in one call: what is handed over, and what an engine that can do them promises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int, Shaped
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters

# A loss beyond this many times the first one counts as diverged.
DIVERGED = 1e4
# An adaptive weight stays under this, and follows a running mean of the loss that keeps so much of itself at each step.
HIGHEST, SMOOTHING = 1e2, 0.95


@dataclass
class TrainingState:
    """All that a training carries from one step to the next, per member; its arrays are updated in place.

    ``first`` and ``second`` are Adam's moments (``first.recurrent`` Muon's momentum, with that optimiser), ``strength`` the weight λ of a penalty, ``smoothed`` the running mean of the task
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

    def finer(self, factor: int) -> Batches:
        """The same trials at a time step ``factor`` times shorter: inputs are held, and the loss is that of the last sub-steps, as in
        ``generalisation.finer_steps``."""
        if factor == 1:
            return self
        weight = np.zeros((*self.weight.shape[:3], self.weight.shape[3] * factor, self.weight.shape[4]), np.float32)
        weight[..., factor - 1 :: factor, :] = self.weight
        inputs, targets = (np.repeat(array, factor, axis=3) for array in (self.inputs, self.targets))
        return Batches(inputs, targets, weight, self.length * factor)


@dataclass(frozen=True)
class Schedule:
    """What changes from step to step: the step size, the share of its weight λ with which the penalty counts, and the task loss
    that an adaptive λ keeps to."""

    rate: Float[Array, "step"]
    share: Float[Array, "step"]
    tolerance: Float[Array, "step"]

    @classmethod
    def of(cls, rate: Float[Array, "step"]) -> Schedule:
        """These step sizes, and a penalty that counts in full from the first step on."""
        return cls(rate, np.ones(len(rate)), np.ones(len(rate)))

    def __len__(self) -> int:
        return len(self.rate)

    def __getitem__(self, steps: slice) -> Schedule:
        return Schedule(self.rate[steps], self.share[steps], self.tolerance[steps])


@dataclass(frozen=True)
class Curves:
    """What is recorded of each step; NaN from the step at which a member diverged. ``penalty`` holds the similarity to each earlier
    solution (one column of zeros without any)."""

    loss: Float[Array, "member step"]
    penalty: Float[Array, "member step term"]
    strength: Float[Array, "member step"]

    @classmethod
    def begin(cls, members: int, steps: int, similarities: int) -> Curves:
        """Zeros, for so many similarities."""
        one = (members, steps)
        return cls(
            np.zeros(one, np.float32), np.zeros((*one, max(1, similarities)), np.float32), np.zeros(one, np.float32)
        )


@dataclass(frozen=True)
class Reference:
    """An earlier solution: member m is compared with member m. ``keys`` are those of its private noise (None: it runs without)."""

    parameters: Parameters
    cell: Cell
    keys: Shaped[Array, "member"] | None

    @property
    def scale(self) -> float:
        """Deviation of its private noise in a step."""
        return 0.0 if self.keys is None else self.cell.noise_scale()


@dataclass(frozen=True)
class SimilarityTerm:
    """The penalty ``λ (Σ_i S(R⊥, R_i⊥)ᵖ)^(1/p)`` for an engine that computes it itself, p = ``order``; see ``deflation.penalty``.

    Every ``stride``-th step of a trial is sampled, beginning with step (training step mod ``stride``). Where ``rise`` > 1, λ is
    multiplied by it at each step at which the penalty counts and the smoothed task loss is under its tolerance, and by ``fall`` where
    it is above, within [``floor``, ``ceiling``].
    """

    references: list[Reference]
    ridge: float = 1e-3
    form: str = "trace"
    null_space: bool = True
    stride: int = 1
    order: float = 1.0
    rise: float = 1.0
    fall: float = 1.0
    floor: float = 1e-3
    ceiling: float = HIGHEST

    def finer(self, factor: int) -> SimilarityTerm:
        """The same penalty at a time step ``factor`` times shorter."""
        references = [replace(reference, cell=reference.cell.finer(factor)) for reference in self.references]
        return replace(self, references=references, stride=self.stride * factor)


@dataclass(frozen=True, eq=False)
class TrainingSetup:
    """What stays the same through the steps of one training: the cell, the keys of the members' private noise, the optimiser, and the
    penalty (None: none, or one that the engine does not know)."""

    cell: Cell
    keys: Shaped[Array, "member"]
    optimiser: Optimiser
    term: SimilarityTerm | None = None

    def finer(self, factor: int) -> TrainingSetup:
        """The same training at a time step ``factor`` times shorter; raises ``AtlasError`` for cells that have none."""
        if factor == 1:
            return self
        term = None if self.term is None else self.term.finer(factor)
        return TrainingSetup(self.cell.finer(factor), self.keys, self.optimiser, term)


@runtime_checkable
class Trainer(Protocol):
    """An engine that does whole steps: roll-out, loss, penalty, gradient, clipping, the optimiser, for each member by itself."""

    def train(self, setup: TrainingSetup, state: TrainingState, batches: Batches, schedule: Schedule) -> Curves:
        """Advance ``state`` by the steps of ``batches``, and return their curves."""
        ...
