"""What the networks of one ensemble do beyond the trials that they were trained on."""

from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.extrapolation import extrapolation
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    found = extrapolation(read_ensemble(snakemake.input[0]), task, engine)
    write_artifact(snakemake.output[0], EXTRAPOLATION, found, cfg, "extrapolation", {"dt": task.settings.dt})
