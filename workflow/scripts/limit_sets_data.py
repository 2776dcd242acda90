"""Data of the figure of limit sets: every task, with the populations of other cells at hand."""

from rnnatlas.artifacts.schemas import FIGURE, LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.claims.evidence import Evidence
from rnnatlas.figures.by_task import joined
from rnnatlas.figures.limit_sets_data import limit_sets_data
from rnnatlas.job import job

with job(snakemake) as cfg:
    named = zip(cfg["architectures"], snakemake.input.get("architectures", []), strict=True)
    cells = [(task, name, read_artifact(file, LIMIT_SETS).data) for (task, name), file in named]
    data = joined(
        cfg["tasks"],
        snakemake.params.folders,
        lambda task, folder: limit_sets_data(
            Evidence.read(task, folder), {name: table for of, name, table in cells if of == task}
        ),
    )
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "limit_sets_data")
