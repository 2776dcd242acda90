"""Trial sets as artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import TRIALS
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.trials import Trials

_PLAIN = ("inputs", "targets", "weight", "judged", "length")


def write_trials(path: str | Path, trials: Trials, cfg: dict[str, Any], producer: str) -> None:
    """Write a trial set."""
    data = {name: getattr(trials, name) for name in _PLAIN}
    data |= {f"epochs/{name}": array for name, array in trials.epochs.items()}
    data |= {f"conditions/{name}": array for name, array in trials.conditions.items()}
    write_artifact(path, TRIALS, data, cfg, producer)


def read_trials(path: str | Path) -> Trials:
    """Read a trial set; raises ``AtlasError`` if the file is not one, or its inputs or targets are not finite."""
    data = read_artifact(path, TRIALS).data
    for name in ("inputs", "targets", "weight"):
        if not np.isfinite(data[name]).all():
            raise AtlasError(path, name, "finite numbers are expected, found NaN or infinity", TRIALS.remedy)

    def group(name: str) -> dict[str, Any]:
        return {key.removeprefix(f"{name}/"): array for key, array in data.items() if key.startswith(f"{name}/")}

    return Trials(**{name: data[name] for name in _PLAIN}, epochs=group("epochs"), conditions=group("conditions"))
