import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.engine import build, native_library
from rnnatlas.engine.compiler import NoCompiler, compiler
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_sources import FOLDER, native_sources
from rnnatlas.engine.select import select_engine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError


@pytest.fixture
def unloaded() -> Iterator[None]:
    """The library is looked for anew within the test."""
    native_library.attempt.cache_clear()
    yield
    native_library.attempt.cache_clear()


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unloaded: None) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def script(folder: Path, text: str, name: str = "compiler") -> str:
    """A program of this name that runs ``text`` in the shell."""
    made = folder / name
    made.write_text(f"#!/bin/sh\n{text}\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return str(made)


def crippled_compiler(folder: Path) -> str:
    """A compiler that gives its version as the real one does, and fails at everything else."""
    real = shlex.join(compiler())
    return script(folder, f'[ "$1" = --version ] && exec {real} --version\necho "disk on fire" >&2\nexit 1')


def quick_compiler(folder: Path, refused: str = "-nothing") -> str:
    """The real compiler in a hurry, which knows no option that begins with ``refused``, and keeps count of what it links."""
    real = shlex.join(compiler())
    return script(
        folder,
        f"""for option; do case $option in
  {refused}*) echo "unknown option $option" >&2; exit 1;;
  -shared) echo linked >> {folder}/links;;
esac; done
exec {real} "$@" -O1""",
    )


def test_the_library_is_compiled_into_the_named_cache_and_only_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unloaded: None, make_ensemble
) -> None:
    cache = tmp_path / "deep" / "cache"
    monkeypatch.setenv("RNNATLAS_CACHE", str(cache))
    path = build.library()
    assert path.parent == cache
    assert {file.suffix for file in cache.iterdir()} == {".so", ".lock"}  # nothing half-done is left behind
    monkeypatch.setenv("CXX", crippled_compiler(tmp_path))
    assert build.library() == path
    ensemble = make_ensemble(1, 5)
    run = NativeEngine().roll_out(ensemble.parameters, ensemble.cell, np.ones((1, 1, 2, 2), np.float32), None)
    assert np.isfinite(run.outputs).all()


def test_a_compiler_that_fails_is_no_compiler_and_its_message_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CXX", crippled_compiler(tmp_path))
    with pytest.raises(NoCompiler, match="disk on fire"):
        build.library()
    assert not list((tmp_path / "cache").glob("*.so"))


def test_another_compiler_or_source_asks_for_another_library(tmp_path: Path) -> None:
    command, copied = compiler(), tmp_path / "native"
    before = build.digest(command)
    assert build.digest([*command, "-m64"]) != before
    assert build.digest([script(tmp_path, "echo version 1")]) != before
    shutil.copytree(FOLDER, copied)
    assert build.digest(command, copied) == before
    (copied / "product.h").write_text("// changed\n" + (copied / "product.h").read_text())
    assert build.digest(command, copied) != before


def test_what_an_editor_leaves_among_the_sources_does_not_count(tmp_path: Path) -> None:
    copied = tmp_path / "native"
    shutil.copytree(FOLDER, copied)
    before = build.digest(compiler(), copied)
    for name in (".DS_Store", ".engine.cpp.swp", "engine.cpp~", "._engine.cpp", "engine copy.cpp", "#engine.cpp#"):
        (copied / name).write_bytes(b"\xff\x00")
    (copied / ".ipynb_checkpoints").mkdir()
    (copied / ".#engine.cpp").symlink_to("nowhere")
    assert build.digest(compiler(), copied) == before
    assert [path.name for path in native_sources(copied)] == [path.name for path in native_sources()]


def test_every_file_among_the_sources_is_one() -> None:
    """One that is in the repository and neither compiled nor included would be forgotten."""
    assert {path.name for path in native_sources()} == {
        path.name for path in FOLDER.iterdir() if path.suffix in (".cpp", ".h") and not path.name.startswith(".")
    }


@pytest.mark.parametrize("asked", ["/nowhere/g++", "no-such-compiler", "ccache-of-none g++", "'g++", "''"])
def test_a_compiler_that_is_not_there_is_no_compiler(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: str
) -> None:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path))
    monkeypatch.setenv("CXX", asked)
    with pytest.raises(NoCompiler):
        build.library()


def test_a_compiler_that_is_no_program_is_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "g++").write_bytes(b"\x00\x01")
    (tmp_path / "g++").chmod(0o755)
    monkeypatch.setenv("CXX", str(tmp_path / "g++"))
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(NoCompiler, match="CXX"):
        build.library()


def test_a_compiler_may_come_with_words_and_its_path_with_spaces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = compiler()[0]
    (tmp_path / "my tools").mkdir()
    front = script(tmp_path / "my tools", 'exec "$@"', "front")
    for asked, expected in (
        (f"{real} -m64", [real, "-m64"]),
        (f"'{front}' {real}", [front, real]),
        (front, [front]),
        ("  ", [real]),
    ):
        monkeypatch.setenv("CXX", asked)
        assert compiler() == expected or not asked.strip()
    assert build.digest([front, real]) != build.digest([real])  # the words count


def test_a_cache_that_cannot_be_made_is_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(NoCompiler, match="RNNATLAS_CACHE"):
        build.library()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become a user without a home"
)
@pytest.mark.parametrize("cache", [None, "closed/cache"])
def test_a_user_without_a_home_and_a_cache_that_may_not_be_entered(tmp_path: Path, cache: str | None) -> None:
    """Words and the portable engine, no traceback."""
    (tmp_path / "closed").mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment.pop("RNNATLAS_CACHE", None)
    if cache:
        environment["RNNATLAS_CACHE"] = str(tmp_path / cache)
    # user ids are changed once all modules are read: the checkout may lie where another user cannot look
    code = "import os; from rnnatlas.engine import build, native_library; os.setuid(54321); native_library.load()"
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "NoCompiler" in run.stderr.splitlines()[-1] or "RNNATLAS_CACHE" in run.stderr.splitlines()[-1]
    assert "RNNATLAS_CACHE" in run.stderr


def test_without_a_compiler_the_library_cannot_be_had(no_compiler: None) -> None:
    with pytest.raises(NoCompiler, match=r"g\+\+"):
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
