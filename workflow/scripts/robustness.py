"""Performance of one ensemble under noise on its weights, and the kicks in a delay that change what it remembers."""

import numpy as np

from rnnatlas.artifacts.robustness_schema import ROBUSTNESS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.delays import delay_of
from rnnatlas.generalisation.kicks import smallest_kicks
from rnnatlas.generalisation.weight_noise import performance_under_weight_noise
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    settings = RobustnessSettings.model_validate(cfg["robustness"])
    engine = select_engine(cfg["engine"], snakemake.threads)
    ensemble, trials = read_ensemble(snakemake.input.networks), read_trials(snakemake.input.trials)
    names = [(*cfg["fresh"]["stream"], member) for member in range(ensemble.members)]
    data = {"level": np.array(settings.weight_noise)}
    data |= performance_under_weight_noise(ensemble, task, trials, settings, names, cfg["seed"], engine)
    if (delay := delay_of(task, settings, ensemble.cell.alpha, cfg["seed"])) is not None:
        data |= smallest_kicks(ensemble, delay, settings, cfg["seed"], engine).datasets()
    write_artifact(snakemake.output[0], ROBUSTNESS, data, cfg, "robustness", {"engine": engine.name})
