"""Training steps one by one through an engine's two calls: the reference for engines that do whole steps themselves, and the way
for those that do not, or for a penalty that they do not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.engine.steps import Batches, Curves, Schedule, SimilarityTerm, TrainingSetup, TrainingState
from rnnatlas.training.objective import weighted_loss
from rnnatlas.training.optimiser import optimiser_step

EachMember = Callable[[Callable[[int], Any]], list[Any]]
"""Applies a function of the member's index to every member, in order."""


@dataclass(frozen=True)
class Step:
    """What a penalty sees of one training step; ``valid`` is False for padding. ``share`` of its weight counts, ``tolerance`` is the task
    loss that an adaptive weight keeps to, and the networks run at dt/``sub_steps``."""

    number: int
    inputs: Float[Array, "member trial time input"]
    valid: Bool[Array, "member trial time"]
    noise: Noise
    rollout: Rollout
    loss: Float[Array, "member"]
    state: TrainingState
    each_member: EachMember
    share: float = 1.0
    tolerance: float = 1.0
    sub_steps: int = 1


class Penalised(NamedTuple):
    """A penalty at one step: its value, the similarities that it combines, its weight, and the gradient of weight times value."""

    value: Float[Array, "member"]
    each: Float[Array, "member similarity"]
    strength: Float[Array, "member"]
    rate_gradient: Float[Array, "member trial time unit"]
    readout_gradient: Float[Array, "member unit output"]


@runtime_checkable
class Penalty(Protocol):
    """What is added to the task loss. ``start`` is its weight λ before the first step, ``similarities`` the number of those that it
    records; ``term`` describes it to an engine that can compute it, or is None."""

    start: float
    similarities: int
    term: SimilarityTerm | None

    def course(self, steps: int) -> tuple[Float[Array, "step"], Float[Array, "step"]]:
        """Over a training of so many steps, the share of λ that counts and the tolerated task loss."""
        ...

    def __call__(self, step: Step) -> Penalised: ...


def advance(
    engine: Engine,
    setup: TrainingSetup,
    state: TrainingState,
    batches: Batches,
    schedule: Schedule,
    penalty: Penalty | None,
    each_member: EachMember,
    sub_steps: int = 1,
) -> Curves:
    """Advance ``state`` by the steps of ``batches`` as ``engine.steps.Trainer.train`` does, with ``penalty`` for ``setup.term``; ``setup``
    and ``batches`` are those of ``sub_steps`` already."""
    cell, members, steps = setup.cell, len(state.active), len(schedule)
    curves = Curves.begin(members, steps, 0 if penalty is None else penalty.similarities)
    valid = np.arange(batches.inputs.shape[3]) < batches.length[..., None]
    for s in range(steps):
        noise = Noise(setup.keys, state.step, cell.noise_scale())
        rollout = engine.roll_out(state.parameters, cell, batches.inputs[s], noise)
        results = [
            weighted_loss(rollout.outputs[k], batches.targets[s, k], batches.weight[s, k])
            if state.active[k]
            else (np.nan, np.zeros_like(rollout.outputs[k]))
            for k in range(members)
        ]
        loss = np.array([result[0] for result in results])
        if state.step == 0:
            state.first_loss[:] = loss
        state.freeze(loss)
        penalised = None
        if penalty is not None:
            share, tolerance = float(schedule.share[s]), float(schedule.tolerance[s])
            data = Step(
                state.step, batches.inputs[s], valid[s], noise, rollout, loss, state, each_member, share, tolerance, sub_steps
            )  # fmt: skip
            penalised = penalty(data)
            state.freeze(penalised.value)
            curves.penalty[:, s], curves.strength[:, s] = penalised.each, penalised.strength
        if state.active.any():
            gradient = engine.gradient(
                state.parameters, cell, batches.inputs[s], noise, np.stack([result[1] for result in results]),
                None if penalised is None else penalised.rate_gradient,
            )  # fmt: skip
            if penalised is not None:
                gradient = replace(gradient, readout=gradient.readout + penalised.readout_gradient)
            norm = optimiser_step(state, gradient, float(schedule.rate[s]), setup.optimiser)
            state.freeze(norm, bounded=False)
        curves.loss[:, s] = loss
        for curve in vars(curves).values():
            curve[~state.active, s] = np.nan
        state.step += 1
    return curves
