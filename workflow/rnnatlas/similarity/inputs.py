"""What every measure of this package asks of its input, checked in one place."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError

ROUNDING = 1e-13  # relative size under which a float64 difference of two arrays is taken for zero


def paired_samples(
    x: Float[Array, "sample_x unit_x"], y: Float[Array, "sample_y unit_y"]
) -> tuple[Float[Array, "sample_x unit_x"], Float[Array, "sample_y unit_y"]]:
    """Both in float64, after a check that row k of each belongs to the same sample and that every entry is finite."""
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y):
        raise AtlasError(
            None,
            None,
            f"two arrays [sample, unit] with the same samples were expected, their shapes are {x.shape} and {y.shape}",
            "simulate both networks on the same trials, then rates.reshape(-1, units)",
        )
    refuse_nonfinite(x)
    refuse_nonfinite(y)
    return x.astype(np.float64), y.astype(np.float64)


def refuse_nonfinite(values: Float[Array, "..."]) -> None:
    """Raise for NaN and infinity: one of them in a Gram matrix spoils every entry of a result."""
    bad = values.size - np.count_nonzero(np.isfinite(values))
    if bad:
        raise AtlasError(
            None,
            None,
            f"finite rates were expected, {bad} of {values.size} values are NaN or infinite",
            "leave diverged networks and unrecorded time steps out before comparing",
        )


def centred(x: Float[Array, "sample unit"]) -> Float[Array, "sample unit"]:
    """Each unit's mean over samples taken away; zeros, not rounding noise, where nothing else is left."""
    deviation = x - x.mean(axis=0)
    return deviation * (np.linalg.norm(deviation) > ROUNDING * np.linalg.norm(x))
