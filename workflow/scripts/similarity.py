"""Linear predictivity between all networks of one task."""

from rnnatlas.artifacts.similarity_schemas import SIMILARITY
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.gather import Gathered
from rnnatlas.similarity.networks import compare_networks
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    table = compare_networks(
        Gathered.read(cfg["ensembles"], snakemake.input.networks),
        get_task(cfg["task"], **cfg["trial"]),
        read_trials(snakemake.input.analysis),
        read_trials(snakemake.input.test),
        cfg["ridge"],
        cfg["seed"],
        engine,
        snakemake.threads,
    )
    write_artifact(snakemake.output[0], SIMILARITY, table, cfg, "similarity", {"engine": engine.name})
