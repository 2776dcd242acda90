import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.engine import build, native_library
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.select import select_engine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError


@pytest.fixture
def unloaded() -> Iterator[None]:
    """The library is looked for anew within the test."""
    native_library.load.cache_clear()
    yield
    native_library.load.cache_clear()


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unloaded: None) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def crippled_compiler(folder: Path) -> Path:
    """A compiler that gives its version as the real one does, and fails at everything else."""
    real, fake = build._compiler(), folder / "crippled"
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && exec {shutil.which(real)} --version\necho "disk on fire" >&2\nexit 1\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    return fake


def test_the_library_is_compiled_into_the_named_cache_and_only_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unloaded: None, make_ensemble
) -> None:
    cache = tmp_path / "deep" / "cache"
    monkeypatch.setenv("RNNATLAS_CACHE", str(cache))
    path = build.library()
    assert path.parent == cache
    assert {file.suffix for file in cache.iterdir()} == {".so", ".lock"}  # nothing half-done is left behind
    monkeypatch.setenv("CXX", str(crippled_compiler(tmp_path)))
    assert build.library() == path
    ensemble = make_ensemble(1, 5)
    run = NativeEngine().roll_out(ensemble.parameters, ensemble.cell, np.ones((1, 1, 2, 2), np.float32), None)
    assert np.isfinite(run.outputs).all()


def test_a_compiler_that_fails_is_no_compiler_and_its_message_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CXX", str(crippled_compiler(tmp_path)))
    with pytest.raises(build.NoCompiler, match="disk on fire"):
        build.library()
    assert not list((tmp_path / "cache").glob("*.so"))


def test_another_compiler_or_source_asks_for_another_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiler = build._compiler()
    before = build._digest(compiler)
    assert build._digest(shutil.which("true") or "true") != before
    shutil.copytree(build.SOURCES, tmp_path / "native")
    (tmp_path / "native" / "product.h").write_text("// changed\n" + (build.SOURCES / "product.h").read_text())
    monkeypatch.setattr(build, "SOURCES", tmp_path / "native")
    assert build._digest(compiler) != before


@pytest.mark.parametrize("compiler", ["/nowhere/g++", "no-such-compiler"])
def test_a_compiler_that_is_not_there_is_no_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiler: str
) -> None:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path))
    monkeypatch.setenv("CXX", compiler)
    with pytest.raises(build.NoCompiler):
        build.library()


def test_a_cache_that_cannot_be_made_is_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(build.NoCompiler, match="RNNATLAS_CACHE"):
        build.library()


def test_without_a_compiler_the_library_cannot_be_had(no_compiler: None) -> None:
    with pytest.raises(build.NoCompiler, match=r"g\+\+"):
        build.library()


def test_auto_falls_back_to_the_portable_engine_and_says_so(
    no_compiler: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(select_engine("auto"), TorchEngine)
    said = capsys.readouterr()
    assert "portable engine" in said.err and "no C++ compiler" in said.err and not said.out


def test_auto_takes_the_compiled_engine_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(select_engine("auto"), NativeEngine)
    assert capsys.readouterr() == ("", "")


def test_native_without_a_compiler_is_an_error_that_names_the_way_out(no_compiler: None) -> None:
    with pytest.raises(AtlasError, match="engine: torch") as caught:
        select_engine("native")
    assert caught.value.key == "engine"


@pytest.mark.parametrize("name", ["fast", "", "Native"])
def test_an_unknown_engine_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(AtlasError, match="auto, native, torch") as caught:
        select_engine(name)
    assert repr(name) in str(caught.value)
