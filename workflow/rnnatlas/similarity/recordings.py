"""Recordings: activity of units that nobody simulated, with repeats, as a plain HDF5 file of the user's.

The file holds ``rates`` [trial time unit] (spike counts or rates in each step of the task's dt), ``inputs`` [trial time input]
(what was shown, in the task's units and order), one or more ``conditions/<name>`` [trial], and optionally ``length`` [trial],
steps after which a trial is padding. An attribute ``dt`` (ms), if there is one, must be the task's. Trials that agree in all
conditions are repeats, and must have been shown the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.artifacts.opening import why_not_opened
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.recording_file import TRIALS_LAST, check_spelling, condition_numbers, lengths, numbers
from rnnatlas.tasks.task import Task

FEWEST_CONDITIONS = 4  # one to score on, one to choose the ridge on, two to fit a map that has a slope
SAME = 1e-6  # inputs of repeats may differ by this share of the largest input: rounding of a file, not noise


@dataclass(frozen=True, eq=False)
class Recording:
    """A checked recording. Units that never vary are left out, ``dropped`` of them; steps at or beyond ``length`` are 0."""

    rates: Float[Array, "trial time unit"]
    condition: Int[Array, "trial"]
    inputs: Float[Array, "condition time input"]
    length: Int[Array, "condition"]
    dropped: int = 0
    file: str | None = None

    @property
    def conditions(self) -> int:
        return len(self.length)

    def repeats(self) -> Int[Array, "condition"]:
        """Number of trials of each condition."""
        return np.bincount(self.condition, minlength=self.conditions)

    def valid(self) -> Bool[Array, "condition time"]:
        """Which steps belong to each condition's trials."""
        return np.arange(self.inputs.shape[1]) < self.length[:, None]

    def means(self, trials: Int[Array, "chosen"] | None = None) -> Float[Array, "condition time unit"]:
        """Mean over the repeats of each condition, in float64; of the ``trials`` alone, where these are given."""
        chosen = np.arange(len(self.rates)) if trials is None else trials
        member = np.arange(self.conditions)[:, None] == self.condition[chosen]
        share = member / member.sum(axis=1, keepdims=True)
        return (share @ self.rates[chosen].reshape(len(chosen), -1)).reshape(-1, *self.rates.shape[1:])


def read_recording(path: str | Path, task: Task[Any]) -> Recording:
    """Read and check the recording of ``task`` in the file ``path``.

    Raises ``AtlasError``, naming the dataset, for a file that is missing or no HDF5, missing datasets, shapes that do not agree,
    values that are not finite before ``length``, counts below 0, links that lead nowhere, another number of inputs or dt than the task's, repeats that
    were not shown the same, a condition with one repeat, fewer than four conditions, or units that all never vary.
    """
    path = Path(path)
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        expected, remedy = why_not_opened(path, error, "write it as docs/recordings.md shows")
        raise AtlasError(path, None, expected, remedy) from error
    with file:
        dt = file.attrs.get("dt")
        check_spelling(path, file)
        rates, inputs = (numbers(path, file, key) for key in ("rates", "inputs"))
        trials, times, units = rates.shape
        length = lengths(path, file, trials, times)
        condition = condition_numbers(path, file, trials)
    number = dt is None or (np.size(dt) == 1 and np.asarray(dt).dtype.kind in "fiu")
    if not number or (dt is not None and not np.allclose(dt, task.settings.dt, rtol=1e-6)):
        raise AtlasError(
            path, "attribute dt", f"steps of {task.settings.dt:g} ms, the task's dt, are expected as a number, found {np.asarray(dt).tolist()!r}",
            "count spikes again in such steps, or set the task's trial.dt",
        )  # fmt: skip
    if inputs.shape != (trials, times, len(task.input_names)):
        names = ", ".join(task.input_names)
        raise AtlasError(
            path, "inputs", f"[{trials} trials, {times} steps, {len(task.input_names)} inputs ({names})] is expected, found {list(inputs.shape)}",
            f"give what was shown at every step of `rates`, in this order of inputs; {TRIALS_LAST}",
        )  # fmt: skip
    valid = np.arange(times) < length[:, None]
    _check_values(path, rates, inputs, valid)
    rates, inputs = (np.where(valid[..., None], array, 0.0) for array in (rates, inputs))
    _check_counts(path, rates[valid])
    first = _check_repeats(path, condition, inputs, length)
    varies = np.ptp(rates[valid], axis=0) > 0.0
    if not varies.any():
        raise AtlasError(path, "rates", f"none of {units} units ever varies", "give spike counts or rates of each step")
    return Recording(rates[..., varies], condition, inputs[first], length[first], int((~varies).sum()), str(path))


def _check_values(path: Path, rates: Array, inputs: Array, valid: Bool[Array, "trial time"]) -> None:
    for key, array in (("rates", rates), ("inputs", inputs)):
        bad = ~np.isfinite(array) & valid[..., None]
        if bad.any():
            place = ", ".join(
                f"{name} {i}" for name, i in zip(("trial", "step", "unit or input"), np.argwhere(bad)[0], strict=True)
            )
            raise AtlasError(
                path, key, f"finite numbers are expected, {bad.sum()} of {array[valid].size} before `length` are NaN or infinite, the first at {place}",
                "leave trials and units out that were not recorded throughout, or end the trials there with `length`",
            )  # fmt: skip


def _check_counts(path: Path, rates: Float[Array, "sample unit"]) -> None:
    """Rates may be below zero, as of a network; whole numbers throughout are counts, and may not."""
    below = rates < 0.0
    if below.any() and np.array_equal(rates, np.round(rates)):
        raise AtlasError(
            path, "rates", f"counts are not negative: all rates are whole numbers, as counts are, and {below.sum()} of {rates.size} are below 0, down to {rates.min():g}",
            "give counts as they were recorded; of differences, or counts less a baseline, give rates in another unit",
        )  # fmt: skip


def _check_repeats(path: Path, condition: Array, inputs: Array, length: Array) -> Int[Array, "condition"]:
    """A trial of each condition, after a check that its others repeat it."""
    _, first, number = np.unique(condition, return_index=True, return_counts=True)
    if np.any(number < 2):
        raise AtlasError(
            path, "conditions", f"two repeats of every condition, at least, are expected: {np.sum(number < 2)} of {len(number)} have one",
            "leave these trials out, or name only conditions that were repeated: each value of a continuous variable is its own",
        )  # fmt: skip
    if len(first) < FEWEST_CONDITIONS:
        raise AtlasError(
            path, "conditions", f"at least {FEWEST_CONDITIONS} different conditions are expected, found {len(first)}",
            "maps are fitted on some conditions and scored on others: record more, or name what told them apart",
        )  # fmt: skip
    apart = np.abs(inputs - inputs[first[condition]]).max(axis=(1, 2)) > SAME * np.abs(inputs).max()
    for key, differ in (("length", length != length[first[condition]]), ("inputs", apart)):
        if differ.any():
            trial = int(np.argmax(differ))
            raise AtlasError(
                path, key, f"equal {key} in all repeats of a condition are expected: trials {int(first[condition[trial]])} and {trial} differ",
                "name what differs as one more condition; of noise in the stimulus, show the same to all repeats or give its mean",
            )  # fmt: skip
    return first
