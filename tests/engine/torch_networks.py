"""GRUs and LSTMs as ``torch.nn`` has them, in float64, with private noise: the oracle of the gated cells.

Private noise is added to the argument of the candidate's tanh, so to PyTorch's modules it is a further input of each unit,
which reaches the candidate's block alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import GRU, LSTM, Linear

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.networks.torch_layout import from_torch
from rnnatlas.streams.philox import private_noise

MODULES = {"gru": GRU, "lstm": LSTM}


class Net(torch.nn.Module):
    """A module of PyTorch with a readout, in float64; its numbers, and sums of its biases, are exact in float32."""

    def __init__(self, kind: str, inputs: int, units: int, outputs: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.kind = kind
        self.rnn, self.readout = MODULES[kind](inputs, units, batch_first=True), Linear(units, outputs)
        with torch.no_grad():
            for value in self.parameters():
                value.copy_(torch.round(value * 2**12) / 2**12)
        self.double()

    def forward(self, inputs: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states and outputs, ``[trial, time, ...]``; ``noise`` is added to the candidate's argument."""
        units = noise.shape[-1]
        block = 2  # gates are r, z, n and i, f, g, o
        to_candidate = torch.zeros(len(self.rnn.weight_ih_l0), units, dtype=torch.float64)
        to_candidate[block * units : (block + 1) * units] = torch.eye(units, dtype=torch.float64)
        wider = MODULES[self.kind](inputs.shape[-1] + units, units, batch_first=True).double()
        weights = {name: getattr(self.rnn, name) for name in ("weight_hh_l0", "bias_ih_l0", "bias_hh_l0")}
        weights["weight_ih_l0"] = torch.cat([self.rnn.weight_ih_l0, to_candidate], dim=1)
        hidden = torch.func.functional_call(wider, weights, torch.cat([inputs, noise], dim=-1))[0]
        return hidden, self.readout(hidden)

    def gradients(self, loss: Tensor) -> Parameters:
        """The gradient of a loss in the layout of an ensemble of one."""
        r = self.rnn
        values = [r.weight_hh_l0, r.weight_ih_l0, r.bias_ih_l0, r.bias_hh_l0, self.readout.weight, self.readout.bias]
        hh, ih, b_ih, b_hh, out, b_out = (value.numpy() for value in torch.autograd.grad(loss, values))
        bias = np.concatenate([b_ih, b_hh[-len(b_hh) // 3 :]]) if self.kind == "gru" else b_ih
        return Parameters(*(array[None] for array in (hh.T, ih.T, bias, out.T, b_out)))


def problem(case: dict[str, Any]) -> tuple[list[Net], Ensemble, Array, Noise]:
    """Networks one by one in PyTorch, the same as an ensemble, inputs, and private noise."""
    rng = np.random.default_rng(case["seed"])
    sizes = (case["inputs"], case["units"], case["outputs"])
    nets = [Net(case["kind"], *sizes, seed=case["seed"] + k) for k in range(case["members"])]
    singles = [from_torch(net.state_dict(), case["kind"]).parameters for net in nets]
    parameters = Parameters(*(np.concatenate(arrays) for arrays in zip(*singles, strict=True)))
    inputs = rng.normal(size=(case["members"], case["trials"], case["times"], case["inputs"])).astype(np.float32)
    keys = rng.integers(0, 2**63, case["members"]).astype(np.uint64)
    noise = Noise(keys, int(rng.integers(2**32)), case["scale"])
    return nets, Ensemble(parameters, Cell(1.0, kind=case["kind"])), inputs, noise


def in_torch(net: Net, inputs: Array, noise: Noise | None, member: int) -> tuple[Tensor, Tensor]:
    """Hidden states and outputs of one member, ``[trial, time, ...]``."""
    units = net.readout.in_features
    extra = np.zeros((*inputs.shape[1:3], units))
    if noise is not None:
        trials, times = inputs.shape[1:3]
        extra = noise.scale * private_noise(int(noise.keys[member]), noise.step, trials, times, units)
    return net(torch.tensor(inputs[member], dtype=torch.float64), torch.tensor(extra))


def close(found: Array, expected: Array, name: str, size: float = 0.0) -> bool:
    """To 1e-9 in float64 and 1e-4 else, in units of the largest number expected, or of ``size``."""
    tolerance = 1e-9 if name == "torch-float64" else 1e-4
    return bool(np.max(np.abs(found - expected)) <= tolerance * max(size, float(np.max(np.abs(expected)))))
