"""What is given to a public function, held to its annotations: one message in the words of the field, before anything is computed.

A front door (``_lazy.py``) hands out functions that are ``checked``; the library itself calls them as they are, and pays nothing. The
annotations are the only description: arrays have the axes that they name, the same name meaning the same size throughout a call;
objects with ``axes`` (an ensemble's units, inputs and outputs) have their part in it; numbers are finite and in their range
(``arrays.py``); a word is one of those that it may be. Lists of numbers become arrays, whole
numbers become floats where floats are expected, and nothing else is converted.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from types import FunctionType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from rnnatlas.arrays import MayBeNan, Range
from rnnatlas.checks.axes import Place, Size, as_array, hold, is_array_type
from rnnatlas.errors import AtlasError, nearest

Check = Callable[[Any, Place], Any]
"""Takes what was given at a place; returns what the function is to be given, or raises."""


@cache
def checked(function: FunctionType, home: str | None = None) -> Callable[..., Any]:
    """``function``, which raises ``AtlasError`` for arguments that are not what its annotations say. ``home`` is the package that hands
    it out, under whose name it can be pickled."""
    signature = inspect.signature(function)
    several = {name for name, p in signature.parameters.items() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}

    @cache
    def checks() -> dict[str, Check]:  # at the first call: the annotations of a method may name its own class
        hints = get_type_hints(function, include_extras=True)
        return {name: check_of(hints[name]) for name in signature.parameters if name in hints}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        sizes: dict[str, Size] = {}
        for name, value in bound.arguments.items():
            if (check := checks().get(name)) is not None:
                place = Place(name, sizes)
                if name not in several:
                    bound.arguments[name] = check(value, place)
                elif isinstance(value, tuple):  # *name
                    bound.arguments[name] = tuple(check(one, place.inside(k)) for k, one in enumerate(value))
                else:  # **name
                    bound.arguments[name] = {key: check(one, Place(key, sizes)) for key, one in value.items()}
        return function(*bound.args, **bound.kwargs)

    if home is not None:
        call.__module__ = home
    return call


def check_of(hint: Any) -> Check:
    """The check that an annotation stands for."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or isinstance(hint, str) or not (origin or isinstance(hint, type)):
        return _anything
    if origin is Annotated:
        return _annotated(inner[0], inner[1:])
    if is_array_type(hint):
        return lambda value, place: as_array(value, hint, place)
    if (origin or hint) in _PLAIN:
        return _PLAIN[origin or hint]
    if origin is Literal:
        return lambda value, place: choice(value, inner, place)
    if origin in (Union, UnionType):
        return _either(inner)
    if origin is tuple and inner[-1] is not Ellipsis:
        return _row([check_of(each) for each in inner])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(check_of(inner[0]), check_of(inner[1]))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _sequence(inner[0], origin)
    if origin is not None and not isinstance(origin, type):
        return _anything
    return _instance(origin or hint)


def refused(place: Place, expected: str, found: Any, remedy: str) -> AtlasError:
    """The error for an argument that is something else."""
    return AtlasError(None, place.name, f"{expected} is expected, found {described(found)}", remedy)


def described(value: Any) -> str:
    """A value in a message: short ones as they are, others by their kind."""
    if value is None or isinstance(value, (bool, int, float, complex, str, np.generic)):
        text = repr(value.item() if isinstance(value, np.generic) else value)
        return text if len(text) <= 60 else text[:57] + "…"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with shape {list(value.shape)}"
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    return type(value).__name__ if not isinstance(value, type) else f"the class {value.__name__}"


def choice(value: Any, allowed: Sequence[Any], place: Place) -> Any:
    """``value``, if it is one of ``allowed``."""
    if isinstance(value, str) and value in allowed:
        return value
    words = ", ".join(map(repr, allowed))
    raise refused(place, f"one of {words}", value, nearest(value, allowed) or "choose one of these")


def _anything(value: Any, _: Place) -> Any:
    return value


def _whole(value: Any, place: Place) -> int:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    raise refused(place, "a whole number", value, "give an int")


def _number(value: Any, place: Place) -> float:
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and np.isfinite(value):
        return float(value)
    raise refused(place, "a finite number", value, "give a float")


def _truth(value: Any, place: Place) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise refused(place, "True or False", value, "give one of the two")


def _text(value: Any, place: Place) -> str:
    if isinstance(value, str):
        return str(value)
    raise refused(place, "a word", value, "give a str")


def _none(value: Any, place: Place) -> None:
    if value is not None:
        raise refused(place, "None", value, "leave it out")


def _callable(value: Any, place: Place) -> Any:
    if callable(value):
        return value
    raise refused(place, "a function", value, "give a function")


_PLAIN: dict[Any, Check] = {
    int: _whole, float: _number, bool: _truth, str: _text, NoneType: _none, Callable: _callable
}  # fmt: skip


def _annotated(hint: Any, notes: tuple[Any, ...]) -> Check:
    check = check_of(hint)
    if MayBeNan in notes:
        return lambda value, place: as_array(value, hint, place, finite=False)
    within = [note for note in notes if isinstance(note, Range)]

    def checks(value: Any, place: Place) -> Any:
        found = check(value, place)
        for one in within:
            if not (one.holds(np.min(found)) and one.holds(np.max(found))):
                raise refused(place, f"a number that is {one}", found, "look at its unit and its sign")
        return found

    return checks


def _either(kinds: tuple[Any, ...]) -> Check:
    checks = [check_of(kind) for kind in kinds]

    def checks_one(value: Any, place: Place) -> Any:
        errors: list[AtlasError] = []
        for kind, check in zip(kinds, checks, strict=True):
            try:
                return check(value, place)
            except AtlasError as error:
                if kind is not NoneType:
                    errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        wanted = dict.fromkeys(re.split(" (?:is|are) expected", error.expected)[0] for error in errors)
        raise refused(place, " or ".join(wanted), value, errors[0].remedy)

    return checks_one


def _row(checks: list[Check]) -> Check:
    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, (tuple, list)) or len(value) != len(checks):
            raise refused(place, f"a tuple of {len(checks)}", value, "give one value each")
        return tuple(one(part, place.inside(k)) for k, (one, part) in enumerate(zip(checks, value, strict=True)))

    return check


def _sequence(hint: Any, kind: type) -> Check:
    check, build = check_of(hint), tuple if kind is tuple else list
    some = hint is not str and get_origin(hint) not in (
        Union,
        UnionType,
    )  # words may be none; of arrays or networks there is one

    def checks(value: Any, place: Place) -> Any:
        if not isinstance(value, (list, tuple)) and not (isinstance(value, np.ndarray) and value.ndim):
            raise refused(place, "a list", value, "give a list, also of one")
        if some and len(value) == 0:
            raise refused(place, "a list of one or more", value, "give at least one")
        return build(check(one, place.inside(k)) for k, one in enumerate(value))

    return checks


def _mapping(key: Check, entry: Check) -> Check:
    def check(value: Any, place: Place) -> Any:
        if not isinstance(value, Mapping):
            raise refused(place, "a dictionary", value, "give a dict")
        return {
            key(k, Place(f"a key of {place.name}", place.sizes)): entry(one, place.inside(k))
            for k, one in value.items()
        }

    return check


def _instance(kind: type) -> Check:
    def check(value: Any, place: Place) -> Any:
        if isinstance(value, kind):
            for axis, size in getattr(value, "axes", {}).items():
                hold(size, axis, place)
            return value
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise refused(place, f"{article} {kind.__name__}", value, f"see help({kind.__module__}.{kind.__qualname__})")

    return check
