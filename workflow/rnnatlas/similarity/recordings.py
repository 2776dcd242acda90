"""Recordings: activity of units that nobody simulated, with repeats, as a plain HDF5 file of the user's.

The file holds ``rates`` [trial time unit] (spike counts or rates in each step of the task's dt), ``inputs`` [trial time input]
(what was shown, in the task's units and order), one or more ``conditions/<name>`` [trial], and optionally ``length`` [trial],
steps after which a trial is padding. An attribute ``dt`` (ms), if there is one, must be the task's. Trials that agree in all
conditions are repeats, and must have been shown the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int, Shaped
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.task import Task

FEWEST_CONDITIONS = 4  # one to score on, one to choose the ridge on, two to fit a map that has a slope
SAME = 1e-6  # inputs of repeats may differ by this share of the largest input: rounding of a file, not noise
_TRIALS_LAST = "MATLAB shows HDF5's axes in reverse: write an array [unit or input, time, trial] there"
_KNOWN = ("rates", "inputs", "conditions", "length")


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
    values that are not finite before ``length``, another number of inputs or dt than the task's, repeats that
    were not shown the same, a condition with one repeat, fewer than four conditions, or units that all never vary.
    """
    path = Path(path)
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        expected = "an HDF5 file is expected" if path.is_file() else "this file is missing"
        raise AtlasError(path, None, f"{expected} ({error})", "write it as docs/recordings.md shows") from error
    with file:
        dt = file.attrs.get("dt")
        _check_spelling(path, file)
        rates, inputs = (_numbers(path, file, key, 3) for key in ("rates", "inputs"))
        trials, times, units = rates.shape
        length = _column(path, file, "length", trials) if "length" in file else np.full(trials, times)
        condition = _conditions(path, file, trials)
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
            f"give what was shown at every step of `rates`, in this order of inputs; {_TRIALS_LAST}",
        )  # fmt: skip
    length = _lengths(path, length, times)
    valid = np.arange(times) < length[:, None]
    _check_values(path, rates, inputs, valid)
    rates, inputs = (np.where(valid[..., None], array, 0.0) for array in (rates, inputs))
    first = _check_repeats(path, condition, inputs, length)
    varies = np.ptp(rates[valid], axis=0) > 0.0
    if not varies.any():
        raise AtlasError(path, "rates", f"none of {units} units ever varies", "give spike counts or rates of each step")
    return Recording(rates[..., varies], condition, inputs[first], length[first], int((~varies).sum()), str(path))


def _check_spelling(path: Path, file: h5py.File) -> None:
    """Other datasets may be there; one that is nearly called like a known one would be missed in silence."""
    for name in map(str, file):
        near = [] if name in _KNOWN else get_close_matches(name, _KNOWN, n=1, cutoff=0.75)
        if near and near[0] not in file:
            raise AtlasError(path, name, "no such dataset is read", f"did you mean {near[0]!r}? Else rename it")


def _numbers(path: Path, file: h5py.File, key: str, axes: int) -> Float[Array, "..."]:
    """A dataset of real numbers, in float64."""
    item = file.get(key)
    if not isinstance(item, h5py.Dataset):
        found = ", ".join(sorted(file)) or "nothing"
        raise AtlasError(path, key, f"this dataset is missing; the file holds {found}", "add it (docs/recordings.md)")
    if item.dtype.kind not in "fiub":
        raise AtlasError(path, key, f"real numbers are expected, found {item.dtype}", "write an array of numbers")
    if item.ndim != axes or 0 in item.shape:
        wanted = {"rates": "[trial, time, unit]", "inputs": "[trial, time, input]"}[key]
        raise AtlasError(path, key, f"{wanted} is expected, found shape {list(item.shape)}", _TRIALS_LAST)
    return np.asarray(item[()], dtype=np.float64)


def _column(path: Path, file: h5py.File, key: str, trials: int) -> Shaped[Array, "trial"]:
    """A dataset with one entry a trial; rows and columns (MATLAB knows no plain lists) will do."""
    item = file[key]
    if not isinstance(item, h5py.Dataset) or item.size != trials or max(item.shape, default=0) != trials:
        found = list(item.shape) if isinstance(item, h5py.Dataset) else "a group"
        raise AtlasError(
            path,
            key,
            f"one value for each of {trials} trials is expected, found {found}",
            f"write [trial]; or has `rates` its axes in another order than [trial, time, unit]? {_TRIALS_LAST}",
        )
    values = np.asarray(item.asstr()[()] if item.dtype.kind in "OS" else item[()]).ravel()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise AtlasError(
            path, key, "a value for every trial is expected, found NaN or infinity", "leave these trials out"
        )
    return values.astype(str) if values.dtype.kind == "O" else values


def _conditions(path: Path, file: h5py.File, trials: int) -> Int[Array, "trial"]:
    """The number of each trial's condition: trials that agree in every variable have the same."""
    group = file.get("conditions")
    if not isinstance(group, h5py.Group) or not len(group):
        raise AtlasError(
            path, "conditions", "a group with a dataset [trial] for each variable is expected",
            "write at least one, such as conditions/stimulus, equal in trials that repeat each other",
        )  # fmt: skip
    codes = [np.unique(_column(path, file, f"conditions/{name}", trials), return_inverse=True)[1] for name in group]
    return np.unique(np.stack(codes), axis=1, return_inverse=True)[1].reshape(-1)


def _lengths(path: Path, length: Shaped[Array, "trial"], times: int) -> Int[Array, "trial"]:
    whole = length.astype(int) if length.dtype.kind in "fiu" else np.zeros(len(length), int)
    if np.any(whole != length) or np.any(whole < 1) or np.any(whole > times):
        raise AtlasError(
            path, "length", f"whole numbers of steps from 1 to {times} are expected", "count steps of `rates`"
        )
    return whole


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
