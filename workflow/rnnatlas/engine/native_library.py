"""The compiled library in this process."""

from __future__ import annotations

import ctypes
from functools import lru_cache

from rnnatlas.engine.build import NoCompiler, library

INSTRUCTION_SETS = ("baseline", "avx2", "avx512")


@lru_cache(maxsize=1)
def load() -> ctypes.CDLL:
    """The library, built first where it is missing. Raises ``NoCompiler`` where it cannot be built or loaded."""
    path = library()
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise NoCompiler(
            f"{path} does not load ({error}): delete it, or set RNNATLAS_CACHE to another folder"
        ) from error


def best_instruction_set() -> str:
    """The widest instruction set that this machine has."""
    loaded = load()
    return INSTRUCTION_SETS[loaded.instruction_set()] if hasattr(loaded, "instruction_set") else "baseline"
