"""The scorecard: every claim that this version evaluates."""

from pathlib import Path

from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.scorecard import evaluate_claims, scorecard_json, scorecard_markdown
from rnnatlas.job import job

with job(snakemake) as cfg:
    results = [
        result
        for task, folder in zip(cfg["tasks"], snakemake.params.folders, strict=True)
        for result in evaluate_claims(Evidence.read(task, folder), cfg["seed"])
    ]
    Path(snakemake.output.json).write_text(scorecard_json(results))
    Path(snakemake.output.markdown).write_text(scorecard_markdown(results))
