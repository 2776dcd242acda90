"""What linear predictivity keeps of a network: rates as source and as target, whole or in the null space of its readout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.deflation.null_space import project
from rnnatlas.similarity.regression import predictivity_matrix
from rnnatlas.similarity.ridge_path import Split
from rnnatlas.similarity.systems import Splits


class Predictive(NamedTuple):
    """A network as source of a linear map, and as its target; the map's ridge."""

    source: Split
    target: Split
    ridge: float


def rates_as_they_are(system: Splits) -> Predictive:
    """All of a network's activity."""
    return Predictive(system.source, system.target, system.ridge)


def rates_in_null_space(system: Splits) -> Predictive:
    """What the network's own readout does not see (INSD, key design 1)."""
    source, target = (
        Split(*(project(rates, system.readout) for rates in split)) for split in (system.source, system.target)
    )
    return Predictive(source, target, system.ridge)


def predictivity(described: Sequence[Predictive], targets: int, center: bool) -> Float[Array, "source target"]:
    """Held-out R² of every network by every other: maps from noisy sources to clean targets, fitted on one set of trials and scored
    on another."""
    train, test = ([one.source[k] for one in described] for k in range(2))
    goals = tuple([one.target[k] for one in described[:targets]] for k in range(2))
    return predictivity_matrix(train, test, described[0].ridge, center, (goals[0], goals[1]))


def of_pair(a: Predictive, b: Predictive, center: bool) -> float:
    """``predictivity`` of b by a."""
    found = predictivity_matrix([a.source.fit], [a.source.score], a.ridge, center, ([b.target.fit], [b.target.score]))
    return float(np.squeeze(found))
