"""The gated cells as PyTorch expressions; their gradient is autograd's. Slow, plain, and the reference of the compiled ones."""

from __future__ import annotations

import torch
from torch import Tensor

from rnnatlas.networks.cell import Cell


def roll_out_gated(
    weights: list[Tensor], cell: Cell, inputs: Tensor, noise: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Hidden states h, cell states c (of a GRU: h again) and outputs, ``[trial, time, ...]``, of one network.

    ``weights`` are those of ``Parameters`` without the member axis; ``noise`` ``[trial, time, unit]`` is added to the argument of
    the candidate's tanh. Equations are those of ``torch.nn.GRU`` and ``torch.nn.LSTM``.
    """
    recurrent, input_, bias, readout, readout_bias = weights
    units = recurrent.shape[0]
    h = torch.zeros(inputs.shape[0], units, dtype=inputs.dtype)
    c = h
    hidden: list[Tensor] = []
    cells: list[Tensor] = []
    # The way back of one index a step would fill an array of all steps at each of them; that of `unbind` joins its parts once.
    drives = (inputs @ input_ + bias[: input_.shape[1]]).unbind(1)
    extras = [0.0] * len(drives) if noise is None else noise.unbind(1)
    for drive, extra in zip(drives, extras, strict=True):
        before = h @ recurrent
        if cell.kind == "gru":
            u, w = drive.split(units, -1), before.split(units, -1)
            reset, update = torch.sigmoid(u[0] + w[0]), torch.sigmoid(u[1] + w[1])
            candidate = torch.tanh(u[2] + reset * (w[2] + bias[3 * units :]) + extra)
            h = c = (1 - update) * candidate + update * h
        else:
            i, f, g, o = (drive + before).split(units, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g + extra)
            h = torch.sigmoid(o) * torch.tanh(c)
        hidden.append(h)
        cells.append(c)
    rates = torch.stack(hidden, 1)
    return rates, torch.stack(cells, 1), rates @ readout + readout_bias
