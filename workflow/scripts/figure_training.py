"""Supplementary figure: training curves."""

from rnnatlas.figures.training_curves import draw_training
from rnnatlas.job import job

with job(snakemake):
    draw_training(snakemake.input[0], snakemake.output)
