"""What a long job says while it runs."""

from __future__ import annotations

import sys
import time

import numpy as np

from rnnatlas.arrays import Array


class Progress:
    """Prints step, steps a second, losses and time left, at most every ``every`` seconds and at the end."""

    def __init__(self, steps: int, what: str, done: int = 0, every: float = 10.0) -> None:
        self.steps, self.what, self.done, self.every = steps, what, done, every
        self.start = self.last = time.monotonic()

    def report(self, done: int, loss: Array, penalty: Array | None, active: Array) -> None:
        now = time.monotonic()
        if now - self.last < self.every and done < self.steps:
            return
        self.last = now
        rate = (done - self.done) / max(now - self.start, 1e-9)
        left = (self.steps - done) / max(rate, 1e-9)
        text = f"{self.what}: step {done}/{self.steps}, {rate:.1f} steps/s, loss {_span(loss[active])}"
        if penalty is not None:
            text += f", similarity {_span(penalty[active])}"
        if not active.all():
            text += f", {int((~active).sum())} diverged"
        print(f"{text}, {left / 60:.1f} min left", file=sys.stderr, flush=True)


def _span(values: Array) -> str:
    if values.size == 0:
        return "-"
    return f"{np.median(values):.4f} (worst {values.max():.4f})"
