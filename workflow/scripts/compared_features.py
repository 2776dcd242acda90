"""Types of others' networks, told from their features."""

from pathlib import Path

from rnnatlas.artifacts.charting_schemas import COMPARED_FEATURES
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.compared_features import compared_features
from rnnatlas.job import job

with job(snakemake) as cfg:
    found = compared_features(Path(snakemake.input[0]), cfg["seed"])
    write_artifact(snakemake.output[0], COMPARED_FEATURES, found, cfg, "compared_features")
