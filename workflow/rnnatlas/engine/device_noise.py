"""The private noise stream on a device: ``streams.philox`` in PyTorch's integer operations, for all members at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from rnnatlas.arrays import Float, Int, Shaped
from rnnatlas.streams.philox import ROUNDS, TRIALS

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
WORD = 0xFFFFFFFF
# Counters worked on at a time: their 64-bit words must not take more memory than the noise itself.
COUNTERS = 2**22


class Private(NamedTuple):
    """The private noise of one roll-out: 64-bit keys, the step's number and the deviations, all on the device."""

    keys: Int[Tensor, "member"]
    step: Int[Tensor, ""]
    scale: Float[Tensor, "member"]


def add_noise(drive: Float[Tensor, "member time trial unit"], private: Private) -> None:
    """``drive += scale·ξ`` in place, ξ the deviates of ``streams.philox.private_noise`` (to rounding of float32)."""
    members, times, trials, units = drive.shape
    groups = -(-trials // TRIALS)
    chunk = max(1, COUNTERS // (members * groups * units))
    scale = private.scale.to(drive.dtype)[:, None, None, None]
    for first in range(0, times, chunk):
        part = drive[:, first : first + chunk]
        noise = _deviates(private, first, part.shape[1], groups, units, drive.dtype)
        part += scale * noise[:, :, :trials]


def _deviates(
    private: Private, first: int, times: int, groups: int, units: int, dtype: torch.dtype
) -> Float[Tensor, "member time trial unit"]:
    device = private.keys.device
    counter = (
        torch.arange(units, device=device),
        torch.arange(groups, device=device)[:, None],
        torch.arange(first, first + times, device=device)[:, None, None],
        private.step,
    )
    keys = private.keys[:, None, None, None]
    words = _philox4x32(counter, (keys & WORD, (keys >> 32) & WORD))
    return torch.stack([deviate for word in words for deviate in _box_muller(word, dtype)], 3).flatten(2, 3)


def _philox4x32(counter: tuple[Tensor, ...], key: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
    """Four 32-bit words, in 64-bit integers, for counters that broadcast against each other and the keys."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(ROUNDS):
        # A product of two 32-bit words needs all 64 bits: it wraps into the sign, and the masks take the halves back out.
        first, second = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            ((second >> 32) & WORD) ^ c1 ^ k0,
            second & WORD,
            ((first >> 32) & WORD) ^ c3 ^ k1,
            first & WORD,
        )
        k0, k1 = (k0 + WEYL[0]) & WORD, (k1 + WEYL[1]) & WORD
    return c0, c1, c2, c3


def _box_muller(word: Shaped[Tensor, "..."], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    uniform = ((word >> 16).to(dtype) + 0.5) * 2.0**-16
    angle = (word & 0xFFFF).to(dtype) * (2.0 * math.pi * 2.0**-16)
    radius = torch.sqrt(-2.0 * torch.log(uniform))
    return radius * torch.cos(angle), radius * torch.sin(angle)
