"""Valid fields of every public record of arrays."""

from __future__ import annotations

import numpy as np
from examples import FIELD, FOUND, LANDMARKS, NETWORKS, TRIALS, Example

RECORDS: dict[str, Example] = {
    "analysis.Summary": Example(
        lambda: (
            {"at": "silence", "similarity": np.eye(3)}
            | dict.fromkeys(("performance", "dimension", "stable", "unstable", "leading"), np.ones(3))
        )
    ),
    "dynamics.FixedPoints": Example(lambda: vars(FOUND)),
    "dynamics.RateField": Example(lambda: vars(FIELD)),
    "dynamics.Landmarks": Example(lambda: vars(LANDMARKS)),
    "dynamics.GatedField": Example(
        lambda: {"recurrent": np.ones((2, 6)), "drive": np.ones(6), "hidden_bias": np.ones(2), "alpha": 1.0}
    ),
    "generalisation.Contrast": Example(
        lambda: {"difference": np.ones(3), "low": np.ones(3), "high": np.ones(3), "drawn": np.ones((5, 3))}
    ),
    "generalisation.HardGrid": Example(
        lambda: {
            "performance": np.ones((2, 1, 3, 4)),
            "error": np.ones((2, 1, 3, 4)),
            "scores": [np.ones((2, 3, 4, 6))],
        }
    ),
    "networks.Cell": Example(lambda: {"alpha": 0.2, "noise": 0.1, "kind": "rate"}),
    "networks.Ensemble": Example(lambda: vars(NETWORKS)),
    "networks.Parameters": Example(lambda: vars(NETWORKS.parameters)),
    "networks.Trajectories": Example(lambda: vars(NETWORKS.simulate(TRIALS.inputs, engine="torch"))),
    "tasks.Trials": Example(lambda: vars(TRIALS)),
}
