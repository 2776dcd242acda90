"""rnn-atlas: train recurrent networks, find the solutions that training never finds, chart them all.

Submodules and the few functions that a notebook begins with load on first use (PEP 562), so that ``import rnnatlas`` costs nothing
and a figure never pays for the training engine.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_SUBMODULES = (
    "analysis",
    "artifacts",
    "charting",
    "claims",
    "config",
    "decoding",
    "deflation",
    "dynamics",
    "engine",
    "errors",
    "figures",
    "generalisation",
    "networks",
    "provenance",
    "similarity",
    "simulation",
    "streams",
    "tasks",
    "training",
)
# What a notebook begins with, and the package that has it; docs/functions.md has the rest.
_NAMES = {
    "Ensemble": "networks",
    "analyse": "analysis",
    "get_task": "tasks",
    "train": "training",
    "find_fixed_points": "dynamics",
    "limit_sets": "dynamics",
    "dsa": "similarity",
}


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has: {', '.join(__dir__())}")


def __dir__() -> list[str]:
    return sorted([*_SUBMODULES, *_NAMES, "__version__"])
