"""The fields of a dataclass, held to their annotations when one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.checks.arguments import check_of
from rnnatlas.checks.axes import KINDS, Place, Size, called, fit, is_array_type, not_this


def check_fields(record: Any) -> None:
    """Raise ``AtlasError`` naming the first field that is not what the dataclass declares: for ``__post_init__``.

    Arrays, also those in dictionaries, have the axes and the kind of number that is said, the same name meaning one size throughout.
    What they hold is not looked at, and nothing is converted: some microseconds, whatever their size.
    """
    if _is_as_declared(record):
        return
    sizes: dict[str, Size] = {}
    for name, hint, how in _declared(type(record)):
        value, place = getattr(record, name), Place(name, sizes)
        if hint is None:
            how(value, place)
        elif how is None:
            _hold(value, hint, place)
        elif not isinstance(value, how):
            raise not_this(place, f"a {how.__name__} of arrays is", f"a {type(value).__name__}", "give one")
        else:
            for key, one in value.items() if isinstance(value, Mapping) else enumerate(value):
                _hold(one, hint, place.inside(key))


def _is_as_declared(record: Any) -> bool:
    """Whether all is well, as most often, of a record whose fields are arrays of plain axes; False where it takes a closer look."""
    sizes: dict[str, int] = {}
    for name, letters, axes, how in _plain(type(record)):
        value = getattr(record, name)
        if how is not None and not isinstance(value, how):
            return False
        for array in (value,) if how is None else value.values():
            if not isinstance(array, np.ndarray) or array.dtype.kind not in letters or array.ndim != len(axes):
                return False
            for axis, size in zip(axes, array.shape, strict=True):
                if sizes.setdefault(axis, int(axis) if axis.isdigit() else size) != size:
                    return False
    return bool(_plain(type(record)))


@cache
def _plain(kind: type) -> tuple[tuple[str, str, tuple[str, ...], Any], ...]:
    """Each field's name, kinds of number, axes, and whether it is a dictionary; nothing if a field is anything else."""
    found: list[tuple[str, str, tuple[str, ...], Any]] = []
    for name, hint, how in _declared(kind):
        axes = () if hint is None else tuple(hint.dim_str.split())
        if hint is None or hint.dtype not in KINDS or how is list or any(axis[0] in "*._" for axis in axes):
            return ()
        found.append((name, KINDS[hint.dtype][0], axes, how))
    return tuple(found)


def _hold(value: Any, hint: Any, place: Place) -> None:
    letters, words = KINDS.get(hint.dtype, ("fiubcSUO", "entries"))
    if not isinstance(value, np.ndarray) or value.dtype.kind not in letters:
        found = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"
        raise not_this(
            place, f"an array of {words} {called(hint.dim_str)} is", found, "give a NumPy array of this kind"
        )
    fit(value.shape, hint.dim_str, place)


@cache
def _declared(kind: type) -> tuple[tuple[str, Any, Any], ...]:
    """Each field: its name, the annotation of its array and None; or that of the arrays in its list or dictionary, and which of the
    two; or for any other field None and the check of its value."""
    hints = get_type_hints(kind, include_extras=True)
    found: list[tuple[str, Any, Any]] = []
    for field in fields(kind):
        hint = hints[field.name]
        many = get_origin(hint) if get_origin(hint) in (dict, list) else None
        inner = get_args(hint)[-1] if many else hint
        if inner is not Array and is_array_type(inner):
            found.append((field.name, inner, many))
        else:
            found.append((field.name, None, check_of(hint)))
    return tuple(found)
