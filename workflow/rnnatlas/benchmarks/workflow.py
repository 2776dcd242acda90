"""How long the workflow itself takes: ``python -m rnnatlas.benchmarks.workflow [results/<run> [figure]]``.

A dry run of the default study, which makes the whole plan and runs nothing; and, where a finished study of this checkout is named,
one of its figures drawn again by Snakemake, start and plan included. Each three times, of which the least counts: by the clock, and
on the processor, which tells a slow workflow from a busy machine. Writes ``results/benchmarks/workflow.json`` and prints what has to
be reached.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.benchmarks.bars import Bar, table
from rnnatlas.errors import AtlasError

CHECKOUT = Path(__file__).parents[3]
REPETITIONS = 3

BARS = (
    Bar("dry_run", "dry run of the default study, by the clock (s)", 3.0, at_most=True),
    Bar("dry_run_processor", "the same on the processor (s)", 3.0, at_most=True),
    Bar("figure", "one figure of a finished study drawn again, by the clock (s)", 10.0, at_most=True),
    Bar("figure_processor", "the same on the processor (s)", 10.0, at_most=True),
)


class Spent(NamedTuple):
    """Seconds of one call: by the clock, and of all its processes on the processor."""

    wall: float
    processor: float


def snakemake(*arguments: str) -> Spent:
    """One call from the checkout's root. Raises ``AtlasError`` with the end of what it said where it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=CHECKOUT,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        raise AtlasError(
            None, None, f"snakemake {' '.join(arguments)} was expected to succeed: {run.stdout[-2000:]}", "call it by hand"
        )  # fmt: skip
    return Spent(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def drawing(study: Path, figure: str) -> list[str]:
    """Arguments that draw one figure of the finished study in ``results/<run>`` and run nothing else. Raises ``AtlasError`` where
    there is no such figure."""
    study = study.resolve()
    if study.parent != CHECKOUT / "results" or not (study / f"figures/{figure}.png").exists():
        raise AtlasError(
            None, "study", f"results/<run> of a finished study with {figure} is expected, found {study}", "name another, or none"
        )  # fmt: skip
    settings = str(study.relative_to(CHECKOUT) / "study.yaml")
    return [figure, "--force", "--allowed-rules", figure, "--cores", "1", "--configfile", settings]


def measure(study: Path | None, figure: str) -> dict[str, Any]:
    """``seconds`` of every call, and the least of each kind under ``ratios``."""
    calls = {"dry_run": ["-n", "all"]} | ({"figure": drawing(study, figure)} if study else {})
    spent = {name: [snakemake(*arguments) for _ in range(REPETITIONS)] for name, arguments in calls.items()}
    least: dict[str, float] = {}
    for name, rows in spent.items():
        least |= {name: min(row.wall for row in rows), f"{name}_processor": min(row.processor for row in rows)}
    return {"seconds": {name: [row._asdict() for row in rows] for name, rows in spent.items()}, "ratios": least}


def main(study: Path | None = None, figure: str = "figure_3", folder: Path = CHECKOUT / "results/benchmarks") -> None:
    """Measure, write ``workflow.json``, print the requirements."""
    report = measure(study, figure)
    report["bars"] = [bar.row(report["ratios"]) for bar in BARS]
    write_bytes(folder / "workflow.json", (json.dumps(report, indent=1) + "\n").encode())
    print(table(report["bars"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, sys.argv[2] if len(sys.argv) > 2 else "figure_3")
