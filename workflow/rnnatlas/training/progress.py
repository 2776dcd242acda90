"""What a long job says while it runs."""

from __future__ import annotations

import sys
import time

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.beacon import Beacon


class Progress:
    """Prints step, steps a second, losses and time left, at most every ``every`` seconds and at the end; a ``beacon`` has the same
    in numbers, medians over the members that train."""

    def __init__(self, steps: int, what: str, done: int = 0, every: float = 10.0, beacon: Beacon | None = None) -> None:
        self.steps, self.what, self.done, self.every, self.beacon = steps, what, done, every, beacon
        self.start = self.last = time.monotonic()

    def report(self, done: int, loss: Array, penalty: Array | None, active: Array, diverged: Array) -> None:
        now = time.monotonic()
        if self.beacon is not None and (self.beacon.due() or done >= self.steps):
            self.beacon.tell(
                first=self.done,
                step=done,
                steps=self.steps,
                rate=(done - self.done) / max(now - self.start, 1e-9),
                loss=_median(loss[active]),
                similarity=None if penalty is None else _median(penalty[active]),
                members=int(active.size),
                diverged=int(diverged.sum()),
            )
        if now - self.last < self.every and done < self.steps:
            return
        self.last = now
        rate = (done - self.done) / max(now - self.start, 1e-9)
        left = (self.steps - done) / max(rate, 1e-9)
        text = f"{self.what}: step {done}/{self.steps}, {rate:.1f} steps/s, loss {_span(loss[active])}"
        if penalty is not None:
            text += f", similarity {_span(penalty[active])}"
        if diverged.any():
            text += f", {int(diverged.sum())} diverged"
        if stopped := int((~active & ~diverged).sum()):
            text += f", {stopped} have learned"
        print(f"{text}, {left / 60:.1f} min left", file=sys.stderr, flush=True)


def _median(values: Array) -> float | None:
    return float(np.median(values)) if values.size else None


def _span(values: Array) -> str:
    if values.size == 0:
        return "-"
    return f"{np.median(values):.4f} (worst {values.max():.4f})"
