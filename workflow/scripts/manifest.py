"""Digests of the study's artifacts, and the versions and machine that they were made with."""

import json

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.job import job
from rnnatlas.provenance.versions import manifest

with job(snakemake) as cfg:
    write_bytes(
        snakemake.output[0],
        (json.dumps(manifest(list(snakemake.input), cfg["networks_from"]), indent=1) + "\n").encode(),
    )
