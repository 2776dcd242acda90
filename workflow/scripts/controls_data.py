"""Data of the figure of controls: every task; those whose controls are at hand with them."""

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.control_evidence import control_evidence
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.controls_data import controls_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    controlled = cfg["controlled"]
    data = joined(
        cfg["tasks"],
        snakemake.params.folders,
        lambda task, folder: controls_data(
            Evidence.read(task, folder), folder, control_evidence(task, folder, controlled)
        ),
    )
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "controls_data")
