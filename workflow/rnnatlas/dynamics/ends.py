"""What noise-free runs end in: fixed points, limit cycles, tori, chaos."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.exponents import lyapunov_exponents
from rnnatlas.dynamics.found_sets import FoundSets, Irregular, LimitSet
from rnnatlas.dynamics.motion import Motion
from rnnatlas.dynamics.recurrence import extent, period
from rnnatlas.errors import AtlasError

CHECKS = 10  # times in half a duration at which runs are looked at for rest
TURNING = 0.2  # share of the other half in which perturbations turn into the leading direction
TOGETHER = 32  # runs measured at once, which bounds the memory for their paths


class Ends(NamedTuple):
    """The limit sets in the order in which runs were found in them, and for each run its set, −1 where none was told apart."""

    sets: list[LimitSet]
    run: Int[Array, "run"]

    def __repr__(self) -> str:
        rows = [f"{np.sum(self.run == k)} runs: {found!r}" for k, found in enumerate(self.sets)]
        return "\n".join([f"Ends of {len(self.run)} runs in {len(self.sets)} limit sets", *rows])


def find_limit_sets(
    motion: Motion,
    read: Callable[[Array], Array],
    starts: Float[Array, "run state"],
    spread: float,
    settings: LimitSetSettings,
    rng: np.random.Generator,
) -> Ends:
    """Follow noise-free runs from ``starts`` and tell apart what they end in.

    ``read`` gives the outputs of states, ``spread`` is the RMS spread of the visited states. After half of ``settings.duration`` a
    run is either at rest (and followed no further) or measured over the other half: its largest Lyapunov exponent, and its path over
    the last two fifths of the duration. It ends in

    - a *fixed point* if it is slower than ``rest`` spreads per unit of time, and a root lies within 0.05 spreads at which every
      exponent is negative (after a whole duration, so that a continuum of neutral points counts: below one e-fold a duration);
    - *chaos* if its exponent is at least ``zero`` and beyond two standard errors;
    - a *limit cycle* if its state returns (see ``recurrence.period``);
    - a *torus* if its exponent is below ``zero`` in size, its state does not return exactly, and it does not drift either.

    Other runs go on for as long again, up to ``rounds`` durations in all. Two runs end in the same fixed point within ``same``
    spreads, and in the same cycle if periods agree to 1 % and orbits lie within 2 % of their extent. Runs on tori and in chaos are in
    the same set if the means of their paths agree to 5 % of the extent and twice their error (from the difference between halves), and
    extents to 30 %: statistics of finite runs, which cannot tell apart sets that overlap so far; the set's exponent is their mean. Raises ``AtlasError`` if a start
    is not finite.
    """
    if not np.all(np.isfinite(starts)):
        raise AtlasError(
            None, "starts", "finite states are expected, found NaN or infinity", "check the network's weights"
        )
    found = FoundSets(motion, read, spread, settings)
    state = np.array(starts, dtype=np.float64)
    run = np.full(len(state), -1)
    half = max(CHECKS, round(settings.duration / motion.alpha / 2))
    for _ in range(settings.rounds):
        (left,) = np.nonzero(run < 0)
        if left.size == 0:
            break
        for _ in range(CHECKS):
            now = state[left]
            for _ in range(half // CHECKS):
                now = motion.step(now)
            state[left], run[left] = now, found.points(now, attracting=0.0)
            left = left[run[left] < 0]
            if left.size == 0:
                return Ends(found.sets, run)
        irregular: list[Irregular] = []
        for some in np.split(left, range(TOGETHER, len(left), TOGETHER)):
            irregular += _measure(some, state, run, half, found, rng)
        for number, its in found.irregular(irregular).items():
            run[number] = its
    return Ends(found.sets, run)


def _measure(
    some: Int[Array, "some"],
    state: Float[Array, "run state"],
    run: Int[Array, "run"],
    half: int,
    found: FoundSets,
    rng: np.random.Generator,
) -> list[Irregular]:
    """Take ``some`` of the runs half a duration further, in place; returns those that came neither to a point nor to a cycle."""
    settings = found.settings
    settle = int(half * TURNING)
    path: list[Array] = []
    measured = lyapunov_exponents(
        found.motion, state[some], half - settle, rng, 1, settle, settings.blocks, watch=path.append
    )
    state[some], run[some] = measured.state, found.points(measured.state, attracting=1.0 / settings.duration)
    paths = np.stack(path, axis=1)
    irregular: list[Irregular] = []
    for k in np.flatnonzero(run[some] < 0):
        if extent(paths[k]) <= settings.same * found.spread:
            continue  # at rest where it cannot stay, as on a saddle
        exponent, error = float(measured.value[k, 0]), float(measured.error[k, 0])
        chaotic = exponent >= settings.zero and exponent > 2.0 * error
        steps = np.nan if chaotic else period(paths[k], settings.recurrence)
        if np.isfinite(steps):
            run[some[k]] = found.cycle(paths[k], steps, exponent, error)
        else:
            irregular.append(Irregular(int(some[k]), paths[k], found.read(paths[k]), exponent, error))
    return irregular
