"""Inputs as an engine takes them."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble


def broadcast_inputs(
    ensemble: Ensemble, inputs: Float[Array, "*member trial time input"]
) -> Float[Array, "member trial time input"]:
    """``inputs`` with a member axis; raises ``AtlasError`` where they do not fit the ensemble."""
    if inputs.ndim == 3:
        inputs = np.broadcast_to(inputs, (ensemble.members, *inputs.shape))
    if inputs.ndim != 4 or inputs.shape[0] != ensemble.members or inputs.shape[-1] != ensemble.inputs:
        raise AtlasError(
            None,
            "inputs",
            f"[trial, time, {ensemble.inputs}] or [{ensemble.members}, trial, time, {ensemble.inputs}] is expected, "
            f"found {list(inputs.shape)}",
            "give one row of inputs a time step, in the order in which the task lists them",
        )
    return inputs
