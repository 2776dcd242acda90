"""The compiled search for minima of the speed of the flow (``native/minimise_speed.cpp``), called through pointers."""

from __future__ import annotations

import ctypes

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.native_library import call, chosen_instruction_set
from rnnatlas.errors import AtlasError


def minimise_speed_native(
    recurrent: Float[Array, "unit unit2"],
    drive: Float[Array, "drive"],
    starts: Float[Array, "start width"],
    tolerance: float,
    slow_speed: float,
    iterations: int,
    threads: int = 1,
    instruction_set: str | None = None,
) -> tuple[Float[Array, "start width"], Float[Array, "start"], Float[Array, "start width"]]:
    """``state``, ``q`` and ``slow_state`` of ``dynamics.newton.minimise_speed``, whose algorithm this is, in float64.

    The field is ``F(x) = −x + tanh(x) J + h`` with ``recurrent`` = J [unit, unit] and ``drive`` = h [unit]. Each start runs
    by itself: its bits depend neither on ``threads`` nor on the other starts, but on ``instruction_set`` (``baseline``,
    ``avx2``, ``avx512``, ``neon``; the best of this machine unless given). Raises ``NoCompiler`` where the library cannot be
    built, ``AtlasError`` for arrays that do not fit together or an unknown instruction set, ``OutOfMemory``.
    """
    chosen = chosen_instruction_set(instruction_set)
    count, units = starts.shape
    if recurrent.shape != (units, units) or drive.shape != (units,):
        raise AtlasError(
            None,
            "starts",
            f"[start, {recurrent.shape[0]}] is expected, as the network has units, found {starts.shape}",
            "give states x of this network",
        )
    j, h, x = (np.ascontiguousarray(array, dtype=np.float64) for array in (recurrent, drive, starts))
    state, slow, q = np.empty_like(x), np.empty_like(x), np.empty(count)
    call(
        f"minimise_speed_{chosen}",
        *(ctypes.c_int(size) for size in (count, units)),
        *(ctypes.c_void_p(array.ctypes.data) for array in (j, h, x)),
        *(ctypes.c_double(number) for number in (tolerance, slow_speed)),
        ctypes.c_int(iterations),
        *(ctypes.c_void_p(array.ctypes.data) for array in (state, q, slow)),
        ctypes.c_int(threads),
    )
    return state, q, slow
