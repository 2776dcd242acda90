"""Similarity measures between a reference and itself beside irrelevant dynamics."""

import numpy as np

from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.table_schemas import METRIC_ASYMMETRY
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.similarity.asymmetry import RELATIVE_VARIANCES, metric_asymmetry

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"])
    reference = read_ensemble(snakemake.input.networks)
    measures, values = metric_asymmetry(reference, read_trials(snakemake.input.trials), cfg["seed"], engine)
    data = {"variance": np.array(RELATIVE_VARIANCES), "measure": np.array(measures), "value": values}
    write_artifact(snakemake.output[0], METRIC_ASYMMETRY, data, cfg, "metric_asymmetry", {"task": cfg["task"]})
