"""Whole training steps as a user of PyTorch would write them; that of JAX is in ``jax_contender.py``.

Each function makes the weights and the optimiser, and returns a step: noise, roll-out, loss, gradient, clipping, Adam, on one
thread. Every call of it trains on, with the trials of the problem, and returns the loss before the update.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from rnnatlas.benchmarks.problem import BETAS, CLIP, EPSILON, RATE, Problem
from rnnatlas.engine.torch_engine import one_thread

Step = Callable[[], float]


def eager_step(problem: Problem) -> Step:
    """A plain loop over time with automatic differentiation; private noise by ``torch.randn_like``."""
    weights = [torch.tensor(array[0], requires_grad=True) for array in problem.parameters]
    return _trained(problem, weights, lambda u: eager_outputs(weights, problem, u))


def eager_outputs(weights: Sequence[torch.Tensor], problem: Problem, u: torch.Tensor) -> torch.Tensor:
    """Outputs [trial, time, output] of the rate cell with ``weights`` in the order of ``Parameters``."""
    recurrent, input_, bias, readout, readout_bias = weights
    a, scale = problem.cell.alpha, problem.cell.noise_scale()
    x = torch.zeros(u.shape[0], recurrent.shape[0], dtype=u.dtype)
    r, outputs = torch.tanh(x), []
    for t in range(u.shape[1]):
        x = (1 - a) * x + a * (r @ recurrent + u[:, t] @ input_ + bias)
        if scale > 0.0:
            x = x + scale * torch.randn_like(x)
        r = torch.tanh(x)
        outputs.append(r @ readout + readout_bias)
    return torch.stack(outputs, dim=1)


def nn_rnn_step(problem: Problem) -> Step:
    """``torch.nn.RNN`` with a linear readout: no leak, no noise, so it does less."""
    return _module_step(problem, torch.nn.RNN)


def nn_gru_step(problem: Problem) -> Step:
    """``torch.nn.GRU`` with a linear readout: no noise, and three gates for the rate cell's one."""
    return _module_step(problem, torch.nn.GRU)


def nn_lstm_step(problem: Problem) -> Step:
    """``torch.nn.LSTM`` with a linear readout: no noise, and four gates for the rate cell's one."""
    return _module_step(problem, torch.nn.LSTM)


def weighted_error(outputs: torch.Tensor, targets: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """``Σ w (y − y*)² / Σ w``."""
    return (weight * (outputs - targets) ** 2).sum() / weight.sum()


def _module_step(problem: Problem, module: type[torch.nn.RNN] | type[torch.nn.GRU] | type[torch.nn.LSTM]) -> Step:
    units, outputs = problem.parameters.readout.shape[1:]
    recurrent = module(problem.inputs.shape[2], units, batch_first=True)
    readout = torch.nn.Linear(units, outputs)
    return _trained(problem, [*recurrent.parameters(), *readout.parameters()], lambda u: readout(recurrent(u)[0]))


def _trained(problem: Problem, weights: list[torch.Tensor], outputs: Callable[[torch.Tensor], torch.Tensor]) -> Step:
    inputs, targets, weight = (torch.tensor(array) for array in (problem.inputs, problem.targets, problem.weight))
    adam = torch.optim.Adam(weights, lr=RATE, betas=BETAS, eps=EPSILON)

    @one_thread()
    def step() -> float:
        adam.zero_grad()
        loss = weighted_error(outputs(inputs), targets, weight)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP)
        adam.step()
        return loss.item()

    return step
