"""Figure of a recording among the networks of its task."""

from rnnatlas.figures.recording import draw_recording
from rnnatlas.job import job

with job(snakemake):
    draw_recording(snakemake.input[0], snakemake.output)
