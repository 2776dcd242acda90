"""The fastest that one core can multiply and add: what a product's speed is held against."""

from __future__ import annotations

import ctypes

from rnnatlas.engine.native_library import chosen_instruction_set, load

ROUNDS, REPETITIONS = 2_000_000, 5  # 20 to 50 ms in all


def multiply_add_peak(instruction_set: str | None = None) -> float:
    """GFLOP/s in float32 of independent multiply-adds from registers alone, on this core, the best of 5 runs.

    ``instruction_set`` is ``baseline``, ``avx2``, ``avx512`` or ``neon``, the best of this machine unless given; a multiply-add counts
    as two operations. Raises ``AtlasError`` for one that this machine does not have, ``NoCompiler`` where the library
    cannot be built.
    """
    run = getattr(load(), f"multiply_add_peak_{chosen_instruction_set(instruction_set)}")
    run.argtypes, run.restype = [ctypes.c_long], ctypes.c_double
    return max(run(ROUNDS) for _ in range(REPETITIONS))
