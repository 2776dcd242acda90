"""Data of figure 5: the hard grid of every task."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.control_evidence import control_evidence
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.hard_data import hard_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    seed, controlled = cfg["seed"], cfg["controlled"]
    data = joined(
        cfg["tasks"],
        snakemake.params.folders,
        lambda task, folder: hard_data(Evidence.read(task, folder), seed, control_evidence(task, folder, controlled)),
    )
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "hard_data")
