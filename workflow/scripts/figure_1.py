"""Figure 1: metric asymmetry."""

from rnnatlas.figures.metric import draw_metric
from rnnatlas.job import job

with job(snakemake):
    draw_metric(snakemake.input[0], snakemake.output)
