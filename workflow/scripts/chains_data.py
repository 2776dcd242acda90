"""Data of the figure of chains: every task."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.chains_data import chains_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    data = joined(
        cfg["tasks"],
        snakemake.params.folders,
        lambda task, folder: chains_data(Evidence.read(task, folder), cfg["seed"]),
    )
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "chains_data")
