"""One group of claims, judged on every task of the study."""

from importlib import import_module

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.claims.record import Record, to_json
from rnnatlas.evidence.case import Case
from rnnatlas.job import job

with job(snakemake) as cfg:
    module = import_module(f"rnnatlas.claims.{cfg['module']}")
    files = iter(snakemake.input)
    records = []
    for task, items in cfg["evidence"].items():
        case = Case.of(task, items, [next(files) for _ in items], cfg)
        records += [Record.of(result) for result in module.judge(case)]
    write_bytes(snakemake.output[0], to_json(records).encode())
