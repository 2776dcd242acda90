"""Line, ring and cube attractors of one ensemble."""

from rnnatlas.artifacts.dynamics_schemas import ATTRACTORS, FIXED_POINTS
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.trials_file import read_trials
from rnnatlas.config.analysis import AttractorSettings
from rnnatlas.dynamics.attractors import measure_attractors
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    table = measure_attractors(
        read_ensemble(snakemake.input.networks),
        get_task(cfg["task"], **cfg["trial"]),
        read_trials(snakemake.input.trials),
        read_artifact(snakemake.input.fixed_points, FIXED_POINTS).data,
        AttractorSettings.model_validate(cfg["attractors"]),
        cfg["fixed_points"]["slow"],
        cfg["seed"],
        engine,
    )
    write_artifact(snakemake.output[0], ATTRACTORS, table, cfg, "attractors", {"engine": engine.name})
