"""The limit sets that runs were found to end in, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.exponents import point_exponent
from rnnatlas.dynamics.motion import Motion
from rnnatlas.dynamics.recurrence import extent, is_steady, orbit, orbit_distance

Kind = Literal["fixed point", "limit cycle", "torus", "chaos"]
NEAR = 0.05  # a slow run has arrived if a root lies within this many state spreads
NEWTON = 50  # steps, at most, to that root
ROOT = 1e-10  # speed at a root, in state spreads per unit of time
ALIKE = 0.02  # distance of two samples of one closed orbit, in units of its extent
SAME_PERIOD = 0.01  # relative difference of the periods of one closed orbit
SAME_MEAN = (
    0.05  # distance of the means of two runs on one torus or chaotic set, in units of their extent, beside its error
)
SAME_EXTENT = 0.3  # relative difference of their extents
MOVED_ON = 0.5  # a path whose halves have means farther apart than twice this, in units of its extent, is in no set yet


@dataclass(frozen=True)
class LimitSet:
    """Where runs end: a state in it, the mean and the range of the readout over it, the period of a cycle in units of time (τ; else
    NaN), the largest Lyapunov exponent per unit of time and its standard error (0 at a point)."""

    kind: Kind
    state: Float[Array, "state"]
    output: Float[Array, "output"]
    range: Float[Array, "output"]
    period: float
    exponent: float
    error: float

    def __repr__(self) -> str:
        period = f", period {self.period:.3g}" if np.isfinite(self.period) else ""
        return (
            f"LimitSet({self.kind}{period}, exponent {self.exponent:.3g}, output {np.round(self.output, 3).tolist()})"
        )


class Irregular:
    """What is kept of a run on a torus or a chaotic set: statistics of its path [time, state] and of its readout."""

    def __init__(self, run: int, path: Array, output: Array, exponent: float, error: float) -> None:
        self.run, self.exponent, self.error = run, exponent, error
        self.mean, self.extent, self.steady, self.last = path.mean(0), extent(path), is_steady(path), path[-1].copy()
        half = len(path) // 2
        self.doubt = float(np.linalg.norm(path[:half].mean(0) - path[half:].mean(0))) / 2.0  # error of the mean
        self.settled = self.doubt <= MOVED_ON * self.extent
        self.output, self.low, self.high = output.mean(0), output.min(0), output.max(0)

    def like(self, other: Irregular) -> bool:
        """Whether the two runs have the same mean and extent, as far as finite runs tell."""
        near = SAME_MEAN * other.extent + 2.0 * np.hypot(self.doubt, other.doubt)
        apart = np.linalg.norm(self.mean - other.mean)
        return bool(apart <= near and abs(self.extent / other.extent - 1.0) <= SAME_EXTENT)


class FoundSets:
    """The limit sets of one motion so far (``sets``); each method returns rows of it, or −1. ``read`` gives outputs of states."""

    def __init__(
        self, motion: Motion, read: Callable[[Array], Array], spread: float, settings: LimitSetSettings
    ) -> None:
        self.motion, self.read, self.spread, self.settings = motion, read, spread, settings
        self.sets: list[LimitSet] = []
        self._orbits: dict[int, Array] = {}
        self._irregular: dict[int, Irregular] = {}

    def _add(self, kind: Kind, state: Array, outputs: Array, period: float, exponent: float, error: float) -> int:
        self.sets.append(
            LimitSet(kind, state.copy(), outputs.mean(0), np.ptp(outputs, axis=0), period, exponent, error)
        )
        return len(self.sets) - 1

    def points(self, states: Float[Array, "run state"], attracting: float) -> Int[Array, "run"]:
        """The fixed point that each state has come to; −1 for one that moves, or where an exponent is not below ``attracting``."""
        run = np.full(len(states), -1)
        speed = np.linalg.norm(self.motion.flow(states), axis=1)
        for k in np.flatnonzero(speed <= self.settings.rest * self.spread):
            known = self._known_point(states[k])
            if known < 0:
                root = self._root_near(states[k])
                if root is not None:
                    known = self._known_point(root)
                    if known < 0 and (exponent := point_exponent(self.motion, root)) < attracting:
                        known = self._add("fixed point", root, self.read(root[None]), np.nan, exponent, 0.0)
            run[k] = known
        return run

    def _known_point(self, state: Array) -> int:
        for number, old in enumerate(self.sets):
            if old.kind == "fixed point" and np.linalg.norm(old.state - state) <= self.settings.same * self.spread:
                return number
        return -1

    def _root_near(self, state: Array) -> Array | None:
        """The root that a slow run approaches, by damped Newton steps as in ``newton.minimise_speed``; None if there is none near."""
        x, flow = state, self.motion.flow(state)
        eye = np.eye(len(x))
        for _ in range(NEWTON):
            if np.linalg.norm(flow) <= ROOT * self.spread:
                break
            a = self.motion.jacobian(x)
            step = np.linalg.solve(a @ a.T + (0.01 * flow @ flow + 1e-15) * eye, -(a @ flow))
            trial = self.motion.flow(x + step)
            if np.linalg.norm(trial) >= np.linalg.norm(flow):
                return None
            x, flow = x + step, trial
        at_root = np.linalg.norm(flow) <= ROOT * self.spread
        return x if at_root and np.linalg.norm(x - state) <= NEAR * self.spread else None

    def cycle(self, path: Float[Array, "time state"], steps: float, exponent: float, error: float) -> int:
        """The limit cycle of a path with a period of ``steps``."""
        turn = path[2 : 2 + int(np.ceil(steps))]
        time = steps * self.motion.alpha
        for number, points in self._orbits.items():
            if abs(time / self.sets[number].period - 1.0) <= SAME_PERIOD:
                # Between the points of an orbit lies half a gap at most.
                gap = np.median(np.linalg.norm(np.diff(points, axis=0), axis=1)) if len(points) > 2 * steps else 0.0
                if orbit_distance(turn, points) <= ALIKE * extent(turn) + 0.5 * gap:
                    return number
        points = orbit(path, steps)
        number = self._add("limit cycle", path[-1], self.read(points), time, exponent, error)
        self._orbits[number] = points
        return number

    def irregular(self, runs: list[Irregular]) -> dict[int, int]:
        """Sets of runs that neither rest nor return, by their numbers: those alike are one set, whose exponent is the mean of theirs."""
        found: dict[int, int] = {}
        left: list[Irregular] = []
        for one in runs:
            number = next((number for number, old in self._irregular.items() if one.like(old)), -1)
            if number >= 0:
                found[one.run] = number
            else:
                left.append(one)
        # A group forms around a run that is chaotic by itself, or steady; what drifts, or leaves a saddle, founds none.
        seeds = [one for one in left if one.steady or (one.settled and self._chaotic(one.exponent, one.error))]
        for seed in sorted(seeds, key=lambda one: not one.steady):
            group = [one for one in left if one.run not in found and (one is seed or one.like(seed))]
            if seed.run in found or not group:
                continue
            exponent = float(np.mean([one.exponent for one in group]))
            error = float(np.sqrt(np.sum([one.error**2 for one in group])) / len(group))
            if self._chaotic(exponent, error):
                kind: Kind = "chaos"
            elif abs(exponent) < self.settings.zero and seed.steady:
                kind = "torus"
            else:
                continue
            output = np.mean([one.output for one in group], axis=0)
            span = np.max([one.high for one in group], axis=0) - np.min([one.low for one in group], axis=0)
            self.sets.append(LimitSet(kind, seed.last, output, span, np.nan, exponent, error))
            self._irregular[len(self.sets) - 1] = seed
            found |= {one.run: len(self.sets) - 1 for one in group}
        return found

    def _chaotic(self, exponent: float, error: float) -> bool:
        return exponent >= self.settings.zero and exponent > 2.0 * error
