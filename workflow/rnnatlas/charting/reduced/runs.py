"""A network's own way: noise-free runs of one member in float64, of any cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.dynamics.motion import Motion, motion_of, readout
from rnnatlas.networks.ensemble import Ensemble


class Runs:
    """Runs of one member. A *place* is what distances are taken between: rates of a rate cell, h of a GRU, (h, c) of an LSTM."""

    def __init__(self, ensemble: Ensemble, member: int) -> None:
        self.ensemble, self.member = ensemble, member
        self.width = ensemble.units * (2 if ensemble.cell.kind == "lstm" else 1)
        self._motions: dict[bytes, Motion] = {}

    def _motion(self, given: Array) -> Motion:
        key = np.ascontiguousarray(given, dtype=np.float64).tobytes()
        if key not in self._motions:
            self._motions[key] = motion_of(self.ensemble, self.member, given)
        return self._motions[key]

    def after(self, state: Float[Array, "state"], inputs: Float[Array, "time input"]) -> Float[Array, "state"]:
        """The state after these inputs."""
        for given in inputs:
            state = self._motion(given).step(state)
        return state

    def on(
        self, state: Float[Array, "state"], steps: int, during: Array | None = None, rest: float = 0.0
    ) -> Float[Array, "time state"]:
        """The states of ``steps`` steps at the constant input ``during`` (None: none); fewer where it comes to rest: to those before the first whose
        step, as a root mean square over the places, is below ``rest``."""
        motion, found = self._at_rest(during), np.empty((steps, self.width))
        place = None
        for step in range(steps):
            state = found[step] = motion.step(state)
            if rest > 0.0:
                before, place = place, self.places(state)
                if before is not None and float(np.sqrt(np.mean((place - before) ** 2))) < rest:
                    return found[: step - 1]
        return found

    def number(self, during: Array | None) -> int:
        """A number for each constant input that has been asked for."""
        motion = self._at_rest(during)
        return next(number for number, other in enumerate(self._motions.values()) if other is motion)

    def _at_rest(self, during: Array | None) -> Motion:
        return self._motion(np.zeros(self.ensemble.inputs) if during is None else during)

    def far_on(self, states: Float[Array, "run state"], steps: int, held: int) -> Float[Array, "run state"]:
        """Where many runs are after ``steps`` steps at the constant input of this number."""
        motion = list(self._motions.values())[held]
        for _ in range(steps):
            before, states = states, motion.step(states)
            if np.array_equal(before, states):
                break  # at rest to the last bit: it stays so
        return states

    def places(self, states: Float[Array, "*time state"]) -> Float[Array, "*time place"]:
        """What distances are taken between."""
        return np.tanh(states) if self.ensemble.cell.kind == "rate" else states

    def outputs(self, states: Float[Array, "*time state"]) -> Float[Array, "*time output"]:
        """Outputs at ``states``."""
        return np.asarray(readout(self.ensemble, self.member, states))

    def start(self) -> Float[Array, "state"]:
        """The state before a trial."""
        return np.zeros(self.width)


def speeds(places: Float[Array, "time place"]) -> Float[Array, "time"]:
    """Length of each step, the last one's twice."""
    length: Any = np.linalg.norm(np.diff(places, axis=0), axis=1)
    return np.append(length, length[-1:]) if len(places) > 1 else np.zeros(len(places))
