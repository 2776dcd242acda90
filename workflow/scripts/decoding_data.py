"""Data of the figure of decoding: every task."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.decoding_data import decoding_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    data = joined(
        cfg["tasks"], snakemake.params.folders, lambda task, folder: decoding_data(Evidence.read(task, folder))
    )
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "decoding_data")
