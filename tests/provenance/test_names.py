"""No function uses a name that its module lacks.

Linters cannot tell: to them a shape such as ``Float[Array, "network trial"]`` is made of undefined names, so that the rule is off.
"""

from __future__ import annotations

import builtins
import dis
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

import rnnatlas

OPTIONAL = {"triton"}  # what this platform may lack
SCRIPTS = sorted((Path(__file__).parents[2] / "workflow" / "scripts").glob("*.py"))


def modules() -> list[str]:
    return [info.name for info in pkgutil.walk_packages(rnnatlas.__path__, "rnnatlas.")]


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def used(code: CodeType) -> set[str]:
    """Names that a module and its functions look up when they run."""
    return {
        str(step.argval)
        for part in codes(code)
        for step in dis.get_instructions(part)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }


def stored(code: CodeType) -> set[str]:
    return {
        str(step.argval) for part in codes(code) for step in dis.get_instructions(part) if step.opname == "STORE_NAME"
    }


def compiled(file: Path) -> CodeType:
    return compile(file.read_text(), str(file), "exec", dont_inherit=True)


@pytest.mark.parametrize("name", modules())
def test_every_name_in_a_module_is_defined(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:  # Triton's kernels, where Triton is not
        if error.name not in OPTIONAL:
            raise
        pytest.skip(str(error))
    assert module.__file__
    code = compiled(Path(module.__file__))
    assert used(code) - stored(code) <= {"__annotations__", *vars(module), *vars(builtins)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_name_in_a_script_is_defined(script: Path) -> None:
    code = compiled(script)
    assert used(code) - stored(code) <= {"snakemake", "__file__", *vars(builtins)}


def test_a_missing_import_is_found() -> None:
    code = compile("def f(x):\n    return [lost(y) for y in x]", "example", "exec")
    assert used(code) - stored(code) == {"lost"}
