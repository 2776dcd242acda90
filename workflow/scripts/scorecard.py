"""The scorecard: what all groups of claims found."""

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.claims.record import from_json, to_json
from rnnatlas.claims.scorecard import finished
from rnnatlas.claims.scorecard_page import scorecard_html, scorecard_markdown
from rnnatlas.job import job

with job(snakemake) as cfg:
    records = finished(record for file in snakemake.input for record in from_json(file))
    write_bytes(snakemake.output.json, to_json(records).encode())
    write_bytes(snakemake.output.markdown, scorecard_markdown(records, cfg["figures"]).encode())
    write_bytes(snakemake.output.page, scorecard_html(records, cfg["figures"]).encode())
