"""Supplementary figure: example trials of each task."""

from rnnatlas.figures.task_examples import draw_tasks
from rnnatlas.job import job

with job(snakemake):
    draw_tasks(snakemake.input[0], snakemake.output)
