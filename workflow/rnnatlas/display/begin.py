"""What Snakemake knows of a run when its jobs begin, written down for the display."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rnnatlas.config.study import Study
from rnnatlas.display.run import RECORD, Job, Run
from rnnatlas.plan.costs import Costs

THREADS = 0.8  # n threads are n ** this as fast as one


def begin(workflow: Any, study: Study, raw_logs: list[str]) -> dict[str, Any] | None:
    """Write the run's record and return what a logger has to be told of it; None where it cannot be written: a run does not
    depend on it. ``workflow`` is Snakemake's, whose plan of jobs (``dag``) is read."""
    try:
        logs = Path(workflow.pathvars.apply("<logs>"))
        run = Run(study.run, workflow.cores or 1, raw_logs[-1] if raw_logs else "", _jobs(workflow.dag, Costs(study)))
        return {"atlas_run": str(logs / RECORD)} if run.write(logs / RECORD) else None
    except Exception:  # another version of Snakemake, at worst: then its own words are all there is
        return None


def _jobs(dag: Any, costs: Costs) -> list[Job]:
    planned = [job for job in dag.jobs if job.log or job.output]  # what only collects targets is none
    place = {job: number for number, job in enumerate(planned)}
    return [
        Job(
            dag.jobid(job),
            job.rule.name,
            dict(job.wildcards_dict),
            str(job.log[0]) if job.log else "",
            [str(file) for file in job.output],
            job.threads,
            costs.core_seconds(job.rule.name, job.wildcards_dict) / job.threads**THREADS,
            [place[needed] for needed in dag.dependencies[job] if needed in place],
            bool(dag.needrun(job)),
        )
        for job in planned
    ]
