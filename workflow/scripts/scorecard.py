"""The scorecard: every claim, on the study's networks and on the controls that were trained."""

from pathlib import Path

from rnnatlas.artifacts.schemas import METRIC
from rnnatlas.artifacts.store import read_artifact, write_bytes
from rnnatlas.claims.control_evidence import control_evidence, first_rounds
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.metric_claims import irrelevant_dynamics
from rnnatlas.claims.scorecard import (
    evaluate_claims,
    evaluate_controls,
    finished,
    scorecard_html,
    scorecard_json,
    scorecard_markdown,
)
from rnnatlas.job import job

with job(snakemake) as cfg:
    results = [irrelevant_dynamics(read_artifact(snakemake.input.metric, METRIC).data, cfg["tasks"][0])]
    for task, folder in zip(cfg["tasks"], map(Path, snakemake.params.folders), strict=True):
        evidence = Evidence.read(task, folder)
        controls = control_evidence(task, folder, cfg["controlled"])
        results += evaluate_claims(evidence, cfg["seed"], controls)
        if controls is not None:
            results += evaluate_controls(evidence, controls, first_rounds(folder, evidence, controls), cfg["seed"])
    results = finished(results)
    write_bytes(snakemake.output.json, scorecard_json(results).encode())
    write_bytes(snakemake.output.markdown, scorecard_markdown(results).encode())
    write_bytes(snakemake.output.page, scorecard_html(results).encode())
