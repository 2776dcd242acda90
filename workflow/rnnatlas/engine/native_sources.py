"""The C++ sources of the native engine: the files that are compiled, and what they include.

Nothing else in their folder counts, so that an editor's leavings change neither a library nor a digest.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "native"
FOR_EACH_SET = ("peak.cpp", "engine.cpp", "minimise_speed.cpp")  # once for each instruction set; the shortest first
ONCE = ("threads.cpp",)  # once, for any machine
ONCE_X86 = ("dispatch.cpp",)


def native_sources(folder: Path = FOLDER) -> list[Path]:
    """The files in ``folder`` that make up the engine, by name. Raises ``OSError`` for one that is missing."""
    waiting = [folder / name for name in (*FOR_EACH_SET, *ONCE, *ONCE_X86)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            included = re.findall(r'^#include "(.+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
            waiting += [folder / name for name in included]
    return sorted(found)
