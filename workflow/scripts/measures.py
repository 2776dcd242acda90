"""Geometry, sweeps and readout-potent share of all networks of one task."""

from rnnatlas.artifacts.similarity_schemas import MEASURES
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.config.measures import MeasureSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.measure_networks import measure_networks

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    table = measure_networks(
        Gathered.read(cfg["ensembles"], snakemake.input.networks),
        read_trials(snakemake.input.analysis),
        read_trials(snakemake.input.test),
        MeasureSettings.model_validate(cfg["measures"]),
        SimilaritySettings.model_validate(cfg["similarity"]),
        cfg["seed"],
        engine,
        snakemake.threads,
    )
    write_artifact(snakemake.output[0], MEASURES, table, cfg, "measures", {"engine": engine.name})
