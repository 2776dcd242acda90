"""Private noise as a counter-based stream: the NumPy reference that every engine reproduces.

Philox4x32-7 (Salmon et al., SC 2011, "Parallel random numbers: as easy as 1, 2, 3": seven rounds pass BigCrush) turns
a 128-bit counter and a 64-bit key into four 32-bit words. The counter is (unit, trial // 8, time, step) and the key
belongs to the member; word w of the four gives the normal deviates of trials 8q+2w and 8q+2w+1 by a Box-Muller pair.
Any number of the stream can be had without drawing those before it, so an engine may generate it in any order.
"""

from typing import Annotated

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Index, Integer, Range, Shaped
from rnnatlas.errors import AtlasError

ROUNDS = 7
TRIALS = 8  # of a counter: two a word
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
Word = Annotated[Integer[Array, "..."], Range(0, 2**32 - 1)]
Key = Annotated[int, Range(0, 2**64 - 1)]
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def philox4x32(
    counter: tuple[Word, Word, Word, Word], key: Key, rounds: Count = ROUNDS
) -> tuple[Array, Array, Array, Array]:
    """Four 32-bit words (in uint64 arrays) for each counter; raises ``AtlasError`` if counters do not broadcast against each other."""
    try:
        c0, c1, c2, c3 = np.broadcast_arrays(*(np.asarray(word, dtype=np.uint64) for word in counter))
    except ValueError as error:
        raise AtlasError(None, "counter", f"arrays that broadcast are expected: {error}", "give one shape") from None
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(rounds):
        first, second = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (second >> _SHIFT) ^ c1 ^ np.uint64(k0),
            second & _LOW,
            (first >> _SHIFT) ^ c3 ^ np.uint64(k1),
            first & _LOW,
        )
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return np.asarray(c0), np.asarray(c1), np.asarray(c2), np.asarray(c3)


def box_muller(word: Shaped[Array, "..."]) -> tuple[Array, Array]:
    """Two independent standard normal deviates from the halves of a 32-bit word (Box & Muller 1958).

    With u = (w >> 16 + ½)·2⁻¹⁶ in (0, 1) and v = (w & 0xffff)·2⁻¹⁶ in [0, 1): √(−2 ln u)·(cos 2πv, sin 2πv). |z| ≤ 4.86. Both u
    and v are exact in single precision, so that an engine in float32 draws the same stream.
    """
    uniform = ((word >> np.uint64(16)).astype(np.float64) + 0.5) * 2.0**-16
    angle = (word & np.uint64(0xFFFF)).astype(np.float64) * (2.0 * np.pi * 2.0**-16)
    radius = np.sqrt(-2.0 * np.log(uniform))
    return radius * np.cos(angle), radius * np.sin(angle)


def private_noise(
    key: Key, step: Index, trials: Count, times: Count, units: Count, first_time: Index = 0
) -> Float[Array, "trials times units"]:
    """Standard normal deviates of one member at one training step, in float64.

    The deviate at (trial, time, unit) depends on (key, step, trial, time, unit) alone, not on the sizes asked for.
    """
    groups = -(-trials // TRIALS)
    words = philox4x32(
        (
            np.arange(units)[None, None, :],
            np.arange(groups)[:, None, None],
            np.arange(first_time, first_time + times)[None, :, None],
            np.full((1, 1, 1), step),
        ),
        key,
    )
    stacked = np.stack([deviate for word in words for deviate in box_muller(word)], axis=1)
    return stacked.reshape(groups * TRIALS, times, units)[:trials]
