"""Performance of one ensemble on the hard grid."""

import numpy as np

from rnnatlas.artifacts.schemas import GENERALISATION
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.grid import evaluate_grid, input_levels
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    settings = HardSettings.model_validate(cfg["hard"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    loads = [read_trials(file) for file in snakemake.input.trials]
    grid = evaluate_grid(read_ensemble(snakemake.input.networks), task, loads, settings, cfg["seed"], engine)
    data = {
        "load": np.array(settings.load),
        "private_noise": np.array(settings.private_noise),
        "input_noise": np.array(input_levels(task, settings)),
        "performance": grid.performance,
        "error": grid.error,
    }
    write_artifact(snakemake.output[0], GENERALISATION, data, cfg, "generalisation", {"engine": engine.name})
