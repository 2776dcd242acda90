"""The portable engine: a hand-written loop over PyTorch's products, in float32 or float64.

It is the reference for the gradient (in float64) and what runs where no compiler is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from rnnatlas.errors import NoTorch

try:
    import torch
except ModuleNotFoundError as error:
    raise NoTorch("the portable engine") from error

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.interface import Noise, Rollout
from rnnatlas.engine.torch_cells import roll_out_gated
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


class TorchEngine:
    """One member after the other, in place and on one thread: a batched product over members would round differently with
    their number."""

    def __init__(self, dtype: type = np.float32) -> None:
        self.dtype = dtype
        self.name = f"torch-{np.dtype(dtype).name}"

    def _tensor(self, array: Array) -> torch.Tensor:
        return torch.from_numpy(np.require(array, self.dtype, ["C", "W"]))

    def _noise(self, noise: Noise | None, member: int, trials: int, times: int, units: int) -> torch.Tensor | None:
        """The member's private noise ``[trial, time, unit]``, from the NumPy reference stream."""
        if noise is None or noise.scale == 0.0:
            return None
        return self._tensor(noise.scale * private_noise(int(noise.keys[member]), noise.step, trials, times, units))

    @one_thread()
    def roll_out(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Rollout:
        runs = [self._member(parameters, cell, inputs, noise, k) for k in range(len(inputs))]
        return Rollout(np.stack([run[0] for run in runs]), np.stack([run[1] for run in runs]))

    def outputs(self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None) -> Array:
        return self.roll_out(parameters, cell, inputs, noise).outputs

    def _member(
        self, parameters: Parameters, cell: Cell, inputs: Array, noise: Noise | None, k: int
    ) -> tuple[Array, Array]:
        weights = [self._tensor(array[k]) for array in parameters]
        u = self._tensor(inputs[k])
        xi = self._noise(noise, k, u.shape[0], u.shape[1], weights[0].shape[0])
        if cell.kind != "rate":
            rates, _, outputs = roll_out_gated(weights, cell, u, xi)
            return rates.numpy(), outputs.numpy()
        rates = self._rates(weights, cell.alpha, u, xi)
        outputs = rates @ weights[3] + weights[4]
        return tuple(np.ascontiguousarray(x.transpose(0, 1).numpy()) for x in (rates, outputs))  # type: ignore[return-value]

    def _rates(
        self, weights: list[torch.Tensor], a: float, u: torch.Tensor, xi: torch.Tensor | None
    ) -> Float[torch.Tensor, "time trial unit"]:
        recurrent, input_, bias = weights[:3]
        drive = (
            (a * (u @ input_ + bias)).transpose(0, 1).contiguous()
        )  # time leads, so that a step's slice is contiguous
        if xi is not None:
            drive += xi.transpose(0, 1)
        rates = torch.empty_like(drive)
        x = torch.zeros_like(drive[0])
        for t in range(len(drive)):
            x.mul_(1.0 - a).add_(drive[t])
            if t > 0:
                x.addmm_(rates[t - 1], recurrent, alpha=a)
            torch.tanh(x, out=rates[t])
        return rates

    @one_thread()
    def gradient(
        self,
        parameters: Parameters,
        cell: Cell,
        inputs: Array,
        noise: Noise | None,
        output_gradient: Array,
        rate_gradient: Array | None,
    ) -> Parameters:
        parts: list[list[torch.Tensor]] = []
        for k in range(len(inputs)):
            weights = [self._tensor(array[k]) for array in parameters]
            u, e = self._tensor(inputs[k]), self._tensor(output_gradient[k])
            g = None if rate_gradient is None else self._tensor(rate_gradient[k])
            xi = self._noise(noise, k, u.shape[0], u.shape[1], weights[0].shape[0])
            if cell.kind == "rate":
                parts.append(self._rate_gradient(weights, cell.alpha, u, self._rates(weights, cell.alpha, u, xi), e, g))
            else:
                parts.append(_gated_gradient(weights, cell, u, xi, e, g))
        return Parameters(*(torch.stack(arrays).numpy() for arrays in zip(*parts, strict=True)))

    def _rate_gradient(
        self, weights: list[torch.Tensor], a: float, u: torch.Tensor, rates: torch.Tensor, e: torch.Tensor, g: torch.Tensor | None
    ) -> list[torch.Tensor]:  # fmt: skip
        recurrent, _, _, readout, _ = weights
        e, u = e.transpose(0, 1), u.transpose(0, 1)
        direct = e @ readout.T
        if g is not None:
            direct += g.transpose(0, 1)
        slope = 1.0 - rates * rates
        adjoint = torch.empty_like(rates)  # a·p[t]
        p = torch.zeros_like(rates[0])
        back = recurrent.T.contiguous()
        for t in range(len(rates) - 1, -1, -1):
            if t < len(rates) - 1:
                direct[t].addmm_(adjoint[t + 1], back)
            p.mul_(1.0 - a).addcmul_(direct[t], slope[t])
            torch.mul(p, a, out=adjoint[t])
        previous = torch.cat([torch.zeros_like(rates[:1]), rates[:-1]])

        def summed(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            """Σ xᵀy over time and trials."""
            return x.reshape(-1, x.shape[-1]).T @ y.reshape(-1, y.shape[-1])

        return [summed(previous, adjoint), summed(u, adjoint), adjoint.sum((0, 1)), summed(rates, e), e.sum((0, 1))]


def _gated_gradient(
    weights: list[torch.Tensor], cell: Cell, u: torch.Tensor, xi: torch.Tensor | None, e: torch.Tensor, g: torch.Tensor | None
) -> list[torch.Tensor]:  # fmt: skip
    leaves = [weight.clone().requires_grad_() for weight in weights]
    rates, _, outputs = roll_out_gated(leaves, cell, u, xi)
    loss = torch.sum(outputs * e) + (0.0 if g is None else torch.sum(rates * g))
    return list(torch.autograd.grad(loss, leaves))
