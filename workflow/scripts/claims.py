"""One group of claims, judged on every task of the study."""

from itertools import islice

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.claims.judge import judged
from rnnatlas.claims.record import Record, to_json
from rnnatlas.evidence.case import Case
from rnnatlas.job import job

with job(snakemake) as cfg:
    files = iter(snakemake.input)
    cases = [Case.of(task, items, list(islice(files, len(items))), cfg) for task, items in cfg["evidence"].items()]
    assert next(files, None) is None, "an input that no task declares"
    records = [Record.of(result) for case in cases for result in judged(cfg["module"], case)]
    write_bytes(snakemake.output[0], to_json(records).encode())
