"""What a job lets others see while it runs: a small JSON file beside its log, ``<name>.progress``.

Nothing depends on it: no digest and no rule knows of it, and a disk that refuses costs the file, not the job.
"""

from __future__ import annotations

import json
import math
import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

EVERY = 3.0  # seconds between two writings, at least; one takes 0.3 ms of the processor


def progress_file(log: str | Path) -> Path:
    """Where the progress of the job with this log stands."""
    return Path(log).with_suffix(".progress")


def read_progress(log: str | Path) -> dict[str, Any]:
    """What the job with this log last told; empty where there is nothing to be read."""
    with suppress(OSError, ValueError):
        told = json.loads(progress_file(log).read_text(encoding="utf-8"))
        if isinstance(told, dict):
            return told
    return {}


class Beacon:
    """Tells how far a job is: ``state`` (running, done, failed, interrupted), ``began`` and ``seen`` (s since 1970), process and
    host, and whatever it is told besides, all of it anew in each writing."""

    def __init__(self, log: str | Path, every: float = EVERY) -> None:
        self.path, self.every = progress_file(log), every
        self.last = -math.inf
        self.about: dict[str, Any] = {"pid": os.getpid(), "host": socket.gethostname(), "began": time.time(), "state": "running"}  # fmt: skip

    def due(self) -> bool:
        """Whether enough time has passed since the last writing."""
        return time.monotonic() - self.last >= self.every

    def tell(self, **state: Any) -> None:
        """Write it down, now; numbers that are not finite are left out."""
        self.last = time.monotonic()
        self.about |= {"seen": time.time()} | state
        finite = {k: v for k, v in self.about.items() if not isinstance(v, float) or math.isfinite(v)}
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            aside.write_text(json.dumps(finite, sort_keys=True), encoding="utf-8")
            os.replace(aside, self.path)
        except (OSError, TypeError, ValueError):
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    def end(self, state: str) -> None:
        """The last word: ``done``, ``failed`` or ``interrupted``, and the seconds that it took; what another beacon of this process
        has told of the same job stays."""
        told = read_progress(self.path)
        if told.get("pid") == os.getpid():
            self.about = told | self.about
        self.tell(state=state, seconds=time.time() - self.about["began"])
