"""Does a network of one's own do the task that it is to begin chains in? That its inputs and outputs are as many does not tell.

Its performance, without private noise, stands against that of its own outputs on other trials, dealt at random: what they have by
chance, whatever the task's measure. A network that is no better has nothing of the task that alternatives could do otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task

TRIALS, PERMUTATIONS, LIMIT = 128, 99, 0.05


class OwnPerformance(NamedTuple):
    """Performance of one network, the median of its outputs on other trials, and the share of such deals that do as well."""

    performance: float
    chance: float
    p: float

    @property
    def doubtful(self) -> bool:
        """No better than on other trials, or not defined."""
        return not self.p <= LIMIT

    def __str__(self) -> str:
        return f"performance {self.performance:.3f}, by chance {self.chance:.3f} (p = {self.p:.2f})"


def own_performance(networks: Ensemble, task: Task[Any], seed: int, engine: Engine) -> list[OwnPerformance]:
    """Of each of the ``networks``, on trials drawn for this alone; ``p`` is 1/(permutations + 1) at least."""
    trials = task.batch(TRIALS, generator(seed, "trials of own networks"))
    outputs = roll_out(networks, trials.inputs, 0.0, ("own performance",), engine).outputs
    rng = generator(seed, "chance of own networks")
    deals = np.stack([task.performance(outputs[:, rng.permutation(TRIALS)], trials) for _ in range(PERMUTATIONS)])
    found: list[OwnPerformance] = []
    for own, others in zip(task.performance(outputs, trials), deals.T, strict=True):
        p = (1 + np.count_nonzero(~(others < own))) / (PERMUTATIONS + 1)  # NaN is no better
        found.append(OwnPerformance(float(own), float(np.median(others)), float(p)))
    return found


def remarks(networks: Ensemble, found: list[OwnPerformance], task: Task[Any]) -> Iterator[str]:
    """What a user should know of networks that chains are to begin with, before anything stands on them."""
    for number, one in enumerate(found):
        if one.doubtful:
            yield f"network {number} does no better on {task.title} than its outputs on other trials: {one}; is it of this task?"
    if networks.cell.kind == "rate" and networks.cell.alpha >= 1.0:
        yield (
            f"these networks have no leak, so that their τ is a time step, {task.settings.dt:g} ms: exponents, periods and speeds in τ are "
            "not those of networks with another τ; DSA compares at equal time"
        )
