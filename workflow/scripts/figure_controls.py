"""Supplementary figure: what the alternatives owe to deflation, and what to the time step."""

from rnnatlas.figures.controls import draw_controls
from rnnatlas.job import job

with job(snakemake):
    draw_controls(snakemake.input[0], snakemake.output)
