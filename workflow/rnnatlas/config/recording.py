"""Recordings of your own, and how they are compared with networks."""

from __future__ import annotations

from rnnatlas.config.analysis import Positive
from rnnatlas.config.base import Section, setting


class RecordingSettings(Section):
    """One recording: activity of units that nobody simulated, see docs/recordings.md."""

    task: str = setting(..., "the task that was done; its networks are compared with the recording", min_length=1)
    file: str = setting(..., "path of the HDF5 file", min_length=1)


class RecordingAnalysisSettings(Section):
    """How a recording is compared with the networks of its task."""

    folds: int = setting(8, "parts of the conditions, at most, each left out in turn", ge=3)
    ridges: list[Positive] = setting([1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0], "ridges to choose from, in units of the mean diagonal of X'X", min_length=1)  # fmt: skip
    splits: int = setting(20, "random splits of the repeats into halves", ge=1, le=10_000)
    smoothing: float = setting(40.0, "DSA: standard deviation of the Gaussian that recording and networks are smoothed with alike", "ms", ge=0)  # fmt: skip
    reliable: float = setting(
        0.8, "DSA: components count up to the first of a lower split-half reliability", ge=0, le=1
    )
