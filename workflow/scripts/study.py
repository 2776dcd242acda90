"""The study's whole configuration, as it ran."""

from pathlib import Path

import yaml

from rnnatlas.job import job

with job(snakemake) as cfg:
    Path(snakemake.output[0]).write_text(yaml.safe_dump(cfg, sort_keys=True))
