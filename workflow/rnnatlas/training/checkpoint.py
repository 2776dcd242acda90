"""A training that is stopped goes on where it was, and ends with the same bits."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import CHECKPOINT
from rnnatlas.engine.steps import Curves, TrainingState
from rnnatlas.errors import AtlasError

INTERVAL = 30.0  # seconds between checkpoints; $RNNATLAS_CHECKPOINT sets another


class Checkpoint:
    """The state of one training in ``folder/<digest>.h5``; the digest is that of ``identity``: settings, code, engine.

    The file is written aside and renamed, so that it is whole whenever the process dies. It is no artifact of the study: nothing
    depends on it, and it is deleted when the training has been written.
    """

    def __init__(self, folder: str | Path, identity: dict[str, Any], interval: float | None = None) -> None:
        self.identity = json.loads(json.dumps(identity, sort_keys=True, default=str))
        digest = hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()[:24]
        self.path = Path(folder) / f"{digest}.h5"
        self.interval = _interval() if interval is None else interval
        self.saved = time.monotonic()

    @contextmanager
    def held(self) -> Iterator[Checkpoint]:
        """Keep other processes from the same training; the checkpoint is deleted if the block ends well.

        Raises ``AtlasError`` where another process holds it.
        """
        lock = self.path.with_suffix(".lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            handle = open(lock, "w", encoding="utf-8")  # noqa: SIM115 (held as long as the block lasts)
        except OSError as error:
            raise AtlasError(lock, None, f"this file could not be written: {error.strerror}", "free some space or make the folder writable") from error  # fmt: skip
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AtlasError(
                    lock, None, "another process is at work on the same training", "wait until it ends, or end it"
                ) from None
            except OSError as error:  # a file system without locks
                print(f"{lock} cannot be locked ({error.strerror}): do not train this twice at once", file=sys.stderr)
            yield self
            half_written = lock.parent.glob(f".{self.path.name}.*.part")  # by a process that was killed
            for file in (self.path, lock, *half_written):
                file.unlink(missing_ok=True)
        with suppress(OSError):
            lock.parent.rmdir()  # if this was the last one

    def restore(self, state: TrainingState, curves: Curves) -> bool:
        """Fill ``state`` and ``curves`` from the file, if there is one that fits; one that does not is set aside by name."""
        if not self.path.exists():
            return False
        try:
            data = self._read(state, curves)
        except AtlasError as error:
            aside = self.path.with_suffix(".damaged")
            os.replace(self.path, aside)
            print(f"checkpoint set aside as {aside}, training starts over: {error}", file=sys.stderr, flush=True)
            return False
        for key, array in _arrays(state, curves).items():
            array[...] = data[key]
        state.step = int(data["step"][0])
        print(f"going on from step {state.step} ({self.path})", file=sys.stderr, flush=True)
        return True

    def _read(self, state: TrainingState, curves: Curves) -> dict[str, np.ndarray]:
        artifact = read_artifact(self.path, CHECKPOINT)
        if json.loads(artifact.attributes["cfg"]) != self.identity:
            raise AtlasError(
                self.path, "cfg", "the settings, code and engine of this training are expected", "delete the file"
            )
        for key, array in _arrays(state, curves).items():
            found = artifact.data.get(key)
            if found is None or found.shape != array.shape:
                raise AtlasError(self.path, key, f"shape {list(array.shape)} is expected", "delete the file")
        return artifact.data

    def save_if_due(self, state: TrainingState, curves: Curves) -> None:
        """Write the file if ``interval`` seconds have passed; a disk that refuses costs the checkpoint, not the training."""
        if time.monotonic() - self.saved < self.interval:
            return
        self.saved = time.monotonic()
        data = _arrays(state, curves) | {"step": np.array([state.step])}
        try:
            write_artifact(self.path, CHECKPOINT, data, self.identity, "checkpoint")
        except AtlasError as error:
            print(f"no checkpoint: {error}", file=sys.stderr, flush=True)


def _interval() -> float:
    """Seconds between checkpoints, as the environment has them; raises ``AtlasError`` for what is no number."""
    text = os.environ.get("RNNATLAS_CHECKPOINT", str(INTERVAL))
    try:
        return float(text)
    except ValueError:
        raise AtlasError(None, "RNNATLAS_CHECKPOINT", f"a number of seconds is expected, found {text!r}", "set or unset the variable") from None  # fmt: skip


def _arrays(state: TrainingState, curves: Curves) -> dict[str, np.ndarray]:
    """Every array of a training by its dataset; they are changed in place by ``restore``."""
    groups = {"weights": state.parameters, "first": state.first, "second": state.second, "curves": curves}
    arrays = {f"{group}/{name}": array for group, record in groups.items() for name, array in vars(record).items()}
    names = ("active", "diverged_at", "first_loss", "strength", "smoothed")
    return arrays | {f"member/{name}": getattr(state, name) for name in names}
