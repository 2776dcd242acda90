"""Dynamical similarity between all networks of one task, and its map."""

import numpy as np

from rnnatlas.artifacts.similarity_schemas import EMBEDDING
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import SimilaritySettings
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.dynamics_map import dynamical_distances
from rnnatlas.similarity.embedding import metric_mds

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    gathered = Gathered.read(cfg["ensembles"], snakemake.input.networks)
    settings = SimilaritySettings.model_validate(cfg["similarity"])
    distances = dynamical_distances(gathered, read_trials(snakemake.input.trials), settings, engine, snakemake.threads)
    position, stress = metric_mds(distances["distance"], cfg["seed"])
    data = gathered.table() | distances | {"position": position, "stress": np.array(stress)}
    attributes = {"score": "wasserstein", "delays": settings.delays, "rank": settings.rank, "engine": engine.name}
    write_artifact(snakemake.output[0], EMBEDDING, data, cfg, "embedding", attributes)
