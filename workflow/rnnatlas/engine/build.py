"""Compile the native engine: one object per instruction set, one shared library, once per source and compiler.

``python -m rnnatlas.engine.build`` compiles ahead of time (the Makefile does). The library is kept in
``$RNNATLAS_CACHE``, else ``$XDG_CACHE_HOME/rnnatlas``, else ``~/.cache/rnnatlas``, under the digest of its sources,
flags and compiler, written aside and renamed, under a lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent / "native"
FLAGS = ("-std=c++17", "-O3", "-fPIC", "-fopenmp", "-fno-math-errno", "-fno-trapping-math")
VARIANTS = {
    "avx512": ("-march=x86-64-v4", "-mprefer-vector-width=512"),
    "avx2": ("-march=x86-64-v3",),
    "baseline": (),
}


class NoCompiler(RuntimeError):
    """The native engine cannot be compiled here."""


def cache_folder() -> Path:
    """Where compiled libraries are kept."""
    if folder := os.environ.get("RNNATLAS_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rnnatlas"


def _compiler() -> str:
    asked = os.environ.get("CXX")
    for name in [asked] if asked else ["g++", "c++", "clang++"]:
        if found := shutil.which(name):
            return found
    raise NoCompiler(f"no C++ compiler found ({asked or 'CXX, g++, c++, clang++'})")


def _variants() -> dict[str, tuple[str, ...]]:
    return VARIANTS if platform.machine() in ("x86_64", "AMD64") else {"baseline": ()}


def _digest(compiler: str) -> str:
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout
    parts = [version, repr(FLAGS), repr(_variants())]
    parts += [f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in sorted(SOURCES.iterdir())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _compile(compiler: str, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        objects: list[str] = []
        for variant, flags in _variants().items():
            for source in sorted(SOURCES.glob("*.cpp")):
                if source.name == "dispatch.cpp":
                    continue
                objects.append(f"{folder}/{source.stem}_{variant}.o")
                _run([compiler, *FLAGS, *flags, f"-DISA_SUFFIX={variant}", "-c", str(source), "-o", objects[-1]])
        x86 = len(_variants()) > 1
        dispatch = [str(SOURCES / "dispatch.cpp")] if x86 else []
        _run([compiler, *FLAGS, "-shared", *objects, *dispatch, "-o", f"{folder}/library.so"])
        os.replace(f"{folder}/library.so", target)


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise NoCompiler(f"the compiler failed:\n{' '.join(command)}\n{result.stderr[-2000:]}")


def library() -> Path:
    """Path of the compiled library, building it first where it is missing. Raises ``NoCompiler``."""
    compiler = _compiler()
    folder = cache_folder()
    target = folder / f"engine-{_digest(compiler)}.so"
    if target.exists():
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "build.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.exists():
                _compile(compiler, target)
    except OSError as error:
        raise NoCompiler(f"{folder} is not writable ({error}); set RNNATLAS_CACHE to a folder that is") from error
    return target


if __name__ == "__main__":
    try:
        print(f"native engine: {library()}")
    except NoCompiler as error:
        print(
            f"native engine not built: {error}\nthe portable engine will be used, about 13 times slower",
            file=sys.stderr,
        )
