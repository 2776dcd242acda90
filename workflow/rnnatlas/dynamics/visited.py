"""The states that a network visits, from which searches start and against which points are counted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.states import simulate
from rnnatlas.tasks.trials import Trials


class VisitedStates(NamedTuple):
    """States of one member on a trial set, without noise, and their spread √⟨|x − ⟨x⟩|²⟩."""

    states: Float[Array, "sample state"]
    spread: float

    @property
    def axes(self) -> dict[str, int]:
        """The axes that arrays given beside these states must fit."""
        return {"state": self.states.shape[1]}

    def starts(self, count: int, rng: np.random.Generator) -> Float[Array, "start state"]:
        """``count`` of the states, drawn without replacement (all of them if there are fewer)."""
        chosen = rng.permutation(len(self.states))[:count]
        return self.states[np.sort(chosen)]


def visited_states(ensemble: Ensemble, member: int, trials: Trials) -> VisitedStates:
    """States of ``member`` on ``trials`` (all steps within the trials), in float64, without private noise."""
    run = simulate(ensemble[member], trials.inputs, noise=0.0)
    states = run.states[0][trials.valid()].astype(np.float64)
    return VisitedStates(states, state_spread(states))


def state_spread(states: Float[Array, "sample state"]) -> float:
    """``√⟨|x − ⟨x⟩|²⟩``, the unit of distances between states; 1 for states that are all the same."""
    return float(np.sqrt(np.mean(np.sum((states - states.mean(0)) ** 2, axis=1)))) or 1.0
