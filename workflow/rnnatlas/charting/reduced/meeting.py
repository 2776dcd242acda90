"""Where one trajectory comes to run along another."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.charting.reduced.runs import speeds
from rnnatlas.config.reduced import ReducedSettings


class Way(NamedTuple):
    """A trajectory as it is compared: its places, and its outputs."""

    places: Float[Array, "time place"]
    outputs: Float[Array, "time output"]


class Meeting(NamedTuple):
    """The step of the old way at which the new one's step meets it."""

    old: int
    new: int


def meeting(old: Way, new: Way, own: ReducedSettings) -> Meeting | None:
    """From where on ``new`` runs along ``old``; None if it does not.

    Two places are as far apart as their distance is to the mean length of their steps, and no nearer than any pair that follows
    them in step, until either way ends. Of each step of ``new`` the nearest place of ``old`` is taken if it is within ``joined``; the two ways run together at the shift between them that
    most of these agree on. They meet at the first pair of that shift from which on outputs agree as well, to ``same_output``.
    """
    distance = cdist(old.places, new.places)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = 2.0 * distance / (speeds(old.places)[:, None] + speeds(new.places)[None, :])
    relative[distance <= own.same_place] = 0.0
    apart = _worst_from_here(relative)
    nearest = apart.argmin(0)
    steps = np.arange(len(new.places))
    best = apart[nearest, steps]
    near = np.flatnonzero(best < own.joined)
    if near.size == 0:
        return None
    touching = near[best[near] == 0.0]
    near = near[near <= touching[0]] if touching.size else near  # once they are one, nothing later counts
    shifts = (steps[near] - nearest[near]).tolist()
    ranked = Counter(shifts).most_common(2)
    most = ranked[0][1]
    if most <= own.agreeing and abs(len(old.places) - len(new.places)) >= own.alike_length:
        return None
    clear = len(ranked) == 2 and most > own.majority * ranked[1][1]
    shift = ranked[0][0] if clear else shifts[-1]
    return _first_alike(apart < own.joined, old, new, shift, own.same_output)


def _worst_from_here(apart: Float[Array, "old new"]) -> Float[Array, "old new"]:
    """Each value, or the largest one down its diagonal where that is larger."""
    worst = apart.copy()
    for row in range(len(worst) - 2, -1, -1):
        np.maximum(worst[row, :-1], worst[row + 1, 1:], out=worst[row, :-1])
    return worst


def _first_alike(near: Bool[Array, "old new"], old: Way, new: Way, shift: int, tolerance: float) -> Meeting | None:
    """The first pair of this shift (new minus old) that is near, and from which on outputs are alike."""
    step = np.arange(max(0, shift), min(near.shape[1], near.shape[0] + shift))
    alike = np.abs(old.outputs[step - shift] - new.outputs[step]).max(1) <= tolerance
    from_here = np.logical_and.accumulate(alike[::-1])[::-1]
    together = np.flatnonzero(near[step - shift, step])
    both = np.flatnonzero(from_here & (np.arange(len(step)) >= together.min(initial=len(step))))
    if both.size == 0:
        return None
    at = int(step[both[0]])
    return Meeting(at - shift, at)
