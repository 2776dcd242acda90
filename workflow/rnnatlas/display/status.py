"""How studies stand, whether they run here, elsewhere or not: ``python -m rnnatlas.display.status [results/<run> …]``.

Reads what the last run of each wrote beside its logs, and changes nothing; without arguments, of every study under ``results``.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

from rnnatlas.beacon import read_progress
from rnnatlas.display import lines
from rnnatlas.display.live import tail_of
from rnnatlas.display.run import RECORD, Job, Run
from rnnatlas.display.speed import Speed
from rnnatlas.display.state import State
from rnnatlas.display.words import about, duration, plural, share

SILENT = 60.0  # seconds without a sign of life after which a job on another machine may be dead


def state_of(run: Run, speed: Speed, alive: bool | None) -> State:
    """The state of a run by its jobs' files: what each last told, and whether its outputs are there."""
    state = State(run, speed)
    for place, job in enumerate(run.jobs):
        if not job.due:
            continue
        told = read_progress(job.log)
        told = told if told.get("began", 0.0) >= run.began else {}
        how = told.get("state")
        if how == "running" and alive is not False:
            state.running[place] = told["began"]
        elif how == "done" or (how is None and _made(job, run.began)):
            state.done[place] = told.get("seconds", 0.0)
        elif how is not None:
            state.failed[place] = "failed" if how == "failed" else "interrupted"
        state.tell(place, told)
        if state.done.get(place):
            state.learn(place, state.done[place])
    return state


def _made(job: Job, since: float) -> bool:
    """Whether a job that told nothing has made its outputs in this run."""
    try:
        return bool(job.outputs) and all(Path(file).stat().st_mtime >= since for file in job.outputs)
    except OSError:
        return False


def report(run: Run, state: State, now: float, width: int, alive: bool | None) -> list[str]:
    """The lines of one study."""
    found = [f"{run.study}: {share(state.share(now))} of the time, {lines.jobs_done(state)}"]
    left = about(state.time_left(now))
    cores, command = plural(run.cores, "core"), shlex.join(["snakemake", *run.command[1:]])
    unfinished = bool(state.waiting or state.running or state.failed)
    if not unfinished:
        found.append(f"  finished; the run began {_ago(run.began, now)}")
    elif alive is False:
        found.append(f"  stands still: {left} of work left on {cores}; the same command goes on where it stopped")
    else:
        where = f"process {run.pid} on {run.host}"
        seen = max((told.get("seen", 0.0) for told in state.told.values()), default=run.began)
        doubt = f", silent for {duration(now - seen)}" if alive is None and now - seen > SILENT else ""
        found.append(f"  runs on {cores} since {duration(now - run.began)} ({where}{doubt}): {left} left")
    if unfinished:
        found.append(f"  begun by: {command}")
    found += [f"  {lines.running(state, place, now, width - 2)}" for place in state.running]
    for place in (place for place, how in state.failed.items() if how == "failed"):
        found += [f"  {line}" for line in lines.failure(state, place, tail_of(run.jobs[place].log)[-3:])]
    stopped = [run.jobs[place].name for place, how in state.failed.items() if how == "interrupted"]
    found += [f"  interrupted: {', '.join(stopped)}"] if stopped else []
    if missing := Counter(run.jobs[place].rule for place in state.waiting):
        found.append(f"  not begun: {', '.join(f'{number} {rule}' for rule, number in missing.most_common())}")
    if (alive is not False) and state.waiting:
        found.append(f"  next: {lines.coming(state)}")
    return [*found, f"  Snakemake's own log: {run.raw_log}"]


def _ago(then: float, now: float) -> str:
    return f"{duration(now - then)} ago"


def main(folders: list[str]) -> int:
    """Print it; 1 where there is nothing to say."""
    records = [Path(folder) / "logs" / RECORD for folder in folders] or sorted(Path("results").glob(f"*/logs/{RECORD}"))
    if not records:
        print("no study has been run here: make quick begins one", file=sys.stderr)
        return 1
    width = max(shutil.get_terminal_size().columns, lines.LEAST) if sys.stdout.isatty() else 1000
    status = 0
    for record in records:
        run = Run.read(record)
        if run is None:
            print(f"{record.parents[1]}: no record of a run ({record}); the next run writes one", file=sys.stderr)
            status = 1
            continue
        now, alive = time.time(), run.alive()
        print("\n".join(report(run, state_of(run, Speed.kept(), alive), now, width, alive)))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
