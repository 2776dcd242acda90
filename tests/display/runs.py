"""Made-up runs for the tests of the display."""

from __future__ import annotations

from rnnatlas.display.run import Job, Run
from rnnatlas.display.speed import Speed
from rnnatlas.display.state import State

BEGAN = 1_000_000.0


def job(
    number: int, rule: str, seconds: float, *needs: int, threads: int = 1, due: bool = True, **wildcards: str
) -> Job:
    """A job whose number is its place in the run."""
    log = f"results/made/logs/{number}.log"
    return Job(number, rule, wildcards, log, [f"results/made/{number}.h5"], threads, seconds, list(needs), due)


def chain(cores: int = 2) -> State:
    """A training that two analyses and a second training wait for: 100 s, 10 s, 30 s, 200 s; nothing has begun."""
    jobs = [
        job(0, "train_standard", 100.0, task="memory_pro", population="g1.5"),
        job(1, "fixed_points", 10.0, 0, task="memory_pro", ensemble="standard/g1.5"),
        job(2, "decoding", 30.0, 0, task="memory_pro", ensemble="standard/g1.5"),
        job(3, "train_alternatives", 200.0, 0, task="memory_pro", chains="insd", round="1"),
    ]
    run = Run("made", cores, "raw.log", jobs, ["snakemake", "all"], BEGAN, "here", 1, 0.0)
    return State(run, Speed())
