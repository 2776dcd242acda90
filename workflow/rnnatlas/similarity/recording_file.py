"""The datasets of a recording's file: read whatever the user's program wrote, or refused with its name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import cast

import h5py
import numpy as np

from rnnatlas.arrays import Array, Float, Int, Shaped
from rnnatlas.errors import AtlasError

TRIALS_LAST = "MATLAB shows HDF5's axes in reverse: write an array [unit or input, time, trial] there"
_KNOWN = ("rates", "inputs", "conditions", "length")
_AXES = {"rates": "[trial, time, unit]", "inputs": "[trial, time, input]"}


def check_spelling(path: Path, file: h5py.File) -> None:
    """Other datasets may be there; one that is nearly called like a known one would be missed in silence."""
    for name in map(str, file):
        near = [] if name in _KNOWN else get_close_matches(name, _KNOWN, n=1, cutoff=0.75)
        if near and near[0] not in file:
            raise AtlasError(path, name, "no such dataset is read", f"did you mean {near[0]!r}? Else rename it")


def numbers(path: Path, file: h5py.File, key: str) -> Float[Array, "..."]:
    """A dataset of real numbers with three axes, in float64."""
    item = _item(path, file, key, key)
    if not isinstance(item, h5py.Dataset):
        found = ", ".join(sorted(map(str, file))) or "nothing"
        raise AtlasError(path, key, f"this dataset is missing; the file holds {found}", "add it (docs/recordings.md)")
    if item.dtype.kind not in "fiub":
        raise AtlasError(path, key, f"real numbers are expected, found {item.dtype}", "write an array of numbers")
    if item.shape is None or item.ndim != 3 or 0 in item.shape:
        shape = "nothing (a null dataspace)" if item.shape is None else f"shape {list(item.shape)}"
        raise AtlasError(path, key, f"{_AXES[key]} is expected, found {shape}", TRIALS_LAST)
    return np.asarray(_content(path, item, key), dtype=np.float64)


def column(path: Path, item: object, key: str, trials: int) -> Shaped[Array, "trial"]:
    """A dataset with one entry a trial; rows and columns (MATLAB knows no plain lists) will do. Text comes as the bytes that were
    written, whatever their encoding."""
    shape = item.shape if isinstance(item, h5py.Dataset) else None
    if not isinstance(item, h5py.Dataset) or shape is None or item.size != trials or max(shape, default=0) != trials:
        found = "a group" if isinstance(item, h5py.Group) else "nothing" if shape is None else list(shape)
        raise AtlasError(
            path,
            key,
            f"one value for each of {trials} trials is expected, found {found}",
            f"write [trial]; or has `rates` its axes in another order than [trial, time, unit]? {TRIALS_LAST}",
        )
    text = h5py.check_string_dtype(item.dtype) is not None
    if not text and item.dtype.kind not in "fiub":
        raise AtlasError(
            path, key, f"numbers or text are expected, found {item.dtype}", "write one plain value a trial"
        )
    values = np.asarray(_content(path, item, key)).ravel()
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise AtlasError(
            path, key, "a value for every trial is expected, found NaN or infinity", "leave these trials out"
        )
    return values.astype(bytes) if values.dtype.kind == "O" else values


def lengths(path: Path, file: h5py.File, trials: int, times: int) -> Int[Array, "trial"]:
    """Steps after which each trial is padding; all of them where the file does not say."""
    item = _item(path, file, "length", "length")
    if item is None:
        return np.full(trials, times)
    length = column(path, item, "length", trials)
    whole = length.astype(int) if length.dtype.kind in "fiu" else np.zeros(trials, int)
    if length.dtype.kind not in "fiu" or np.any(whole != length) or np.any(whole < 1) or np.any(whole > times):
        raise AtlasError(
            path, "length", f"whole numbers of steps from 1 to {times} are expected", "count steps of `rates`"
        )
    return whole


def condition_numbers(path: Path, file: h5py.File, trials: int) -> Int[Array, "trial"]:
    """The number of each trial's condition: trials that agree in every variable have the same."""
    group = _item(path, file, "conditions", "conditions")
    if not isinstance(group, h5py.Group) or not len(group):
        raise AtlasError(
            path, "conditions", "a group with a dataset [trial] for each variable is expected",
            "write at least one, such as conditions/stimulus, equal in trials that repeat each other",
        )  # fmt: skip
    codes: list[Array] = []
    for name in cast("list[str | bytes]", list(group)):  # in bytes where it is no UTF-8
        key = f"conditions/{name.decode('latin-1') if isinstance(name, bytes) else name}"
        values = column(path, _item(path, group, name, key), key, trials)
        codes.append(np.unique(values, return_inverse=True)[1])
    return np.unique(np.stack(codes), axis=1, return_inverse=True)[1].reshape(-1)


def _item(path: Path, group: h5py.Group, name: str | bytes, key: str) -> object:
    """What stands at a name, None for nothing; a link that cannot be followed is refused."""
    try:
        return group[name]
    except (KeyError, OSError, RuntimeError) as error:
        try:
            link = group.get(name, getlink=True)
        except (KeyError, OSError, RuntimeError, UnicodeDecodeError):
            link = None
        if not isinstance(link, (h5py.SoftLink, h5py.ExternalLink)):
            return None
        target = f"{link.filename} › {link.path}" if isinstance(link, h5py.ExternalLink) else link.path
        raise AtlasError(path, key, f"a dataset is expected, found a link that leads nowhere (to {target})", "write the data itself, or mend the link") from error  # fmt: skip


def _content(path: Path, item: h5py.Dataset, key: str) -> Array:
    try:
        return item[()]
    except (OSError, RuntimeError, ValueError) as error:
        raise AtlasError(path, key, f"this dataset could not be read ({error})", "write the file again; compress with nothing but gzip or lzf") from error  # fmt: skip
