"""The reduced graphs of the networks of one ensemble."""

from rnnatlas.artifacts.charting_schemas import REDUCED
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.reduced.reduce import branching_of
from rnnatlas.charting.reduced.table import reduced_table
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    settings = ReducedSettings.model_validate(cfg["reduced"])
    found = reduced_table(read_ensemble(snakemake.input[0]), task, settings, cfg["seed"])
    names = branching_of(task).names
    write_artifact(snakemake.output[0], REDUCED, found, cfg, "reduced", {"kinds": ", ".join(("time", *names))})
