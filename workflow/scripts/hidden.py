"""Nonlinear readers of earlier solutions from later ones, and shared slow directions, for one task."""

from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.table_schemas import HIDDEN
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.hidden import hidden_structure

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    table = hidden_structure(
        Gathered.read(cfg["ensembles"], snakemake.input.networks),
        read_trials(snakemake.input.analysis),
        read_trials(snakemake.input.test),
        HiddenSettings.model_validate(cfg["hidden"]),
        cfg["seed"],
        engine,
        snakemake.threads,
    )
    write_artifact(snakemake.output[0], HIDDEN, table, cfg, "hidden", {"engine": engine.name})
