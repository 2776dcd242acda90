"""The default study: both papers' tasks at full length on two cores in hours. Values that differ by task stand here."""

from __future__ import annotations

from typing import Any

# How networks are trained, standard and alternative alike: docs/recipe.md tells what was searched, and on what. What the recipe shares are
# the models' own defaults. The paper does not give its settings; those of the first version of this study are in
# config/presets/first_recipe.yaml.
LATE: dict[str, Any] = {"late_time_steps": [1.0, 0.5, 0.25], "late": 0.25}


def _training(learning_rate: float, warm_up: int, steps: int, acceptance: float) -> dict[str, Any]:
    return {"learning_rate": learning_rate, "warm_up": warm_up, "steps": steps, "acceptance": acceptance}


TASKS: dict[str, Any] = {
    "context_integration": {
        "network": {"units": 96},
        "training": _training(0.016, 100, 600, 0.93),
        "deflation": {
            "strength": 0.6,
            "falls": 0.5,
            "last": 0.05,
            "ridge": 1e-4,
            "tolerance": 0.012,
            "training": _training(0.016, 100, 2400, 0.88) | LATE,
        },
        "hard": {"load": [0.5, 1.0, 2.0]},
    },
    "flip_flop": {
        "network": {"units": 64},
        "training": _training(0.02, 200, 1600, 0.97),
        "deflation": {
            "strength": 0.5,
            "stride": 1,
            "ridge": 1e-3,
            "tolerance": 0.08,
            "training": _training(0.025, 200, 1600, 0.95),
        },
        "hard": {"load": [1.0, 2.0, 4.0]},
    },
    "memory_pro": {
        "network": {"units": 96},
        "training": _training(0.016, 100, 600, 0.95),
        "deflation": {
            "strength": 0.15,
            "full": 0.4,
            "falls": 0.65,
            "last": 0.1,
            "ridge": 1e-4,
            "tolerance": 0.005,
            "stride": 3,
            "training": _training(0.012, 100, 4000, 0.9) | LATE,
        },
        "hard": {"load": [0.125, 0.5, 1.0, 2.0]},
    },
}


def _charted(trials: str | int, weights: str = "uniform", epochs: int = 3000) -> dict[str, Any]:
    """A task of the second paper: vanilla networks of one step a time constant, without noise, and plain Adam on a fixed set of trials. How weights
    begin and how long networks learn: docs/charting.md."""
    training = {
        "trials": trials, "epochs": epochs, "stop": 1e-4, "accepted_loss": 2e-4, "attempts": 3, "batch": 32, "optimiser": "adam",
        "learning_rate": 1e-3, "warm_up": 0, "final_rate": 1.0, "beta2": 0.999, "clip": 0.02, "time_steps": [1.0], "acceptance": 0.0,
    }  # fmt: skip
    return {"network": {"units": 30, "tau": 20.0, "noise": 0.0, "weights": weights}, "training": training}


CHARTED_TASKS: dict[str, Any] = {
    "delayed_discrimination": _charted("complete"),
    "interval_discrimination": _charted("complete", "normal"),
    "interval_reproduction": _charted(128, epochs=10_000),
}

DEFAULT: dict[str, Any] = {"run": "default", "tasks": list(TASKS), "task": TASKS | CHARTED_TASKS}
