"""One network's activity, as measures are given it."""

from __future__ import annotations

from typing import NamedTuple

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.similarity.ridge_path import Split


class Samples(NamedTuple):
    """Of ``measures.h5``: rates without private noise at the same samples (steps within trials) for every network; ``few`` are the
    rows that enter dissimilarities, whose number is squared."""

    rates: Float[Array, "sample unit"]
    few: Int[Array, "rdm_sample"]


class Runs(NamedTuple):
    """Of ``embedding.h5``: rates without private noise on the same trials, which end at ``length``; and the settings of DSA."""

    rates: Float[Array, "trial time unit"]
    length: Int[Array, "trial"]
    delays: int
    rank: int


class Splits(NamedTuple):
    """Of ``similarity.h5``: rates on the trials that maps are fitted on and on those that they are scored on, as a source (with
    private noise) and as a target (without); the network's readout, and the ridge."""

    source: Split
    target: Split
    readout: Float[Array, "unit output"]
    ridge: float
