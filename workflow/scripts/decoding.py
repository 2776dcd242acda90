"""What can be read from the activity of one ensemble, and when."""

from rnnatlas.artifacts.behaviour_schemas import DECODING
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.decoding.analysis import decode_networks
from rnnatlas.engine.select import select_engine
from rnnatlas.job import job
from rnnatlas.networks.files import read_ensemble
from rnnatlas.tasks.registry import get_task

with job(snakemake) as cfg:
    engine = select_engine(cfg["engine"], snakemake.threads)
    table = decode_networks(
        read_ensemble(snakemake.input.networks),
        get_task(cfg["task"], **cfg["trial"]),
        DecodingSettings.model_validate(cfg["decoding"]),
        cfg["seed"],
        engine,
    )
    write_artifact(snakemake.output[0], DECODING, table, cfg, "decoding", {"engine": engine.name})
