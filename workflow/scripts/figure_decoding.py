"""Supplementary figure: what is decoded from activity, and when."""

from rnnatlas.figures.decoding import draw_decoding
from rnnatlas.job import job

with job(snakemake):
    draw_decoding(snakemake.input[0], snakemake.output)
