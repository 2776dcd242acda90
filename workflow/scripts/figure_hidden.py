"""Supplementary figure: earlier states absent, or hidden from linear readers."""

from rnnatlas.figures.hidden import draw_hidden
from rnnatlas.job import job

with job(snakemake):
    draw_hidden(snakemake.input[0], snakemake.output)
