"""Figures, one module each, drawn from aggregated data alone."""

import os
from importlib.util import find_spec

from rnnatlas._lazy import front_door

__getattr__, __dir__ = front_door(__name__, {"FIGURES": "catalogue", "figure_name": "catalogue"})


def _importable(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:
        return False


# A process inherits MPLBACKEND from the notebook that it was started from. A backend that is not installed here would stop
# Matplotlib's import; figures need none.
if (_backend := os.environ.get("MPLBACKEND", "")).startswith("module://") and not _importable(_backend[9:]):
    os.environ["MPLBACKEND"] = "agg"
