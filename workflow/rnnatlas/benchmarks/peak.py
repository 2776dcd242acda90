"""The fastest that one core can multiply and add: what a product's speed is held against."""

from __future__ import annotations

import ctypes

from rnnatlas.engine.native_library import INSTRUCTION_SETS, best_instruction_set, load
from rnnatlas.errors import AtlasError

ROUNDS, REPETITIONS = 2_000_000, 5  # 20 to 50 ms in all


def multiply_add_peak(instruction_set: str | None = None) -> float:
    """GFLOP/s in float32 of independent multiply-adds from registers alone, on this core, the best of 5 runs.

    ``instruction_set`` is ``baseline``, ``avx2`` or ``avx512``, the best of this machine unless given; a multiply-add counts
    as two operations. Raises ``AtlasError`` for one that this machine does not have, ``NoCompiler`` where the library
    cannot be built.
    """
    known = INSTRUCTION_SETS[: INSTRUCTION_SETS.index(best_instruction_set()) + 1]
    chosen = instruction_set or known[-1]
    if chosen not in known:
        raise AtlasError(
            None, "instruction_set", f"one of {', '.join(known)} is expected, found {chosen!r}", "leave it out"
        )
    run = getattr(load(), f"multiply_add_peak_{chosen}")
    run.argtypes, run.restype = [ctypes.c_long], ctypes.c_double
    return max(run(ROUNDS) for _ in range(REPETITIONS))
