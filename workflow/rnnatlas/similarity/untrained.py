"""Untrained networks, the benchmark of what any reservoir would show."""

from __future__ import annotations

from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise

UNTRAINED = 3  # networks, whose median is reported


def untrained_networks(like: Ensemble, seed: int, count: int = UNTRAINED) -> Ensemble:
    """``count`` untrained networks of g = 1 with the shape and cell of ``like``, the same in every analysis of a study."""
    members, stream = list(range(count)), (seed, "untrained benchmark")
    return initialise(members, like.units, like.inputs, like.outputs, 1.0, like.cell, stream)
