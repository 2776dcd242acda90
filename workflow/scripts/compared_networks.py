"""Networks of others, judged on the charted tasks."""

from pathlib import Path

from rnnatlas.artifacts.charting_schemas import COMPARED_NETWORKS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.compared import compared_networks
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    tasks = {name: get_task(name, **trial) for name, trial in cfg["charted_tasks"].items()}
    engine = select_engine(cfg["engine"], snakemake.threads)
    reduced = ReducedSettings.model_validate(cfg["reduced"])
    found = compared_networks(Path(snakemake.input[0]), tasks, engine, reduced)
    write_artifact(snakemake.output[0], COMPARED_NETWORKS, found, cfg, "compared_networks")
