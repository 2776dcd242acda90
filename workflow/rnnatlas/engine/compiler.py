"""The C++ compiler of this machine: which command it is, and how it is run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

NAMES = ("g++", "c++", "clang++")


class NoCompiler(RuntimeError):
    """The native engine cannot be compiled here; the message says why, and what to do."""


def compiler() -> list[str]:
    """``$CXX`` with all that it says (``ccache g++``, ``g++ -m64``), else the first of ``NAMES`` that is there.

    Raises ``NoCompiler`` where there is none.
    """
    asked = os.environ.get("CXX", "").strip()
    if not asked:
        if found := next(filter(None, map(shutil.which, NAMES)), None):
            return [found]
        raise NoCompiler(
            f"there is no C++ compiler ({', '.join(NAMES)}): install one (Debian: apt install g++, macOS: "
            "xcode-select --install, conda: cxx-compiler), or name it in CXX"
        )
    try:
        words = [asked] if shutil.which(asked) else shlex.split(asked)
    except ValueError as error:
        raise NoCompiler(f"CXX={asked!r} is no command ({error}): name a C++ compiler in CXX") from error
    found = shutil.which(words[0])
    if found is None:
        raise NoCompiler(f"there is no C++ compiler {asked!r}: name one in CXX, or unset CXX")
    return [found, *words[1:]]


def run(command: list[str]) -> str:
    """What ``command`` prints. Raises ``NoCompiler`` where it cannot be run, or fails, with the end of its message."""
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
            stdin=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
    except OSError as error:
        raise NoCompiler(f"{command[0]} cannot be run ({error}): name another C++ compiler in CXX") from error
    if result.returncode != 0:
        said = (result.stderr or result.stdout)[-2000:].strip()
        raise NoCompiler(
            f"the C++ compiler failed ({result.returncode}); name another in CXX if that is not yours to mend:\n"
            f"{shlex.join(command)}\n{said}"
        )
    return result.stdout
