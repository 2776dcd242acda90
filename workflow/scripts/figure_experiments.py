"""The figure of experiments, and the table."""

from rnnatlas.figures.experiments import draw_experiments, write_experiments
from rnnatlas.job import job

with job(snakemake):
    *drawn, table = snakemake.output
    draw_experiments(snakemake.input, drawn)
    write_experiments(snakemake.input, table)
