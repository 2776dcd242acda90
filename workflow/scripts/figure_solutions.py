"""Figure of one task's standard solution and alternatives."""

from rnnatlas.figures.solutions import draw_solutions
from rnnatlas.job import job

with job(snakemake):
    draw_solutions(snakemake.input[0], snakemake.output)
