"""Whether a trajectory comes round: in long ones by how often one lag recurs, in short ones by the autocorrelation of their first component."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from scipy.signal import find_peaks
from scipy.spatial.distance import cdist

from rnnatlas.arrays import Array, Float
from rnnatlas.charting.reduced.runs import speeds
from rnnatlas.config.reduced import ReducedSettings

FEW_PEAKS = 6  # peaks of an autocorrelation below which the largest lag is the only candidate
CANDIDATES = 4  # periods that are tried otherwise


class Cycle(NamedTuple):
    """From the step ``start`` on a trajectory returns every ``period`` steps."""

    start: int
    period: int


def recurring_lag(places: Float[Array, "time place"], own: ReducedSettings) -> Cycle | None:
    """The cycle of a long trajectory: for each step from ``skip`` on, when it is first near again (a local minimum of the distance as prominent as
    ``prominence``); the most frequent of these lags is the period if it is found at a third of the steps or more (``coverage``)."""
    steps = len(places)
    if steps <= own.skip:
        return None
    distance = cdist(places[own.skip :], places[own.skip :])
    lags = np.array([_first_return(distance[i, i + 1 :], own.prominence) for i in range(len(distance))])
    counts = Counter(int(lag) for lag in lags if lag > own.shortest_lag)
    if not counts:
        return None
    period, count = counts.most_common(1)[0]
    if count <= own.lag_count or steps - own.skip - period > own.coverage * count:
        return None
    return Cycle(own.skip + int(np.flatnonzero(lags == period)[0]), period)


def _first_return(distance: Float[Array, "later"], prominence: float) -> int:
    """Steps to the first prominent minimum; 0 without one."""
    found, _ = find_peaks(-distance, prominence=prominence)
    return int(found[0]) + 1 if found.size else 0


def short_cycle(places: Float[Array, "time place"], own: ReducedSettings) -> Cycle | None:
    """The cycle of a trajectory of some dozen steps: of the periods that its first principal component suggests, the first after which every later step is
    near where it was, for the distance that is covered in a step."""
    centred = places - places.mean(0)
    first = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    speed = speeds(places)
    for period in _candidates(first, own.lag_prominence):
        for start in range(len(places) - period):
            later = np.arange(start + period, len(places), period)
            apart = np.linalg.norm(places[later] - places[start], axis=1)
            near = (apart < own.joined) & (2.0 * apart < own.joined * (speed[later] + speed[start]))
            if np.all(near | (apart < own.arrived)):
                return Cycle(start, period)
    return None


def _candidates(first: Float[Array, "time"], prominence: float) -> list[int]:
    """Periods that the autocorrelation of a component suggests."""
    steps = len(first)
    correlation = np.correlate(first, first, "full")[:steps]  # lags steps - 1 to 0
    peak = correlation.max()
    if peak <= 0.0:
        return []
    peaks, _ = find_peaks(np.maximum(correlation / peak, 0.0), prominence=prominence)
    if peaks.size == 0:
        return []
    if peaks.size < FEW_PEAKS:
        return [int(steps - 1 - peaks[0])]
    between = Counter(np.concatenate([np.diff(peaks), peaks[2:] - peaks[:-2]]).tolist())
    return [int(period) for period, count in between.most_common(CANDIDATES) if count > 1]
