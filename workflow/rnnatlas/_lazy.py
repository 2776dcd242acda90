"""A package's front door: public names that load their module only when they are asked for (PEP 562).

Functions come out of it ``checked``: what they are given is held to their annotations. Library code imports from the modules
themselves, and calls them as they are.
"""

from collections.abc import Callable
from importlib import import_module
from types import FunctionType
from typing import Any


def front_door(package: str, homes: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` for ``package``, whose public name ``n`` lives in ``package.homes[n]``; "." says that it is a package
    within, with a front door of its own."""

    def get(name: str) -> Any:
        if homes.get(name) == ".":
            return import_module(f"{package}.{name}")
        if name in homes:
            found = getattr(import_module(f"{package}.{homes[name]}"), name)
            if not isinstance(found, FunctionType):
                return found
            from rnnatlas.checks.arguments import checked

            return checked(found, package)
        raise AttributeError(f"module {package!r} has no attribute {name!r}; it has: {', '.join(sorted(homes))}")

    return get, lambda: sorted(homes)
