"""Supplementary figure: one second solution, or many."""

from rnnatlas.figures.chains import draw_chains
from rnnatlas.job import job

with job(snakemake):
    draw_chains(snakemake.input[0], snakemake.output)
