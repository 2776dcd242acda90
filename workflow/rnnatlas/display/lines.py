"""The lines that show how a run stands, for a width in columns. Plain text; nothing here knows a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rnnatlas.display.run import Job
from rnnatlas.display.state import State
from rnnatlas.display.words import about, crop, duration, plural, share

LEAST = 20  # columns below which nothing is made narrower


class Signs(NamedTuple):
    """What a terminal's encoding has: the full and the empty part of a bar, and what stands for text left out."""

    full: str
    empty: str
    dots: str


PLAIN = Signs("#", "-", "...")
FINE = Signs("█", "░", "…")


def signs(encoding: str | None) -> Signs:
    """The signs that an encoding can write."""
    try:
        "".join(FINE).encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return PLAIN
    return FINE


def block(state: State, now: float, width: int, height: int, has: Signs = PLAIN) -> list[str]:
    """All of it: the whole, a line for each job that runs, and what is next; at most ``height`` lines of ``width`` columns."""
    width, height = max(width, LEAST), max(height, 1)
    jobs = [running(state, place, now, width - 2) for place in state.running]
    room = max(height - 2, 0)
    shown = (
        jobs if len(jobs) <= room else [*jobs[: max(room - 1, 0)], f"and {len(jobs) - max(room - 1, 0)} more"][:room]
    )
    lines = [whole(state, now, width, has), *(f"  {line}" for line in shown)]
    if following := coming(state):
        lines.append(f"  next: {following}")
    return [crop(line, width, has.dots) for line in lines[:height]]


def whole(state: State, now: float, width: int, has: Signs = PLAIN) -> str:
    """The run's line: share of the time, bar, jobs, time left; what a narrow terminal has no room for is left out, bar first."""
    part = state.share(now)
    left = f"{about(state.time_left(now))} left" if state.running or state.waiting else "done"
    begin, end = f"{state.run.study}: {share(part)}", f"{jobs_done(state)}, {left}"
    room = min(width - len(begin) - len(end) - 4, 30)
    if room >= 5:
        full = int(part * room)
        return f"{begin} {has.full * full}{has.empty * (room - full)} {end}"
    return f"{begin}, {end}" if len(begin) + len(end) + 2 <= width else f"{begin}, {left}"


def jobs_done(state: State) -> str:
    """``58 of 177 jobs``, with those that failed."""
    finished = sum(place in state.done or not job.due for place, job in enumerate(state.run.jobs))
    number = list(state.failed.values()).count("failed")
    failed = f", {number} failed" if number else ""
    return f"{finished} of {plural(len(state.run.jobs), 'job')}{failed}"


def running(state: State, place: int, now: float, width: int = 1000) -> str:
    """One job that runs: what it tells of itself, else how long it has run and was expected to. What there is no room for is left
    out: similarity first, then rate, loss and steps."""
    job, told = state.run.jobs[place], state.told.get(place, {})
    if told.get("steps"):
        parts = steps(told) | ({"left": f"{about(state.left(place, now))} left"} if told.get("rate") else {})
    else:
        took, expected = now - state.running[place], state.seconds(job)
        late = f"{duration(took)}, expected: {about(expected)}"
        parts = {"left": f"{duration(took)} of {about(expected)}" if took <= expected else late}
    for name in ("similarity", "rate", "loss", "step"):
        if len(line := f"{job.name}: {', '.join(parts.values())}") <= width:
            break
        parts.pop(name, None)
    else:
        line = f"{job.name}: {', '.join(parts.values())}"
    return line


def steps(told: Mapping[str, Any]) -> dict[str, str]:
    """``step 2,312 of 4,000``, ``107 steps/s``, ``loss 0.0008``, ``similarity 0.12`` by what they say: medians over the networks that
    are trained, loss and similarity without unit."""
    parts = {"step": f"step {told.get('step', 0):,} of {told['steps']:,}"}
    if (rate := told.get("rate")) is not None:
        parts["rate"] = f"{rate:.3g} steps/s" if rate < 1000 else f"{rate:,.0f} steps/s"
    parts |= {name: f"{name} {told[name]:.4f}" for name in ("loss", "similarity") if told.get(name) is not None}
    if told.get("diverged"):
        parts["diverged"] = f"{told['diverged']} of {plural(told.get('members', 0), 'network')} diverged"
    return parts


def ended(state: State, place: int) -> str:
    """A job that is done: how long it took, of a training how many networks were accepted, of a figure where it is."""
    told = state.told.get(place, {})
    accepted = told.get("accepted")
    found = "" if accepted is None else f", {accepted} of {plural(told.get('members', 0), 'network')} accepted"
    if told.get("performance") is not None:
        found += f", performance {told['performance']:.3f}"
    job = state.run.jobs[place]
    found += "".join(f": {picture}" for picture in pictures(job)[:1])
    return f"done: {job.name}, {duration(state.done[place])}{found}"


def pictures(job: Job) -> list[str]:
    """The files of a job that can be looked at as they are."""
    return [file for file in job.outputs if file.endswith(".png")]


def coming(state: State, most: int = 3) -> str:
    """What is next: jobs that can begin when a core is free, else those that wait for others."""
    places = state.next or state.waiting
    names = ", ".join(state.run.jobs[place].name for place in places[:most])
    return f"{names} and {len(state.waiting) - most} more" if len(state.waiting) > most and names else names


def plain(state: State, now: float) -> str:
    """One line for output that is no terminal."""
    left = f"{about(state.time_left(now))} left" if state.running or state.waiting else "done"
    following = coming(state, 1)
    return f"{share(state.share(now))} of the time, {jobs_done(state)}, {left}" + (f"; next: {following}" if following else "")  # fmt: skip


def failure(state: State, place: int, tail: list[str]) -> list[str]:
    """A job that failed, the end of its log and where the rest is."""
    job = state.run.jobs[place]
    return [f"{state.failed.get(place, 'failed')}: {job.name}", *(f"  | {line}" for line in tail), f"  log: {job.log}"]
