"""Arrays by the names of their axes: what ``Float[Array, "trial time unit"]`` says, checked and told in these words."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Bool, Complex, Float, Int, Integer, Shaped
from rnnatlas.errors import AtlasError

Size = tuple[Any, str]
"""The size of an axis (of ``*axes`` a tuple), and the argument that set it."""


class Place(NamedTuple):
    """Where a value was given: the name of its argument, and the sizes that axes have so far in this call."""

    name: str
    sizes: dict[str, Size]

    def inside(self, key: object) -> Place:
        """The place of a part."""
        return Place(f"{self.name}[{key!r}]", self.sizes)


KINDS = {
    Float: ("fiu", "numbers"),
    Int: ("iu", "whole numbers"),
    Integer: ("iu", "whole numbers"),
    Bool: ("b", "true or false"),
    Complex: ("fiuc", "numbers"),
}


def is_array_type(hint: Any) -> bool:
    """Whether an annotation is ``Array``, with or without axes."""
    return hint is Array or getattr(hint, "array_type", None) is Array


def as_array(value: Any, hint: Any, place: Place, finite: bool = True) -> Array:
    """``value`` as the array that ``hint`` describes; raises ``AtlasError`` if it is none.

    Lists of numbers are taken; integers become floats where floats are expected. No axis may be empty. The place takes up the sizes
    of the axes.
    """
    axes, kind = ("...", Shaped) if hint is Array else (hint.dim_str, hint.dtype)
    array = _numbers(value, axes, place)
    letters, words = KINDS.get(kind, ("fiubc", "numbers"))
    if array.dtype.kind not in letters:
        raise not_this(place, f"{words} {called(axes)} are", f"an array of {array.dtype}", f"give an array of {words}")
    if kind in (Float, Complex) and array.dtype.kind in "iu":
        array = array.astype(np.float64)
    fit(array.shape, axes, place)
    if array.size == 0:
        raise not_this(
            place, f"at least one entry {called(axes)} is", f"an empty array, {list(array.shape)}", "give some"
        )
    if array.dtype.kind in "fc":
        good = np.isfinite(array) if finite else ~np.isinf(array)
        if not good.all():
            found = f"{array.size - np.count_nonzero(good)} of {array.size} values that are {'NaN or ' if finite else ''}infinite"
            raise not_this(place, "finite numbers are", found, "leave these out, or mend what made them")
    return array


def _numbers(value: Any, axes: str, place: Place) -> Array:
    try:
        if isinstance(value, (np.ndarray, list, tuple)) or (
            hasattr(value, "__array__") and not isinstance(value, (np.generic, type))
        ):
            array = np.asarray(value)
            if array.dtype.kind in "fiubc":
                return array
    except (ValueError, TypeError, RuntimeError):
        pass
    found = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else f"{value!r}" if value is None or isinstance(value, (str, int, float)) else f"a {type(value).__name__}"  # fmt: skip
    raise not_this(place, f"an array of numbers {called(axes)} is", found, _attributes(value) or "give an array")


def _attributes(value: Any) -> str:
    """Where what was given holds arrays: their names."""
    held = [name for name, part in getattr(value, "__dict__", {}).items() if isinstance(part, np.ndarray)]
    return f"give one of its arrays: {', '.join(held)}" if held else ""


def fit(shape: tuple[int, ...], axes: str, place: Place) -> None:
    """Raise ``AtlasError`` unless ``shape`` has these ``axes``, of the sizes that they have elsewhere; new ones are entered."""
    named = _axes(axes)
    many = next((k for k, axis in enumerate(named) if axis[0] in "*."), -1)
    if len(shape) != len(named) if many < 0 else len(shape) < len(named) - 1:
        count = f"{len(named)}" if many < 0 else f"at least {len(named) - 1}"
        raise not_this(place, f"{count} axes {called(axes)} are", f"shape {list(shape)}", "arrange the array so")
    if many >= 0:
        end = len(shape) - (len(named) - 1 - many)
        parts: list[Any] = [*shape[:many], shape[many:end], *shape[end:]]
    else:
        parts = list(shape)
    for axis, size in zip(named, parts, strict=True):
        if axis in ("...", "_", "*_"):
            continue
        hold(size, axis, place, shape, axes)


def hold(size: Any, axis: str, place: Place, shape: tuple[int, ...] = (), axes: str = "...") -> None:
    """Raise ``AtlasError`` unless ``axis`` has the size that it has elsewhere in this call, which is entered if it is new."""
    wanted, where = (int(axis), "") if axis.isdigit() else place.sizes.setdefault(axis, (size, place.name))
    if wanted != size:
        of = f", as of {where}," if where and where != place.name else ""
        whole = f"; its axes are {called(axes)}, its shape {list(shape)}" if shape else ""
        raise not_this(place, f"{_said(wanted)} along the axis {axis!r}{of} are", f"{_said(size)}{whole}", "give what belongs together")  # fmt: skip


@cache
def _axes(axes: str) -> tuple[str, ...]:
    return tuple(axes.split())


def _said(size: Any) -> str:
    return f"{list(size)} entries" if isinstance(size, tuple) else f"{size} entries"


def called(axes: str) -> str:
    """Axes in a message."""
    return "" if axes == "..." else f"[{', '.join(axes.split())}]"


def not_this(place: Place, expected: str, found: str, remedy: str) -> AtlasError:
    """The error for what is not as expected."""
    return AtlasError(None, place.name, f"{expected.replace('  ', ' ')} expected, found {found}", remedy)
