"""Fixed and slow points of one ensemble."""

from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.census import fixed_point_census, write_census
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    table = fixed_point_census(
        read_ensemble(snakemake.input.networks),
        task,
        read_trials(snakemake.input.trials),
        FixedPointSettings.model_validate(cfg["fixed_points"]),
        cfg["seed"],
        snakemake.threads,
    )
    write_census(snakemake.output[0], table, task, cfg)
