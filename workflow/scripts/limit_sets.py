"""Limit sets and Lyapunov exponents of one ensemble, trained and untrained."""

from rnnatlas.artifacts.dynamics_schemas import FIXED_POINTS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import LimitSetSettings
from rnnatlas.dynamics.limit_set_census import before_training, limit_set_census, write_limit_sets
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    ensemble, trials = read_ensemble(snakemake.input.networks), read_trials(snakemake.input.trials)
    table = limit_set_census(
        ensemble,
        before_training(ensemble, cfg["fresh"]["gain"], tuple(cfg["fresh"]["stream"]), cfg["fresh"]["weights"]),
        task,
        trials,
        read_artifact(snakemake.input.fixed_points, FIXED_POINTS).data,
        LimitSetSettings.model_validate(cfg["limit_sets"]),
        cfg["seed"],
        snakemake.threads,
    )
    write_limit_sets(snakemake.output[0], table, task, trials, cfg)
