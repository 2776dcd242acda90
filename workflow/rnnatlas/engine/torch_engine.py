"""The portable engine: a hand-written loop over PyTorch's batched products, in float32 or float64.

It is the reference for the gradient (in float64) and what runs where no compiler is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.philox import private_noise


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch on one thread within the block, as everything that must not depend on the number of cores; then as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def draw_noise(
    noise: Noise, trials: int, times: int, units: int, dtype: type
) -> Float[Array, "member trial time unit"]:
    """The private noise of a roll-out, from the NumPy reference stream."""
    return np.stack(
        [noise.scale * private_noise(int(key), noise.step, trials, times, units) for key in noise.keys]
    ).astype(dtype)


class TorchEngine:
    """One member after the other, in place and on one thread: a batched product over members would round differently with
    their number."""

    def __init__(self, dtype: type = np.float32) -> None:
        self.dtype = dtype
        self.name = f"torch-{np.dtype(dtype).name}"

    def _tensor(self, array: Array) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array, dtype=self.dtype))

    @one_thread()
    def roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        runs = [
            self._roll_out(parameters[[k]], cell, inputs[[k]], None if noise is None else noise[[k]])
            for k in range(len(inputs))
        ]
        return Rollout(np.concatenate([run.rates for run in runs]), np.concatenate([run.outputs for run in runs]))

    def _roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        members, trials, times, _ = inputs.shape
        recurrent, input_, bias, readout, readout_bias = (self._tensor(array) for array in parameters)
        units, a = recurrent.shape[1], cell.alpha
        u = self._tensor(inputs)
        # Time leads, so that each step's slice is contiguous.
        drive = torch.empty(times, members, trials, units, dtype=u.dtype)
        for t in range(times):
            torch.baddbmm(bias[:, None, :], u[:, :, t], input_, out=drive[t])
        drive *= a
        if noise is not None and noise.scale > 0.0:
            drive += self._tensor(draw_noise(noise, trials, times, units, self.dtype)).permute(2, 0, 1, 3)
        rates = torch.empty_like(drive)
        x = torch.zeros(members, trials, units, dtype=u.dtype)
        for t in range(times):
            x.mul_(1.0 - a).add_(drive[t])
            if t > 0:
                x.baddbmm_(rates[t - 1], recurrent, alpha=a)
            torch.tanh(x, out=rates[t])
        outputs = torch.matmul(rates, readout) + readout_bias[:, None, :]
        return Rollout(
            np.ascontiguousarray(rates.permute(1, 2, 0, 3).numpy()),
            np.ascontiguousarray(outputs.permute(1, 2, 0, 3).numpy()),
        )

    @one_thread()
    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        rollout: Rollout,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        parts = [
            self._gradient(
                parameters[[k]],
                cell,
                inputs[[k]],
                Rollout(rollout.rates[[k]], rollout.outputs[[k]]),
                output_gradient[[k]],
                None if rate_gradient is None else rate_gradient[[k]],
            )
            for k in range(len(inputs))
        ]
        return Parameters(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def _gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        rollout: Rollout,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        members, trials, times, _ = inputs.shape
        recurrent, _, _, readout, _ = (self._tensor(array) for array in parameters)
        units, a = recurrent.shape[1], cell.alpha
        rates = self._tensor(rollout.rates).permute(2, 0, 1, 3).contiguous()
        errors = self._tensor(output_gradient).permute(2, 0, 1, 3).contiguous()
        direct = torch.matmul(errors, readout.transpose(1, 2))
        if rate_gradient is not None:
            direct += self._tensor(rate_gradient).permute(2, 0, 1, 3)
        slope = 1.0 - rates * rates
        adjoint = torch.empty_like(rates)  # a·p[t]
        p = torch.zeros(members, trials, units, dtype=rates.dtype)
        back = recurrent.transpose(1, 2).contiguous()
        for t in range(times - 1, -1, -1):
            if t < times - 1:
                direct[t].baddbmm_(adjoint[t + 1], back)
            p.mul_(1.0 - a).addcmul_(direct[t], slope[t])
            torch.mul(p, a, out=adjoint[t])

        def rows(array: torch.Tensor) -> torch.Tensor:
            """[time, member, trial, feature] as [member, time·trial, feature]."""
            return array.permute(1, 0, 2, 3).reshape(members, -1, array.shape[-1])

        later, e = rows(adjoint), rows(errors)
        previous = torch.cat([torch.zeros_like(rates[:1]), rates[:-1]])
        u = rows(self._tensor(inputs).permute(2, 0, 1, 3))
        gradients = (
            torch.bmm(rows(previous).transpose(1, 2), later),
            torch.bmm(u.transpose(1, 2), later),
            later.sum(1),
            torch.bmm(rows(rates).transpose(1, 2), e),
            e.sum(1),
        )
        return Parameters(*(gradient.numpy() for gradient in gradients))
