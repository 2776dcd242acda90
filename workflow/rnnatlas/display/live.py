"""What the plugin does with Snakemake's events at a terminal: the block is kept up to date, and what lasts is written above it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rnnatlas.beacon import read_progress
from rnnatlas.display import lines
from rnnatlas.display.state import State
from rnnatlas.display.terminal import Terminal
from rnnatlas.display.words import duration, share

EVERY = 1.0  # seconds between two drawings
TAIL = 12  # lines of a failed job's log


class Live:
    """The display of one run."""

    def __init__(self, state: State, terminal: Terminal) -> None:
        self.state, self.terminal = state, terminal
        self.signs = lines.signs(terminal.encoding)
        self.interrupted = False
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)
        self.ticker.start()

    def start(self, place: int, now: float) -> None:
        self.state.start(place, now)
        self.draw()

    def finish(self, place: int, now: float) -> None:
        """Trainings and pictures leave a line; the rest is done in seconds and is counted only."""
        self._look([place])
        self.state.finish(place, now)
        shows = self.state.told.get(place, {}).get("steps") or lines.pictures(self.state.run.jobs[place])
        lasting = [lines.ended(self.state, place)] if shows else []
        self.draw(lasting)

    def fail(self, place: int, now: float) -> None:
        if place in self.state.failed:  # told again at the end
            return
        self._look([place])
        if self.interrupted:
            self.state.fail(place, now, "interrupted")
            return
        self.state.fail(place, now)
        first, *rest = lines.failure(self.state, place, tail_of(self.state.run.jobs[place].log))
        self.draw([self.terminal.red(first), *rest])

    def say(self, text: str) -> None:
        """Something that lasts."""
        self.draw(text.splitlines())

    def draw(self, above: Sequence[str] = ()) -> None:
        with self.lock:
            if self.over.is_set():
                return
            width, height = self.terminal.size()
            self.terminal.draw(lines.block(self.state, time.time(), width, height, self.signs), above)

    def close(self) -> list[str]:
        """Give the terminal back; what there is to say at the end."""
        self.over.set()
        with self.lock:
            self.terminal.close()
        self.state.speed.keep()
        return summary(self.state, time.time())

    def _tick(self) -> None:
        while not self.over.wait(EVERY):
            self._look(list(self.state.running))
            self.draw()

    def _look(self, places: Sequence[int]) -> None:
        for place in places:
            told = read_progress(self.state.run.jobs[place].log)
            if told.get("began", 0.0) >= self.state.run.began:  # not that of an earlier run
                self.state.tell(place, told)


def summary(state: State, now: float) -> list[str]:
    """The end of a run: done, or how far it came and how it goes on."""
    took, raw = duration(now - state.run.began), f"Snakemake's own log: {state.run.raw_log}"
    if not state.waiting and not state.running and not state.failed:
        return [f"{state.run.study}: {lines.jobs_done(state)} done, {took}", raw]
    how = "not finished" if "failed" in state.failed.values() else "interrupted"
    said = f"{state.run.study}: {how} after {took}, {share(state.share(now))} of the time, {lines.jobs_done(state)}"
    return [said, "The same command goes on where it stopped.", raw]


def tail_of(log: str) -> list[str]:
    """The last lines of a job's log."""
    try:
        text = Path(log).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-TAIL:]
