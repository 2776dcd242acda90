"""Training steps one by one through an engine's two calls: the reference for engines that do whole steps themselves, and the way
for those that do not, or for a penalty that they do not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.engine.steps import Batches, Curves, SimilarityTerm, TrainingSetup, TrainingState
from rnnatlas.training.objective import weighted_loss
from rnnatlas.training.optimiser import adam_step

EachMember = Callable[[Callable[[int], Any]], list[Any]]
"""Applies a function of the member's index to every member, in order."""


@dataclass(frozen=True)
class Step:
    """What a penalty sees of one training step; ``valid`` is False for padding."""

    number: int
    inputs: Float[Array, "member trial time input"]
    valid: Bool[Array, "member trial time"]
    noise: Noise
    rollout: Rollout
    loss: Float[Array, "member"]
    state: TrainingState
    each_member: EachMember


class Penalised(NamedTuple):
    """A penalty at one step: its value, its weight, and the gradient of the product."""

    value: Float[Array, "member"]
    strength: Float[Array, "member"]
    rate_gradient: Float[Array, "member trial time unit"]
    readout_gradient: Float[Array, "member unit output"]


@runtime_checkable
class Penalty(Protocol):
    """What is added to the task loss. ``start`` is its weight λ before the first step; ``term`` describes it to an engine that
    can compute it, or is None."""

    start: float
    term: SimilarityTerm | None

    def __call__(self, step: Step) -> Penalised: ...


def advance(
    engine: Engine,
    setup: TrainingSetup,
    state: TrainingState,
    batches: Batches,
    rates: Float[Array, "step"],
    penalty: Penalty | None,
    each_member: EachMember,
) -> Curves:
    """Advance ``state`` by the steps of ``batches`` as ``engine.steps.Trainer.train`` does, with ``penalty`` for ``setup.term``."""
    cell, members, steps = setup.cell, len(state.active), len(rates)
    curves = Curves(*(np.zeros((members, steps), np.float32) for _ in range(3)))
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
            data = Step(state.step, batches.inputs[s], valid[s], noise, rollout, loss, state, each_member)
            penalised = penalty(data)
            state.freeze(penalised.value)
            curves.penalty[:, s], curves.strength[:, s] = penalised.value, penalised.strength
        if state.active.any():
            gradient = engine.gradient(
                state.parameters, cell, batches.inputs[s], noise, np.stack([result[1] for result in results]),
                None if penalised is None else penalised.rate_gradient,
            )  # fmt: skip
            if penalised is not None:
                gradient = replace(gradient, readout=gradient.readout + penalised.readout_gradient)
            state.freeze(adam_step(state, gradient, float(rates[s]), setup.clip), bounded=False)
        curves.loss[:, s] = loss
        for curve in vars(curves).values():
            curve[~state.active, s] = np.nan
        state.step += 1
    return curves
