"""Builds that are killed, that meet each other, and compilers that do not know what newer ones do. Each compiles in a hurry."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from test_build import quick_compiler

from rnnatlas.engine import build, native_library
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError

X86 = pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="flags of x86 are refused")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A cache of the test's own; the library is looked for anew."""
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))
    native_library.attempt.cache_clear()
    yield tmp_path / "cache"
    native_library.attempt.cache_clear()


def runs(make_ensemble) -> bool:
    ensemble = make_ensemble(1, 5)
    run = NativeEngine().roll_out(ensemble.parameters, ensemble.cell, np.ones((1, 1, 2, 2), np.float32), None)
    return bool(np.isfinite(run.outputs).all())


@X86
@pytest.mark.parametrize(
    ("refused", "lost"),
    [("-march=x86-64-v", ()), ("-mprefer-vector", ("avx512",)), ("-march", ("avx2", "avx512")), ("-ffp-contract", ())],
)
def test_a_compiler_that_refuses_a_flag_loses_what_needs_it_and_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path, make_ensemble, refused: str, lost: tuple[str, ...]
) -> None:
    monkeypatch.delenv("RNNATLAS_INSTRUCTION_SET", raising=False)
    monkeypatch.setenv("CXX", quick_compiler(tmp_path, refused))
    here = ("baseline", "avx2", "avx512")[: native_library.load().instruction_set() + 1]
    assert native_library.instruction_sets() == tuple(name for name in here if name not in lost)
    assert runs(make_ensemble)


def test_what_a_killed_build_left_is_cleared_away_by_the_next_and_locks_are_not_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path, make_ensemble
) -> None:
    mine, others = cache / f"building-{platform.node()}-x", cache / "building-another.machine-x"
    for left in (mine, others):
        left.mkdir(parents=True)
        (left / "engine_avx2.o").write_text("half")
    monkeypatch.setenv("CXX", quick_compiler(tmp_path))
    made = build.library()
    assert not mine.exists() and others.exists()
    made.unlink()
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on a system without it
    assert build.library() == made and runs(make_ensemble)
    assert {path.name for path in cache.iterdir()} == {made.name, "build.lock", others.name}


def test_two_first_builds_at_once_build_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path) -> None:
    monkeypatch.setenv("CXX", quick_compiler(tmp_path))
    command = [sys.executable, "-m", "rnnatlas.engine.build"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(2)]
    one, other = (process.communicate()[0] for process in both)
    assert one == other and one.startswith("native engine: ")
    assert (tmp_path / "links").read_text() == "linked\n"


def test_the_widest_instruction_set_can_be_limited_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    every = native_library.instruction_sets()
    monkeypatch.setenv("RNNATLAS_INSTRUCTION_SET", every[0])
    assert native_library.instruction_sets() == every[:1] and NativeEngine().name == f"native-{every[0]}"
    monkeypatch.setenv("RNNATLAS_INSTRUCTION_SET", "mmx")
    with pytest.raises(
        AtlasError, match=r"RNNATLAS_INSTRUCTION_SET: one of .* is expected on this machine, found 'mmx'"
    ):
        NativeEngine()
