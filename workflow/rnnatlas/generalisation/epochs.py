"""Time within trials as time since the onset of an epoch, in bins."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.tasks.trials import Trials


def shown_epochs(trials: Trials) -> list[str]:
    """The epochs in the order of their onset, the whole trial only where it is all there is."""
    parts = [name for name in trials.epochs if name != "trial"]
    return sorted(parts, key=lambda name: float(np.mean(trials.epochs[name][:, 0]))) or ["trial"]


def in_bins(
    values: Float[Array, "network trial time"], trials: Trials, epoch: str, width: int
) -> Float[Array, "network bin trial"]:
    """Means over bins of ``width`` steps since the epoch's onset; NaN where a trial's epoch is over.

    The last bin of a trial may be shorter than ``width``.
    """
    start, stop = (trials.epochs[epoch][:, [side]] for side in (0, 1))
    bins = int(np.ceil((stop - start).max() / width))
    edge = np.minimum(start + width * np.arange(bins + 1), stop)  # [trial, edge]
    total = np.concatenate([np.zeros_like(values[..., :1]), np.cumsum(values, axis=2)], axis=2)
    number = np.diff(edge, axis=1)
    sums = np.diff(total[:, np.arange(len(edge))[:, None], edge], axis=2)
    return np.moveaxis(sums / np.where(number > 0, number, np.nan), 2, 1)


def samples(
    rates: Float[Array, "trial time unit"], trials: Trials, epoch: str, most: int
) -> Float[Array, "sample unit"]:
    """States of an epoch over all trials, evenly thinned to at most ``most``."""
    start, stop = (trials.epochs[epoch][:, [side]] for side in (0, 1))
    step = np.arange(trials.times)
    found = rates[(step >= start) & (step < stop)]
    return found[:: max(1, int(np.ceil(len(found) / most)))]
