"""A set of trials of one task."""

from rnnatlas.artifacts.trials_file import write_trials
from rnnatlas.job import job
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    rng = generator(cfg["seed"], cfg["task"], "trials", cfg["set"])
    # Noise of the hard grid is drawn when it is evaluated, at each of its levels.
    trials = task.batch(cfg["count"], rng) if cfg["load"] is None else task.draw(cfg["count"], rng, cfg["load"])
    write_trials(snakemake.output[0], trials, cfg, "trials")
