"""Every public function, found by walking the front doors: whatever it is given, it answers with a result or with ``AtlasError``."""

from __future__ import annotations

import inspect
import pkgutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from bad_values import bad_values
from examples import EXAMPLES
from records import RECORDS
from taken import ANY, TAKEN

import rnnatlas
from rnnatlas.errors import AtlasError


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """``package.name`` of every function that a package hands out, and of every record of ``RECORDS``."""
    for package in sorted(found.name for found in pkgutil.iter_modules(rnnatlas.__path__) if found.ispkg):
        module = import_module(f"rnnatlas.{package}")
        for name in dir(module):
            found = getattr(module, name)
            if isinstance(found, FunctionType) or f"{package}.{name}" in RECORDS:
                yield f"{package}.{name}", found


FUNCTIONS = dict(public_functions())
ALL = EXAMPLES | RECORDS
MADE_BY_ENGINES = {"engine.Noise", "engine.Rollout"}  # and by nobody else


def call(function: Callable[..., Any], given: dict[str, Any]) -> Any:
    """Arguments by name, those of ``*name`` by position."""
    if isinstance(function, type):  # by its own check alone: the tests' type checker would come first
        record = object.__new__(function)
        for name, value in given.items():
            object.__setattr__(record, name, value)
        return record.__post_init__()
    several = [name for name, one in inspect.signature(function).parameters.items() if one.kind is one.VAR_POSITIONAL]
    if not several:
        return function(**given)
    return function(*(value for name, value in given.items() if name not in several), given[several[0]])


def answer(function: Callable[..., Any], given: dict[str, Any]) -> str:
    """ "refused", "taken", or what went wrong."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            call(function, given)
        except AtlasError as error:
            if len(str(error)) > 600:
                return f"a message of {len(str(error))} characters"
            return "refused"
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:150]}"
    return "; ".join(f"{one.category.__name__}: {one.message}" for one in heard) or "taken"


def test_every_public_function_has_an_example() -> None:
    """One without: add it to ``EXAMPLES`` or ``RECORDS``; and none is left of a function that is gone."""
    assert ALL.keys() == FUNCTIONS.keys()


def test_every_public_record_of_arrays_checks_its_fields() -> None:
    for package in sorted({name.split(".")[0] for name in FUNCTIONS}):
        module = import_module(f"rnnatlas.{package}")
        for name in dir(module):
            found = getattr(module, name)
            if is_dataclass(found) and any("[Array" in str(field.type) for field in fields(found)):
                assert f"{package}.{name}" in RECORDS.keys() | MADE_BY_ENGINES


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_example_is_valid(name: str) -> None:
    if ALL[name].runs:
        assert answer(FUNCTIONS[name], ALL[name].given()) == "taken"


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_bad_value_is_refused_in_the_words_of_the_field(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for those that the table of ``taken.py`` names."""
    monkeypatch.chdir(tmp_path)
    example = ALL[name]
    wrong: list[str] = []
    for argument, valid in example.given().items():
        taken = TAKEN.get(name, {}).get(argument, ())
        for what, value in bad_values(valid):
            found = answer(FUNCTIONS[name], example.given() | {argument: value})
            if found != ("taken" if what in taken or ANY in taken else "refused"):
                wrong.append(f"{argument} = {what}: {found}")
    assert not wrong, "\n".join(wrong)
