"""Features and types of others' networks: how well do the ones tell the others?"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.prediction import frequent, predict_types
from rnnatlas.errors import AtlasError

_REMEDY = "mend charting.compare_features (docs/charting.md says what such a file holds), or leave it empty"


def compared_features(file: Path, seed: int = 0) -> dict[str, Array]:
    """For each group of ``file`` with ``features [network, feature]`` and ``type [network]`` (0: of no type) the kappa of the paper's 50 splits. Raises ``AtlasError`` for a file that
    cannot be read, has no such group, or groups that do not fit."""
    names: list[str] = []
    rows: list[tuple[int, Array, float]] = []
    try:
        with h5py.File(file) as stored:
            for name, group in stored.items():
                if isinstance(group, h5py.Group) and {"features", "type"} <= set(group):
                    found, types = np.asarray(group["features"]), np.asarray(group["type"])
                    rows.append(_predicted(file, str(name), found, types, seed))
                    names.append(str(name))
    except OSError as error:
        raise AtlasError(file, None, f"an HDF5 file is expected: {error}", _REMEDY) from None
    if not rows:
        raise AtlasError(file, None, "groups with features and type are expected, found none", _REMEDY)
    networks, kappa, majority = (np.array(column) for column in zip(*rows, strict=True))
    return {"set": np.array(names), "networks": networks, "kappa": kappa, "majority": majority}


def _predicted(file: Path, name: str, features: Array, types: Array, seed: int) -> tuple[int, Array, float]:
    numbers = features.dtype.kind in "fiu" and types.dtype.kind in "fiu"
    if not numbers or features.ndim != 2 or types.shape != features.shape[:1]:
        raise AtlasError(file, name, f"features [network, feature] and type [network] are expected, found {list(features.shape)} and {list(types.shape)}", _REMEDY)  # fmt: skip
    whole = types.astype(int)
    counted = (whole > 0) & np.isfinite(features).all(1)
    features, whole = features[counted].astype(np.float64), whole[counted]
    often = frequent(whole)
    try:
        found = predict_types(features[often], whole[often], seed)
    except AtlasError as error:
        raise AtlasError(file, f"{name}/{error.key}", error.expected, _REMEDY) from None
    return int(often.sum()), found.kappa, found.majority
