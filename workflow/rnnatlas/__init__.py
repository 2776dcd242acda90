"""rnn-atlas: train recurrent networks, find the solutions that training never finds, chart them all.

Submodules load on first use (PEP 562), so that ``import rnnatlas`` costs nothing and a figure never pays for
the training engine.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_SUBMODULES = (
    "artifacts",
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


def __getattr__(name: str) -> ModuleType:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_SUBMODULES, "__version__"])
