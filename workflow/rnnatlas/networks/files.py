"""Ensembles as artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.ensemble import ChainRecord, Ensemble, TrainingRecord
from rnnatlas.networks.parameters import Parameters


def write_ensemble(
    path: str | Path, ensemble: Ensemble, cfg: dict[str, Any], producer: str, engine: str = "none"
) -> None:
    """Write an ensemble with its training record; ``engine`` names what computed it."""
    groups = {"weights": ensemble.parameters, "training": ensemble.training, "chain": ensemble.chain}
    data = {
        f"{group}/{name}": array for group, record in groups.items() if record is not None for name, array in vars(record).items()
    }  # fmt: skip
    cell = ensemble.cell
    attributes = {
        "cell": cell.kind,
        "alpha": cell.alpha,
        "noise": cell.noise,
        "gates": GATES[cell.kind],
        "engine": engine,
    }
    write_artifact(path, NETWORKS, data, cfg, producer, attributes)


def stored_cell(path: str | Path) -> str:
    """The kind of cell of a networks file, without reading its networks; "rate" where the file does not say, which is found when
    it is read."""
    try:
        with h5py.File(path) as file:
            return str(file.attrs.get("cell", "rate"))
    except OSError:
        return "rate"


def read_ensemble(path: str | Path) -> Ensemble:
    """Read an ensemble; raises ``AtlasError`` for a damaged or foreign file, or weights that are not finite."""
    artifact = read_artifact(path, NETWORKS)

    def group(name: str, kind: type) -> Any:
        found = {k.removeprefix(f"{name}/"): v for k, v in artifact.data.items() if k.startswith(f"{name}/")}
        return kind(**found) if found else None

    parameters: Parameters = group("weights", Parameters)
    for name, array in vars(parameters).items():
        if not np.all(np.isfinite(array)):
            raise AtlasError(
                path, f"weights/{name}", "finite numbers are expected, found NaN or infinity", NETWORKS.remedy
            )
    missing = [name for name in ("alpha", "noise", "cell") if name not in artifact.attributes]
    if missing:
        raise AtlasError(path, f"attribute {missing[0]}", "this attribute is missing", NETWORKS.remedy)
    attributes = artifact.attributes
    try:
        cell = Cell(float(attributes["alpha"]), float(attributes["noise"]), str(attributes["cell"]))
    except AtlasError as error:
        raise AtlasError(path, f"attribute {error.key}", error.expected, NETWORKS.remedy) from error
    units, inputs = parameters.recurrent.shape[1], parameters.input.shape[1]
    shapes = {
        "recurrent": (units, GATES[cell.kind] * units),
        "input": (inputs, GATES[cell.kind] * units),
        "bias": (BIASES[cell.kind] * units,),
    }
    for name, shape in shapes.items():
        found = getattr(parameters, name).shape[1:]
        if found != shape:
            raise AtlasError(path, f"weights/{name}", f"[member, {', '.join(map(str, shape))}] is expected for {units} units and the cell {cell.kind!r}, found [member, {', '.join(map(str, found))}]", NETWORKS.remedy)  # fmt: skip
    return Ensemble(parameters, cell, group("training", TrainingRecord), group("chain", ChainRecord))
