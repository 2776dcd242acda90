"""Rates and outputs of an ensemble."""

from __future__ import annotations

from rnnatlas.arrays import Array, Float, NotNegative
from rnnatlas.engine.interface import Engine, Rollout
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.inputs import broadcast_inputs
from rnnatlas.simulation.noise import shared_noise


def roll_out(
    ensemble: Ensemble,
    inputs: Float[Array, "*member trial time input"],
    noise: NotNegative | None,
    stream: tuple[int | str, ...],
    engine: Engine,
) -> Rollout:
    """Rates and outputs of every member on shared inputs, under common private noise."""
    inputs = broadcast_inputs(ensemble, inputs)
    return engine.roll_out(ensemble.parameters, ensemble.cell, inputs, shared_noise(ensemble, noise, *stream))
