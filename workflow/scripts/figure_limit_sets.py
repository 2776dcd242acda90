"""Supplementary figure: limit sets and Lyapunov exponents."""

from rnnatlas.figures.limit_sets import draw_limit_sets
from rnnatlas.job import job

with job(snakemake):
    draw_limit_sets(snakemake.input[0], snakemake.output)
