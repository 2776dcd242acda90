"""Compile the native engine: one object per instruction set, one shared library, once per source and compiler.

``python -m rnnatlas.engine.build`` compiles ahead of time (the Makefile does). The library is kept in
``$RNNATLAS_CACHE``, else ``$XDG_CACHE_HOME/rnnatlas``, else ``~/.cache/rnnatlas``, under the digest of its sources,
flags and compiler. It is written aside and renamed, so that it is there whole or not at all; a lock keeps two first
builds from doing the same work twice.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rnnatlas.engine.compiler import NoCompiler, compiler, run
from rnnatlas.engine.native_sources import FOLDER, FOR_EACH_SET, ONCE, ONCE_X86, native_sources

FLAGS = ("-std=c++17", "-O3", "-fPIC", "-pthread")
# For speed. Products and sums may be contracted where the instruction set can: its name says which bits come out.
SPEED = ("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast")
# For each instruction set, the flags that ask for it: those of newer compilers first, then what older ones know.
X86 = {
    "avx512": (
        ("-march=x86-64-v4", "-mprefer-vector-width=512"),
        ("-march=skylake-avx512", "-mtune=generic", "-mprefer-vector-width=512"),
    ),
    "avx2": (("-march=x86-64-v3",), ("-march=haswell", "-mtune=generic")),
    "baseline": ((),),
}
ARM = {"neon": ((),)}  # every 64-bit ARM processor has it
OTHERS = {"baseline": ((),)}


def cache_folder() -> Path:
    """Where compiled libraries are kept. Raises ``NoCompiler`` where there is no home folder and none is named."""
    if folder := os.environ.get("RNNATLAS_CACHE"):
        return Path(folder)
    if folder := os.environ.get("XDG_CACHE_HOME"):
        return Path(folder) / "rnnatlas"
    try:
        return Path.home() / ".cache" / "rnnatlas"
    except RuntimeError as error:
        raise NoCompiler("this user has no home folder: set RNNATLAS_CACHE to a folder that can be written") from error


def variants() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The instruction sets to compile for on this machine."""
    machine = platform.machine().lower()
    return X86 if machine in ("x86_64", "amd64") else ARM if machine in ("aarch64", "arm64") else OTHERS


def digest(command: list[str], folder: Path = FOLDER) -> str:
    """What tells a library from every other: compiler and version, flags, sources."""
    parts = [run([*command, "--version"]), *command[1:], repr((FLAGS, SPEED, variants()))]
    parts += [f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in native_sources(folder)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


class _Compilation:
    """One run of the compiler over all sources, in a folder of its own."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command, self.folder = command, folder

    def library(self) -> Path:
        """An instruction set that the compiler does not know is left out, as is a flag for speed."""
        flags = self._known_flags()
        objects: list[str] = []
        for name, ways in variants().items():
            try:
                own = next(way for way in ways if self._compiles(FOR_EACH_SET[0], *flags, *way))
            except StopIteration:
                print(f"{self.command[0]} does not know {name}: the native engine goes without it", file=sys.stderr)
                continue
            asked = [*flags, *own, f"-DISA_SUFFIX={name}"]
            objects += [self._compile(source, *asked, suffix=name) for source in FOR_EACH_SET]
        once = [*ONCE, *(ONCE_X86 if variants() is X86 else ())]
        objects += [self._compile(source, *flags) for source in once]
        made = self.folder / "library.so"
        run([*self.command, *flags, "-shared", *objects, "-o", str(made)])
        return made

    def _known_flags(self) -> list[str]:
        if self._compiles(FOR_EACH_SET[0], *FLAGS, *SPEED):
            return [*FLAGS, *SPEED]
        self._compile(FOR_EACH_SET[0], *FLAGS, "-DISA_SUFFIX=probe")  # without these there is no engine
        return [*FLAGS, *(flag for flag in SPEED if self._compiles(FOR_EACH_SET[0], *FLAGS, flag))]

    def _compiles(self, source: str, *flags: str) -> bool:
        try:
            self._compile(source, *flags, "-DISA_SUFFIX=probe")
        except NoCompiler:
            return False
        return True

    def _compile(self, source: str, *flags: str, suffix: str = "once") -> str:
        made = str(self.folder / f"{Path(source).stem}_{suffix}.o")
        run([*self.command, *flags, "-c", str(FOLDER / source), "-o", made])
        return made


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[bool]:
    """Waits for other builds in ``folder``; false where there are no locks, and two may do the same work."""
    try:
        import fcntl
    except ImportError:  # not a Unix
        yield False
        return
    with open(folder / "build.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:  # some network disks
            yield False
            return
        yield True


def library() -> Path:
    """Path of the compiled library, building it first where it is missing. Raises ``NoCompiler``, whatever is amiss."""
    if os.name == "nt":
        raise NoCompiler("it is not built on Windows: use the Windows Subsystem for Linux")
    command, folder = compiler(), cache_folder()
    try:
        target = folder / f"engine-{digest(command)}.so"
    except OSError as error:
        raise NoCompiler(f"its sources are incomplete ({error}): install rnnatlas again") from error
    try:
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _build(command, target)
    except OSError as error:
        raise NoCompiler(f"{folder} cannot be used ({error}): set RNNATLAS_CACHE to a folder that can") from error
    return target


def _build(command: list[str], target: Path) -> None:
    prefix = f"building-{platform.node()}-"
    with _one_at_a_time(target.parent) as alone:
        if alone:  # then what this machine has begun here was killed
            for left in target.parent.glob(f"{prefix}*"):
                shutil.rmtree(left, ignore_errors=True)
        if not target.exists():
            with tempfile.TemporaryDirectory(prefix=prefix, dir=target.parent, ignore_cleanup_errors=True) as folder:
                os.replace(_Compilation(command, Path(folder)).library(), target)


if __name__ == "__main__":
    try:
        print(f"native engine: {library()}")
    except NoCompiler as error:
        print(
            f"native engine not built: {error}\nthe portable engine will be used, about 13 times slower",
            file=sys.stderr,
        )
