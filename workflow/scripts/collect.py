"""What a figure shows of one task, collected from what the figure declares."""

from importlib import import_module

from rnnatlas.artifacts.figure_schema import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.evidence.case import Case
from rnnatlas.job import job

with job(snakemake) as cfg:
    module = import_module(f"rnnatlas.figures.{cfg['figure']}_data")
    case = Case.of(cfg["task"], cfg["evidence"], snakemake.input, cfg, snakemake.threads)
    write_artifact(snakemake.output[0], FIGURE, module.collect(case), cfg, "collect")
