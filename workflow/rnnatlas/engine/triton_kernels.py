"""The rate cell's loop over time as one kernel each way, and the private noise as another, for where Triton is at hand.

A program takes one member and a tile of trials through all time steps. The recurrent matrix stays in shared memory, so that a
step costs no launch and reads only its drive. Products are in full float32, on the ordinary cores.
"""

from __future__ import annotations

import inspect
import math
from typing import Any

import torch
import triton  # pyright: ignore[reportMissingImports]
import triton.language as tl  # pyright: ignore[reportMissingImports]
from torch import Tensor

from rnnatlas.arrays import Float
from rnnatlas.engine.device_cells import Pullback, RollOut, Weights, drive, roll_out, weight_gradients
from rnnatlas.engine.device_noise import Private
from rnnatlas.networks.cell import Cell
from rnnatlas.streams.philox import ROUNDS, TRIALS

# Trials a program (the least that a product takes), and the widest matrix that shared memory holds.
TILE, WIDEST = 16, 128
OPTIONS: dict[str, Any] = {"num_warps": 8, "enable_fp_fusion": True}
NOISE: dict[str, Any] = OPTIONS | {"block": 512, "rounds": ROUNDS}  # counters a program, and rounds of Philox


def kernel(function: Any) -> Any:
    """``triton.jit`` of the function as it is written, as what wraps it (a check of types) hides the names that it uses."""
    return triton.jit(inspect.unwrap(function))


@kernel
def _tanh(x):
    """A continued fraction near 0, where the exponential would lose the digits of small rates."""
    s = x * x
    near = x * (135135.0 + s * (17325.0 + s * (378.0 + s))) / (135135.0 + s * (62370.0 + s * (3150.0 + 28.0 * s)))
    far = 1.0 - 2.0 / (tl.exp(2.0 * tl.abs(x)) + 1.0)
    return tl.where(tl.abs(x) < 0.5, near, tl.where(x < 0, -far, far))


@kernel
def _forward(states, recurrent, a, trials, times, units, tile: tl.constexpr, wide: tl.constexpr):
    """The drives in ``states [member, time, trial, unit]`` give way to the rates."""
    member = tl.program_id(1).to(tl.int64)
    rows, columns = tl.program_id(0) * tile + tl.arange(0, tile)[:, None], tl.arange(0, wide)[None, :]
    inner, mask = tl.arange(0, wide)[:, None], (rows < trials) & (columns < units)
    j = recurrent + member * units * units + inner * units + columns
    j = tl.load(j, mask=(inner < units) & (columns < units), other=0.0)
    at = states + member * times * trials * units + rows * units + columns
    x = tl.zeros((tile, wide), dtype=tl.float32)
    r = x
    for _ in range(times):
        x = (1.0 - a) * x + tl.load(at, mask=mask, other=0.0) + a * tl.dot(r, j, input_precision="ieee")
        r = _tanh(x)
        tl.store(at, r, mask=mask)
        at += trials * units


@kernel
def _backward(direct, rates, back, a, trials, times, units, tile: tl.constexpr, wide: tl.constexpr):
    """The direct parts of ∂L/∂r in ``direct`` give way to p = ∂L/∂x, from the last step to the first; ``back`` is Jᵀ, laid out anew, as
    a product with a matrix that was loaded across its rows takes three times as long."""
    member = tl.program_id(1).to(tl.int64)
    rows, columns = tl.program_id(0) * tile + tl.arange(0, tile)[:, None], tl.arange(0, wide)[None, :]
    inner, mask = tl.arange(0, wide)[:, None], (rows < trials) & (columns < units)
    j = back + member * units * units + inner * units + columns
    j = tl.load(j, mask=(inner < units) & (columns < units), other=0.0)
    step = trials * units
    at = (member * times + times - 1) * step + rows * units + columns
    p = tl.zeros((tile, wide), dtype=tl.float32)
    for _ in range(times):
        r = tl.load(rates + at, mask=mask, other=0.0)
        q = tl.load(direct + at, mask=mask, other=0.0) + a * tl.dot(p, j, input_precision="ieee")
        p = q * (1.0 - r * r) + (1.0 - a) * p
        tl.store(direct + at, p, mask=mask)
        at -= step


@kernel
def _add_pair(at, word, size, left, units):
    """Two deviates by Box-Muller, for this trial and the next where ``left`` > 0 and > 1."""
    radius = size * tl.sqrt(-2.0 * tl.log(((word >> 16).to(tl.float32) + 0.5) * 1.52587890625e-05))
    angle = (word & 0xFFFF).to(tl.float32) * 9.587379924285257e-05
    tl.store(at, tl.load(at, mask=left > 0) + radius * tl.cos(angle), mask=left > 0)
    tl.store(at + units, tl.load(at + units, mask=left > 1) + radius * tl.sin(angle), mask=left > 1)


@kernel
def _noise(states, keys, step, scale, trials, groups, times, units, block: tl.constexpr, rounds: tl.constexpr):
    """Add the eight deviates of each counter to eight trials; see ``streams.philox``."""
    member = tl.program_id(1).to(tl.int64)
    index = tl.program_id(0) * block + tl.arange(0, block)
    unit, group, time = index % units, index // units % groups, index // units // groups
    number = tl.load(step).to(tl.uint32)
    w0, w1, w2, w3 = tl.philox(tl.load(keys + member), unit, group, time, number, rounds)
    size = tl.load(scale + member).to(tl.float32)
    left = tl.where(time < times, trials - 8 * group, 0)
    at = states + ((member * times + time) * trials + 8 * group) * units + unit
    _add_pair(at, w0, size, left, units)
    _add_pair(at + 2 * units, w1, size, left - 2, units)
    _add_pair(at + 4 * units, w2, size, left - 4, units)
    _add_pair(at + 6 * units, w3, size, left - 6, units)


def add_noise(states: Float[Tensor, "member time trial unit"], private: Private) -> None:
    """``device_noise.add_noise`` for float32 states in one block."""
    members, times, trials, units = states.shape
    groups = triton.cdiv(trials, TRIALS)
    grid = (triton.cdiv(times * groups * units, NOISE["block"]), members)
    _noise[grid](states, *private, trials, groups, times, units, **NOISE)


def fused_roll_out(
    weights: Weights, cell: Cell, inputs: Float[Tensor, "member time trial input"], private: Private | None
) -> tuple[Float[Tensor, "member time trial unit"], Pullback]:
    """``device_cells.roll_out``; gated cells and wide networks take its loop, with the noise from here."""
    members, times, trials, _ = inputs.shape
    units = weights[0].shape[1]
    if cell.kind != "rate" or units > WIDEST:
        return roll_out(weights, cell, inputs, private, add_noise)
    rates = drive(weights, cell, inputs)
    if private is not None:
        add_noise(rates, private)
    grid = (triton.cdiv(trials, TILE), members)
    sizes = (cell.alpha, trials, times, units)
    blocks: dict[str, Any] = OPTIONS | {"tile": TILE, "wide": max(16, triton.next_power_of_2(units))}
    _forward[grid](rates, weights[0], *sizes, **blocks)

    def pullback(p: Tensor) -> list[Tensor]:
        _backward[grid](p, rates, weights[0].mT.contiguous(), *sizes, **blocks)
        return weight_gradients(cell, inputs, rates, p)

    return rates, pullback


def agrees(device: torch.device) -> bool:
    """Whether the kernels, at their widest, give on ``device`` what the plain loop gives."""
    generator = torch.Generator().manual_seed(0)
    shapes = ((2, WIDEST, WIDEST), (2, 3, WIDEST), (2, WIDEST))
    weights = [torch.randn(shape, generator=generator).div_(math.sqrt(WIDEST)).to(device) for shape in shapes]
    inputs, direct = (torch.randn(2, 4, 19, size, generator=generator).to(device) for size in (3, WIDEST))
    words, step = torch.tensor([5, -7], device=device), torch.tensor(3, device=device)
    private = Private(words, step, torch.full((2,), 0.1, dtype=torch.float64, device=device))

    def everything(run: RollOut) -> list[Tensor]:
        rates, pullback = run(weights, Cell(0.2), inputs, private)
        return [rates, *pullback(direct.clone())]

    pairs = zip(everything(fused_roll_out), everything(roll_out), strict=True)
    return all(torch.allclose(one, other, rtol=1e-4, atol=1e-4) for one, other in pairs)
