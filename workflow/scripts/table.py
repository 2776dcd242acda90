"""The table of all networks of one task: name, ensemble, member, chains, round, reference, acceptance."""

from rnnatlas.artifacts.store import write_artifact
from rnnatlas.artifacts.table_schemas import TABLE
from rnnatlas.job import job
from rnnatlas.networks.gather import Gathered

with job(snakemake) as cfg:
    gathered = Gathered.read(cfg["ensembles"], snakemake.input.networks)
    write_artifact(snakemake.output[0], TABLE, gathered.table(), cfg, "table")
