"""Networks taken from another study, as they are."""

from pathlib import Path

from rnnatlas.artifacts.store import read_artifact, write_bytes
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.job import job

with job(snakemake) as cfg:
    (file,) = snakemake.input
    read_artifact(file, NETWORKS)  # refuses what is damaged or something else
    write_bytes(snakemake.output[0], Path(file).read_bytes())
    print(f"taken from {cfg['networks_from']}")
