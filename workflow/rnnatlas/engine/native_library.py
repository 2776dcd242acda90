"""The compiled library in this process."""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from typing import Any

from rnnatlas.engine.build import library
from rnnatlas.engine.compiler import NoCompiler
from rnnatlas.errors import AtlasError

_X86 = ("baseline", "avx2", "avx512")  # as `instruction_set` of native/dispatch.cpp counts them
_OTHERS = ("baseline", "neon")


class OutOfMemory(AtlasError, MemoryError):
    """The compiled engine got no memory; what the call was to fill is not to be used."""


@lru_cache(maxsize=1)
def attempt() -> ctypes.CDLL | NoCompiler:
    """The library, or why there is none: it is tried once in a process."""
    try:
        path = library()
    except NoCompiler as error:
        return error
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        return NoCompiler(f"{path} does not load ({error}): delete it, or set RNNATLAS_CACHE to another folder")


def load() -> ctypes.CDLL:
    """The library, built first where it is missing. Raises ``NoCompiler`` where it cannot be built or loaded."""
    found = attempt()
    if isinstance(found, NoCompiler):
        raise NoCompiler(*found.args)
    return found


def instruction_sets() -> tuple[str, ...]:
    """Those that this machine has and the library was compiled for, the widest last; none wider than ``$RNNATLAS_INSTRUCTION_SET``, which
    makes another machine's bits. Raises ``AtlasError`` where this is not to be had."""
    loaded = load()
    here = _X86[: loaded.instruction_set() + 1] if hasattr(loaded, "instruction_set") else _OTHERS
    sets = tuple(name for name in here if hasattr(loaded, f"train_{name}"))
    if not (widest := os.environ.get("RNNATLAS_INSTRUCTION_SET")):
        return sets
    if widest not in sets:
        raise AtlasError(None, "RNNATLAS_INSTRUCTION_SET", f"one of {', '.join(sets)} is expected on this machine, found {widest!r}", "set or unset the variable")  # fmt: skip
    return sets[: sets.index(widest) + 1]


def best_instruction_set() -> str:
    """The widest instruction set that this machine has."""
    return instruction_sets()[-1]


def chosen_instruction_set(asked: str | None) -> str:
    """``asked``, or the best. Raises ``AtlasError`` for one that is not to be had here."""
    if asked is None:
        return best_instruction_set()
    if asked not in instruction_sets():
        known = ", ".join(instruction_sets())
        raise AtlasError(None, "instruction_set", f"one of {known} is expected, found {asked!r}", "leave it out")
    return asked


def call(function: str, *arguments: Any) -> None:
    """Run an entry point of the library. Raises ``OutOfMemory``."""
    outcome = getattr(load(), function)(*arguments)  # as in native/entry.h
    if outcome == 1:
        raise OutOfMemory(
            None, "memory", f"the compiled engine found too little of it in {function}",
            "take fewer members, trials or threads at once",
        )  # fmt: skip
    if outcome != 0:
        raise RuntimeError(f"{function} of the compiled engine failed")
