"""The study's whole configuration, as it ran."""

import yaml

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.job import job

with job(snakemake) as cfg:
    write_bytes(snakemake.output[0], yaml.safe_dump(cfg, sort_keys=True).encode())
