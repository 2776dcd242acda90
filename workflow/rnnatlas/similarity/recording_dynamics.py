"""DSA between a recording and networks: noise must not pass for dynamics.

Noise that is white in time adds fast, decaying modes to a delay operator and hides the slow ones. So (1) recording and networks
are smoothed with the same Gaussian; (2) each system keeps as many of its own leading principal components as the *recording* has
reliable ones, and (3) the rank of all operators is the number of leading coordinates of the recording's delay embedding that are
reliable. Reliable is what two halves of the repeats agree on; the networks have no part in these choices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.dynamical import DelayOperator, fit_operator, standardise
from rnnatlas.similarity.recordings import Recording
from rnnatlas.similarity.split_halves import Halves, column_reliability, lengthening

FEWEST = 2  # components and rank, however noisy the recording: one alone cannot turn


@dataclass(frozen=True)
class View:
    """How every system is seen before operators are compared; ``smoothing`` is in steps."""

    smoothing: float
    components: int
    delays: int
    rank: int

    def operator(self, rates: Float[Array, "condition time unit"], length: Int[Array, "condition"]) -> DelayOperator:
        """The delay operator of a system seen so; raises ``AtlasError`` as ``fit_operator`` does."""
        x = smooth(rates, length, self.smoothing)
        mean, axes = principal_axes(x[_valid(x, length)])
        return fit_operator(
            standardise((x - mean) @ axes[: self.components].T, length), self.delays, self.rank, length=length
        )


def choose_view(
    recording: Recording, halves: list[Halves], smoothing: float, delays: int, rank: int, reliable: float
) -> View:
    """The view for ``recording``: components and rank up to the first whose reliability is below ``reliable``, ``rank`` at most.

    Raises ``AtlasError`` where no trial is longer than ``delays`` steps.
    """
    check_lengths(recording, delays)
    length, k = recording.length, lengthening(recording)
    means, *parts = (smooth(x, length, smoothing) for x in (recording.means(), *(x for pair in halves for x in pair)))
    valid = recording.valid()
    mean, axes = principal_axes(means[valid])
    columns = [(x - mean) @ axes.T for x in parts]
    pairs = list(zip(columns[::2], columns[1::2], strict=True))
    count = _leading(column_reliability([(a[valid], b[valid]) for a, b in pairs], k), reliable)

    whole = _windows(((means - mean) @ axes[:count].T), length, delays)
    basis = np.linalg.svd(whole, full_matrices=False)[2].T
    embedded = [tuple(_windows(x[..., :count], length, delays) @ basis for x in pair) for pair in pairs]
    found = _leading(column_reliability([(a, b) for a, b in embedded], k), reliable)
    return View(smoothing, count, delays, min(rank, found))


def check_lengths(recording: Recording, delays: int) -> None:
    """Raise ``AtlasError`` where no trial is longer than ``delays`` steps."""
    if recording.length.max() <= delays:
        raise AtlasError(
            recording.file, "rates", f"conditions of more than {delays} steps are expected, the longest has {recording.length.max()}",
            "lower analysis.similarity.delays",
        )  # fmt: skip


def smooth(
    rates: Float[Array, "condition time unit"], length: Int[Array, "condition"], deviation: float
) -> Float[Array, "condition time unit"]:
    """Each condition convolved over its own steps with a Gaussian of ``deviation`` steps; its ends go on as they are. Padding
    stays 0."""
    result = np.zeros(rates.shape)
    for condition, steps in enumerate(length):
        x = rates[condition, :steps].astype(np.float64)
        result[condition, :steps] = gaussian_filter1d(x, deviation, axis=0, mode="nearest") if deviation > 0.0 else x
    return result


def principal_axes(samples: Float[Array, "sample unit"]) -> tuple[Float[Array, "unit"], Float[Array, "axis unit"]]:
    """Mean and principal axes, widest first."""
    mean = samples.mean(axis=0)
    return mean, np.linalg.svd(samples - mean, full_matrices=False)[2]


def _leading(reliability: Float[Array, "column"], least: float) -> int:
    """How many columns stand before the first that is less reliable than ``least``; at least ``FEWEST``, where there are."""
    below = np.flatnonzero(reliability < least)
    return min(max(FEWEST, int(below[0]) if below.size else len(reliability)), len(reliability))


def _valid(rates: Array, length: Int[Array, "condition"]) -> Bool[Array, "condition time"]:
    return np.arange(rates.shape[1]) < length[:, None]


def _windows(
    x: Float[Array, "condition time component"], length: Int[Array, "condition"], delays: int
) -> Float[Array, "window coordinate"]:
    """Every window of ``delays`` steps within a condition, as one row."""
    rows = [
        np.concatenate([x[c, lag : steps - delays + 1 + lag] for lag in range(delays)], axis=1)
        for c, steps in enumerate(length)
        if steps >= delays
    ]
    return np.concatenate(rows)
