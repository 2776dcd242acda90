"""Features of the activity of the networks of one ensemble."""

from rnnatlas.artifacts.charting_schemas import FEATURES
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.features import features
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    found = features(read_ensemble(snakemake.input[0]), get_task(cfg["task"], **cfg["trial"]))
    table = {f"feature/{name}": values for name, values in found.items()}
    write_artifact(snakemake.output[0], FEATURES, table, cfg, "features")
