"""The default study: both papers' tasks at full length on two cores in hours. Values that differ by task stand here."""

from __future__ import annotations

from typing import Any

# How networks are trained, standard and alternative alike: docs/recipe.md tells what was searched, and on what. The paper does not give
# its own settings; those of the first version of this study are in config/presets/first_recipe.yaml.
RECIPE: dict[str, Any] = {"optimiser": "muon", "beta2": 0.99, "batch": 32, "time_steps": [1.0, 0.5]}


def _recipe(learning_rate: float, warm_up: int, steps: int, acceptance: float) -> dict[str, Any]:
    return RECIPE | {"learning_rate": learning_rate, "warm_up": warm_up, "steps": steps, "acceptance": acceptance}


TASKS: dict[str, Any] = {
    "context_integration": {
        "network": {"units": 96},
        "training": _recipe(0.016, 100, 600, 0.93),
        "deflation": {
            "strength": 0.5,
            "ridge": 1e-4,
            "tolerance": 0.012,
            "stride": 2,
            "combine": 4.0,
            "training": _recipe(0.016, 100, 2000, 0.88),
        },
        "hard": {"load": [0.5, 1.0, 2.0]},
    },
    "flip_flop": {
        "network": {"units": 64},
        "training": _recipe(0.02, 200, 800, 0.97),
        "deflation": {
            "strength": 0.3,
            "ridge": 1e-3,
            "tolerance": 0.08,
            "combine": 4.0,
            "training": _recipe(0.02, 200, 2000, 0.95),
        },
        "hard": {"load": [1.0, 2.0, 4.0]},
    },
    "memory_pro": {
        "network": {"units": 96},
        "training": _recipe(0.016, 100, 600, 0.95),
        "deflation": {
            "strength": 0.2,
            "initial": 0.2,
            "tolerance": 0.02,
            "final_tolerance": 0.005,
            "adaptation": 0.004,
            "retreat": 2.0,
            "floor": 0.02,
            "begins": 0.05,
            "full": 0.15,
            "ridge": 1e-4,
            "stride": 2,
            "combine": 4.0,
            "training": _recipe(0.016, 100, 2600, 0.9),
        },
        "hard": {"load": [0.125, 0.5, 1.0, 2.0]},
    },
}

DEFAULT: dict[str, Any] = {"run": "default", "tasks": list(TASKS), "task": TASKS}
