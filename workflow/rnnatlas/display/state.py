"""How a run stands: which jobs wait, run, are done or failed, what share of the whole that is in time, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rnnatlas.display.run import Job, Run
from rnnatlas.display.speed import Speed

LATE = 0.1  # a job that takes longer than expected is taken to need this share more of what it has taken


@dataclass
class State:
    """A run and the state of each of its jobs, by their place in its list; times are in seconds since 1970.

    ``told`` holds what a running job last said of itself (``beacon.Beacon``).
    """

    run: Run
    speed: Speed
    running: dict[int, float] = field(default_factory=dict)  # since when
    done: dict[int, float] = field(default_factory=dict)  # seconds that it took
    failed: dict[int, str] = field(default_factory=dict)  # failed or interrupted
    told: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._order = _ordered([job.needs for job in self.run.jobs])

    def start(self, place: int, now: float) -> None:
        self.running[place] = now
        self.failed.pop(place, None)  # a further attempt

    def tell(self, place: int, told: Mapping[str, Any]) -> None:
        """What a job says of itself; of one that runs, the speed learns from the steps that it has done."""
        self.told[place] = told
        job, rate = self.run.jobs[place], told.get("rate")
        if place in self.running and rate:
            made = (told.get("step") or 0) - (told.get("first") or 0)
            self.speed.meanwhile[place] = job.rule, job.seconds * made / told["steps"], made / rate

    def finish(self, place: int, now: float) -> None:
        """A job has ended well; the speed learns from it, and from a training that went on from a checkpoint as far as it did."""
        if place in self.done:
            return
        taken = max(now - self.running.pop(place, now), 0.0)
        self.done[place] = taken
        self.speed.meanwhile.pop(place, None)
        self.learn(place, taken)

    def learn(self, place: int, taken: float) -> None:
        """The speed learns from a job that has ended well after ``taken`` seconds."""
        job, told = self.run.jobs[place], self.told.get(place, {})
        begun = (told.get("first") or 0) / told["steps"] if told.get("steps") else 0.0
        self.speed.learn(job.rule, job.seconds * (1.0 - begun), taken)

    def fail(self, place: int, now: float, how: str = "failed") -> None:
        self.running.pop(place, now)
        self.speed.meanwhile.pop(place, None)
        self.failed[place] = how

    @property
    def waiting(self) -> list[int]:
        """Jobs that are due and have not begun, those that hold up most first."""
        left = [p for p, job in enumerate(self.run.jobs) if job.due and p not in self.running | self.done | self.failed]
        behind = self._behind()
        return sorted(left, key=lambda place: -behind[place])

    @property
    def next(self) -> list[int]:
        """Waiting jobs whose inputs are there, or come from a job that runs."""
        blocked = {*self.waiting, *self.failed}
        return [place for place in self.waiting if not blocked & set(self.run.jobs[place].needs)]

    def seconds(self, job: Job) -> float:
        """What a job is expected to take on this machine."""
        return job.seconds * self.speed.ratio(job.rule)

    def left(self, place: int, now: float) -> float:
        """Seconds that a running job is expected to take still: by its own rate where it tells its steps."""
        job, since = self.run.jobs[place], self.running[place]
        told = self.told.get(place, {})
        steps, step, rate = (told.get(name) or 0.0 for name in ("steps", "step", "rate"))
        if steps and rate:
            return max(steps - step, 0.0) / rate
        return max(self.seconds(job) - (now - since), LATE * (now - since))

    def kept(self, place: int) -> float:
        """The part of a training that is done by its own steps; of one that was stopped its checkpoint has it, or nearly."""
        told = self.told.get(place, {})
        return (told.get("step") or 0) / told["steps"] if told.get("steps") else 0.0

    def share(self, now: float) -> float:
        """The part of the whole that is done, in expected seconds of all jobs of the targets (those done earlier included)."""
        total = finished = 0.0
        for place, job in enumerate(self.run.jobs):
            expected = self.seconds(job)
            total += expected
            if place in self.done or not job.due:
                finished += expected
            elif place in self.running and not self.kept(place):
                left = self.left(place, now)
                elapsed = max(now - self.running[place], 0.0)
                finished += expected * elapsed / max(elapsed + left, 1e-9)
            else:
                finished += expected * self.kept(place)
        return finished / total if total else 1.0

    def time_left(self, now: float) -> float:
        """Seconds until the end: all that is left over the cores, or the longest row of jobs that wait for each other, whichever
        is more."""
        jobs = self.run.jobs
        left = {place: self.seconds(jobs[place]) * (1.0 - self.kept(place)) for place in (*self.waiting, *self.failed)}
        left |= {place: self.left(place, now) for place in self.running}
        work = sum(seconds * min(jobs[place].threads, self.run.cores) for place, seconds in left.items())
        longest: dict[int, float] = {}
        for place in self._order:
            if place in left:
                before = [longest.get(needed, 0.0) for needed in jobs[place].needs]
                longest[place] = left[place] + max(before, default=0.0)
        return max(work / max(self.run.cores, 1), max(longest.values(), default=0.0))

    def _behind(self) -> list[float]:
        """Seconds of the longest row of jobs that begins with each one."""
        behind = [0.0] * len(self.run.jobs)
        for place in reversed(self._order):
            behind[place] += self.seconds(self.run.jobs[place])
            for needed in self.run.jobs[place].needs:
                behind[needed] = max(behind[needed], behind[place])
        return behind


def _ordered(needs: list[list[int]]) -> list[int]:
    """All places, each after those that it needs."""
    order: dict[int, None] = {}
    for first in range(len(needs)):
        stack = [first]
        while stack:
            missing = [one for one in needs[stack[-1]] if one not in order]
            if missing:
                stack.extend(missing)
            else:
                order[stack.pop()] = None
    return list(order)
