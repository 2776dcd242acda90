"""Supplementary figure: all networks compared by every measure."""

from rnnatlas.figures.similarity import draw_similarity
from rnnatlas.job import job

with job(snakemake):
    draw_similarity(snakemake.input[0], snakemake.output)
