"""The earlier networks of a penalty on a device."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from rnnatlas.arrays import Array
from rnnatlas.engine.device_cells import RollOut, Weights
from rnnatlas.engine.device_noise import Private
from rnnatlas.engine.device_penalty import Span, readout_span
from rnnatlas.engine.steps import Reference, SimilarityTerm
from rnnatlas.networks.cell import Cell


@dataclass(frozen=True)
class Stack:
    """Earlier networks of the same cell and sizes: as more members of one batch, all of them run in one loop over time."""

    weights: Weights
    cell: Cell
    private: Private | None
    spans: list[Span]

    def roll_out(self, run: RollOut, inputs: Tensor) -> tuple[Tensor, ...]:
        """Rates of each network, ``[member, time, trial, unit]``."""
        count = len(self.spans)
        rates, _ = run(self.weights, self.cell, inputs.repeat(count, 1, 1, 1), self.private)
        return rates.chunk(count)


def stack_references(term: SimilarityTerm, step: Tensor, device: torch.device, dtype: torch.dtype) -> list[Stack]:
    """The networks of ``term`` in their order, neighbours of one kind together."""

    def kind(reference: Reference) -> tuple[Cell, list[tuple[int, ...]]]:
        return reference.cell, [array.shape for array in reference.parameters]

    return [_stack(list(group), term.null_space, step, device, dtype) for _, group in groupby(term.references, kind)]


def _stack(group: list[Reference], null_space: bool, step: Tensor, device: torch.device, dtype: torch.dtype) -> Stack:
    weights = [
        torch.from_numpy(np.concatenate(arrays)).to(device, dtype)
        for arrays in zip(*(reference.parameters for reference in group), strict=True)
    ]
    members = len(group[0].parameters.recurrent)
    silent = np.zeros(members, np.uint64)
    keys = np.concatenate([silent if one.keys is None else one.keys for one in group])
    scale = np.repeat([0.0 if one.keys is None else one.scale for one in group], members)
    spans = [readout_span(readout, null_space) for readout in weights[3].chunk(len(group))]
    return Stack(weights, group[0].cell, private(keys, scale, step, device), spans)


def private(keys: Array, scale: Array, step: Tensor, device: torch.device) -> Private | None:
    """Keys and deviations of each member on the device; None where nothing is to be added."""
    if not scale.any():
        return None
    words = torch.from_numpy(np.ascontiguousarray(keys, np.uint64).view(np.int64)).to(device)
    return Private(words, step, torch.from_numpy(scale).to(device))
