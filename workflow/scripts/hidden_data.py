"""Data of the figure of hidden states: learning curves of every task."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.hidden_data import hidden_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    data = joined(cfg["tasks"], snakemake.params.folders, lambda task, folder: hidden_data(Evidence.read(task, folder)))
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "hidden_data")
