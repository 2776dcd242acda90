"""The scorecard: every claim that this version evaluates."""

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.scorecard import evaluate_claims, scorecard_html, scorecard_json, scorecard_markdown
from rnnatlas.job import job

with job(snakemake) as cfg:
    results = [
        result
        for task, folder in zip(cfg["tasks"], snakemake.params.folders, strict=True)
        for result in evaluate_claims(Evidence.read(task, folder), cfg["seed"])
    ]
    write_bytes(snakemake.output.json, scorecard_json(results).encode())
    write_bytes(snakemake.output.markdown, scorecard_markdown(results).encode())
    write_bytes(snakemake.output.page, scorecard_html(results).encode())
