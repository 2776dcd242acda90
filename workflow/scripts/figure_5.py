"""Figure 5: hard conditions."""

from rnnatlas.figures.hard import draw_hard
from rnnatlas.job import job

with job(snakemake):
    draw_hard(snakemake.input[0], snakemake.output)
