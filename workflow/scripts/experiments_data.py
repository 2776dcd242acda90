"""Data of the figure and table of experiments that tell alternatives and standards of one task apart."""

import numpy as np

from rnnatlas.artifacts.schemas import FIGURE
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.claims.control_evidence import control_evidence
from rnnatlas.claims.evidence import Evidence
from rnnatlas.engine.select import select_engine
from rnnatlas.figures.experiments_data import experiments_data
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    task = get_task(cfg["task"], **cfg["trial"])
    names = [place["name"] for place in cfg["ensembles"]]
    data = experiments_data(
        Evidence.read(cfg["task"], snakemake.params.folder),
        {name: read_ensemble(file) for name, file in zip(names, snakemake.input.networks, strict=True)},
        task,
        [read_trials(file) for file in snakemake.input.trials],
        cfg["ridge"],
        cfg["seed"],
        select_engine(cfg["engine"], snakemake.threads),
        control_evidence(cfg["task"], snakemake.params.folder, cfg["controlled"]),
    )
    data |= {"title": np.array(task.title), "load_name": np.array(task.load_name)}
    write_artifact(snakemake.output[0], FIGURE, data, cfg, "experiments_data")
