"""Digests of the study's artifacts, and the versions and machine that they were made with."""

import json
from pathlib import Path

from rnnatlas.job import job
from rnnatlas.provenance.versions import manifest

with job(snakemake):
    Path(snakemake.output[0]).write_text(json.dumps(manifest(list(snakemake.input)), indent=1) + "\n")
