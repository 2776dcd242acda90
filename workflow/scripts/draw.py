"""A figure, drawn from what was collected for it or from an artifact as it is."""

from importlib import import_module

from rnnatlas.artifacts.schemas import schema_of
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.figures.style import styled
from rnnatlas.job import job

with job(snakemake) as cfg, styled():
    module = import_module(f"rnnatlas.figures.{cfg['figure']}")
    module.draw([read_artifact(file, schema_of(cfg["draws"])) for file in snakemake.input], list(snakemake.output))
