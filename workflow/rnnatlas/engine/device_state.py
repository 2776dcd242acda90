"""What a training carries from step to step, as tensors on a device."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.engine.optimisers import (
    BETA1,
    COEFFICIENTS,
    EPSILON,
    ITERATIONS,
    LEAST_NORM,
    MOMENTUM,
    RMS,
    Optimiser,
)
from rnnatlas.engine.steps import DIVERGED, Schedule, TrainingState


class DeviceState:
    """``TrainingState`` on a device: each member's parameters, and Adam's moments of them, are one row. Every tensor is changed in
    place, so that a captured graph finds it where it was."""

    value: Float[Tensor, "member parameter"]
    first: Float[Tensor, "member parameter"]
    second: Float[Tensor, "member parameter"]
    active: Bool[Tensor, "member"]
    diverged_at: Int[Tensor, "member"]
    first_loss: Float[Tensor, "member"]
    strength: Float[Tensor, "member"]
    smoothed: Float[Tensor, "member"]
    step: Int[Tensor, ""]

    def __init__(self, state: TrainingState, device: torch.device, dtype: torch.dtype) -> None:
        self.shapes = [array.shape for array in state.parameters]
        for name, array in self._arrays(state).items():
            kind = dtype if name in ("value", "first", "second") else None
            setattr(self, name, torch.tensor(array, device=device, dtype=kind))

    @staticmethod
    def _arrays(state: TrainingState) -> dict[str, Array]:
        groups = {"value": state.parameters, "first": state.first, "second": state.second}
        rows = {
            name: np.concatenate([array.reshape(len(array), -1) for array in part], 1) for name, part in groups.items()
        }
        names = ("active", "diverged_at", "first_loss", "strength", "smoothed")
        return rows | {name: getattr(state, name) for name in names} | {"step": np.array(state.step)}

    def upload(self, state: TrainingState) -> None:
        for name, array in self._arrays(state).items():
            getattr(self, name).copy_(torch.from_numpy(array))

    def download(self, state: TrainingState) -> None:
        for name, part in (("value", state.parameters), ("first", state.first), ("second", state.second)):
            for array, rows in zip(part, self.split(getattr(self, name).cpu()), strict=True):
                array[...] = rows.numpy()
        for name in ("active", "diverged_at", "first_loss", "strength", "smoothed"):
            getattr(state, name)[...] = getattr(self, name).cpu().numpy()
        state.step = int(self.step)

    def split(self, rows: Float[Tensor, "member parameter"]) -> list[Tensor]:
        """The arrays of ``Parameters``, each in one block: products over members read them at every time step."""
        parts = rows.split([math.prod(shape[1:]) for shape in self.shapes], 1)
        return [part.reshape(shape).contiguous() for part, shape in zip(parts, self.shapes, strict=True)]

    def freeze(self, value: Float[Tensor, "member"], bounded: bool = True) -> None:
        """``TrainingState.freeze``."""
        good = torch.isfinite(value)
        if bounded:
            good &= value <= DIVERGED * self.first_loss.clamp(min=1.0)
        self.diverged_at.copy_(torch.where(self.active & ~good, self.step, self.diverged_at))
        self.active &= good

    def update(self, gradient: Float[Tensor, "member parameter"], optimiser: Optimiser, numbers: Tensor) -> None:
        """``training.optimiser.optimiser_step`` with this step's ``numbers`` (see ``step_numbers``)."""
        norm = gradient.double().square().sum(1).sqrt()
        self.freeze(norm, bounded=False)
        scale = (optimiser.clip / norm.clamp(min=1e-30)).clamp(max=1.0).to(gradient.dtype)
        clipped = torch.where(self.active[:, None], gradient * scale[:, None], 0.0)
        size, epsilon, rate, *_ = numbers
        recurrent = math.prod(self.shapes[0][1:]) if optimiser.kind == "muon" else 0
        first, second, rest = self.first[:, recurrent:], self.second[:, recurrent:], clipped[:, recurrent:]
        first.lerp_(rest, 1.0 - BETA1)
        second.lerp_(rest * rest, 1.0 - optimiser.beta2)
        change = size * first / (second.sqrt() + epsilon)
        if recurrent:
            momentum, own = self.first[:, :recurrent], clipped[:, :recurrent]
            momentum.lerp_(own, 1.0 - MOMENTUM)
            change = torch.cat([rate * self._muon(own.lerp(momentum, MOMENTUM)), change], 1)
        self.value -= torch.where(self.active[:, None], change, 0.0)

    def _muon(self, ahead: Float[Tensor, "member parameter"]) -> Float[Tensor, "member parameter"]:
        """``0.2 √N O(u)`` of each block of the recurrent matrices; see ``engine.optimisers``."""
        members, units, columns = self.shapes[0]
        blocks = ahead.view(members, units, columns // units, units).transpose(1, 2)
        size = blocks.double().square().sum((2, 3), keepdim=True).sqrt()
        x = (blocks * (1.0 / size.clamp(min=LEAST_NORM)).to(ahead.dtype)).flatten(0, 1)
        a, b, c = COEFFICIENTS
        for _ in range(ITERATIONS):
            square = x.mT @ x
            x = a * x + x @ (b * square + c * (square @ square))
        return (RMS * math.sqrt(units) * x).view(blocks.shape).transpose(1, 2).reshape(members, -1)


def step_numbers(first_step: int, schedule: Schedule, optimiser: Optimiser) -> Float[Array, "step five"]:
    """Size and ε of each step of Adam, with its bias corrections folded in; the plain step size, the penalty's share, the tolerance."""
    number = first_step + 1 + np.arange(len(schedule))
    fade = np.sqrt(1.0 - optimiser.beta2**number)
    size = schedule.rate * fade / (1.0 - BETA1**number)
    return np.stack([size, EPSILON * fade, schedule.rate, schedule.share, schedule.tolerance], 1)
