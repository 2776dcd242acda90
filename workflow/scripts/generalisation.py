"""Performance of one ensemble on the hard grid, and how long it remembers in silence."""

import numpy as np

from rnnatlas.artifacts.behaviour_schemas import GENERALISATION
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import HoldSettings
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.grid import evaluate_grid, input_levels
from rnnatlas.generalisation.holds import HoldingTask, evaluate_holds
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    settings = HardSettings.model_validate(cfg["hard"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    loads = [read_trials(file) for file in snakemake.input.trials]
    ensemble = read_ensemble(snakemake.input.networks)
    data = {
        "load": np.array(settings.load),
        "private_noise": np.array(settings.private_noise),
        "input_noise": np.array(input_levels(task, settings)),
        **evaluate_grid(ensemble, task, loads, settings, cfg["seed"], engine).datasets(),
    }
    if isinstance(task, HoldingTask):
        holds = HoldSettings.model_validate(cfg["holds"])
        data |= evaluate_holds(ensemble, task, holds, cfg["seed"], engine).datasets()
    write_artifact(snakemake.output[0], GENERALISATION, data, cfg, "generalisation", {"engine": engine.name})
