"""Roll-outs of all members as one batch on a device, and the way back.

States are ``[member, time, trial, unit]``: a time step is one batched product, and all samples of a member lie in one block.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rnnatlas.arrays import Float
from rnnatlas.engine.device_noise import Private, add_noise
from rnnatlas.engine.torch_cells import roll_out_gated
from rnnatlas.networks.cell import Cell

Weights = list[Tensor]
"""The arrays of ``Parameters``, on the device."""

Pullback = Callable[[Tensor], list[Tensor]]
"""From ∂L/∂r ``[member, time, trial, unit]``, the direct part (it may be overwritten), to ∂L/∂(J, J_in, b)."""

RollOut = Callable[[Weights, Cell, Tensor, Private | None], tuple[Tensor, Pullback]]


def roll_out(
    weights: Weights,
    cell: Cell,
    inputs: Float[Tensor, "member time trial input"],
    private: Private | None,
    add: Callable[[Tensor, Private], None] = add_noise,
) -> tuple[Float[Tensor, "member time trial unit"], Pullback]:
    """Rates, and the pullback of the gradient through time (of a gated cell only where gradients are enabled).

    ``add(states, private)`` adds the noise in place.
    """
    if cell.kind != "rate":
        return _roll_out_gated(weights, cell, inputs, private, add)
    rates = drive(weights, cell, inputs)
    if private is not None:
        add(rates, private)
    x = torch.zeros_like(rates[:, 0])
    for t in range(rates.shape[1]):  # each step's drive gives way to its rates
        torch.add(rates[:, t], x, alpha=1.0 - cell.alpha, out=x)
        if t > 0:
            x.baddbmm_(rates[:, t - 1], weights[0], alpha=cell.alpha)
        torch.tanh(x, out=rates[:, t])

    def pullback(p: Tensor) -> list[Tensor]:
        back, slope = weights[0].mT.contiguous(), 1.0 - rates * rates
        last = rates.shape[1] - 1
        for t in range(last, -1, -1):
            if t < last:
                p[:, t].baddbmm_(p[:, t + 1], back, alpha=cell.alpha)
            p[:, t].mul_(slope[:, t])
            if t < last:
                p[:, t].add_(p[:, t + 1], alpha=1.0 - cell.alpha)
        return weight_gradients(cell, inputs, rates, p)

    return rates, pullback


def drive(weights: Weights, cell: Cell, inputs: Tensor) -> Float[Tensor, "member time trial unit"]:
    """``a·(u·J_in + b)``."""
    a, bias = cell.alpha, weights[2][:, None]
    return torch.baddbmm(bias, samples(inputs), weights[1], beta=a, alpha=a).unflatten(1, inputs.shape[1:3])


def weight_gradients(cell: Cell, inputs: Tensor, rates: Tensor, p: Tensor) -> list[Tensor]:
    """``a Σ r[t−1]ᵀ p[t]``, ``a Σ u[t]ᵀ p[t]``, ``a Σ p[t]``, with p = ∂L/∂x of a rate cell."""
    recurrent = torch.bmm(samples(rates[:, :-1]).mT, samples(p[:, 1:]))
    return [cell.alpha * part for part in (recurrent, torch.bmm(samples(inputs).mT, samples(p)), p.sum((1, 2)))]


def samples(states: Tensor) -> Float[Tensor, "member sample unit"]:
    """Time and trial as one axis."""
    return states.flatten(1, 2)


def _roll_out_gated(
    weights: Weights, cell: Cell, inputs: Tensor, private: Private | None, add: Callable[[Tensor, Private], None]
) -> tuple[Tensor, Pullback]:
    """The equations of ``torch_cells``, for all members at once by ``vmap``; the way back is autograd's."""
    members, times, trials, _ = inputs.shape
    noise = None
    if private is not None:
        noise = inputs.new_zeros(members, times, trials, weights[0].shape[1])
        add(noise, private)
        noise = noise.transpose(1, 2)
    leaves = [weight.detach().requires_grad_() for weight in weights]

    def one(own: Weights, u: Tensor, xi: Tensor | None) -> Tensor:
        return roll_out_gated(own, cell, u, xi)[0]

    with inputs.device:  # where the cell makes its first state
        hidden = torch.vmap(one, in_dims=(0, 0, None if noise is None else 0))(leaves, inputs.transpose(1, 2), noise)

    def pullback(direct: Tensor) -> list[Tensor]:
        return list(torch.autograd.grad(hidden, leaves[:3], direct.transpose(1, 2)))

    return hidden.detach().transpose(1, 2).contiguous(), pullback
