"""Performance and fixed points of one ensemble at finer time steps."""

import numpy as np

from rnnatlas.artifacts.dynamics_schemas import FINER_STEPS, FIXED_POINTS
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.finer_steps import FACTORS, counted_by_step, performance_by_step
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    ensemble = read_ensemble(snakemake.input.networks)
    points = read_artifact(snakemake.input.fixed_points, FIXED_POINTS).data
    inputs = len(task.constant_inputs())
    table = {"factor": np.array(FACTORS)}
    table |= performance_by_step(ensemble, task, read_trials(snakemake.input.trials), cfg["seed"], engine)
    table |= counted_by_step(points, ensemble.cell.alpha, ensemble.members, inputs)
    write_artifact(snakemake.output[0], FINER_STEPS, table, cfg, "finer_steps", {"engine": engine.name})
