"""Each C++ compiler that is here: no warnings, no code shared between instruction sets, and the same results within rounding."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnnatlas.engine.native_library import load
from rnnatlas.engine.native_sources import FOLDER, FOR_EACH_SET, ONCE

HERE = Path(__file__).parent
COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"there is no {name} here"))
    for name in ("g++", "clang++")
]


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("source", [*FOR_EACH_SET, *ONCE])
def test_the_sources_are_free_of_warnings(compiler: str, source: str) -> None:
    strict = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-DISA_SUFFIX=strict"]
    run = subprocess.run([compiler, *strict, str(FOLDER / source)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[:2000]


@pytest.mark.skipif(shutil.which("nm") is None, reason="there is no nm to list symbols with")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the symbols of ELF are read")
def test_instruction_sets_share_no_code_but_what_is_compiled_once(tmp_path: Path) -> None:
    """The linker keeps one of several weak functions: that of AVX-512 would end a process on a machine without it."""

    def weak(path: str) -> set[str]:
        listed = subprocess.run(["nm", "--defined-only", path], capture_output=True, text=True, check=True).stdout
        symbols = [line.split()[1:] for line in listed.splitlines()]
        return {name for kind, name in symbols if kind in "WVu" and not name.startswith("DW.ref.")}

    once = str(tmp_path / "once.o")
    flags = ["-std=c++17", "-O3", "-fPIC", "-pthread", "-c"]
    compiler = shutil.which("g++") or pytest.skip("there is no g++ here")
    subprocess.run([compiler, *flags, str(FOLDER / ONCE[0]), "-o", once], check=True)
    if "CXX" in os.environ:
        pytest.skip("another compiler may leave other functions of what is compiled once")
    assert weak(load()._name) <= weak(once)


@pytest.mark.parametrize("compiler", COMPILERS[1:])
def test_another_compiler_passes_the_tests_of_gradients(compiler: str) -> None:
    """Gradients of all cells against autograd, on every instruction set of this machine."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-k", "gradient and not torch", "-p", "no:cacheprovider",
         str(HERE / "test_gradient.py"), str(HERE / "test_gated_cells.py")],
        env=os.environ | {"CXX": compiler}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
    assert "passed" in run.stdout
