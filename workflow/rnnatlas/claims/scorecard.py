"""All claims that this version evaluates, over all tasks of a study, as a table."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import numpy as np

from rnnatlas.claims.alternatives import competence, decoupled, decoupled_from_class, dynamically_distinct
from rnnatlas.claims.claim import Result, overall
from rnnatlas.claims.evidence import Evidence
from rnnatlas.claims.standard_networks import cube_of_stable_points, solutions_collapse
from rnnatlas.streams.keys import generator


def evaluate_claims(evidence: Evidence, seed: int) -> list[Result]:
    """Results of one task, in the order of the claims."""

    def rng(key: str) -> np.random.Generator:
        return generator(seed, "scorecard", evidence.task, key)

    results = [cube_of_stable_points(evidence)] if evidence.task == "flip_flop" else []
    results.append(solutions_collapse(evidence, rng("S4")))
    if evidence.rounds():
        results += [
            decoupled(evidence, rng("A1")),
            decoupled_from_class(evidence, rng("A1b")),
            competence(evidence),
            dynamically_distinct(evidence, rng("A7")),
        ]
    return results


def scorecard_json(results: list[Result]) -> str:
    """Every number of the scorecard."""
    rows: list[dict[str, Any]] = [
        {
            "claim": result.claim.key,
            "task": result.task,
            "sentence": result.claim.sentence,
            "source": result.claim.source,
            "statistic": result.claim.statistic,
            "threshold": result.claim.threshold,
            "holds_if": "at least" if result.claim.above else "at most",
            "value": _number(result.value),
            "interval": [_number(result.low), _number(result.high)],
            "networks_or_chains": result.count,
            "accepted": result.accepted,
            "smallest": result.claim.smallest,
            "verdict": result.verdict,
            "detail": {key: _number(value) for key, value in result.detail.items()},
        }
        for result in results
    ]
    return json.dumps(rows, indent=1) + "\n"


def _text(value: float) -> str:
    """Three digits, or that these networks do not define the statistic."""
    return f"{value:.3f}" if np.isfinite(value) else "undefined"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


NOTE = (
    "Statistics and thresholds were fixed before any study ran. *Too small*: this study has fewer networks or chains than "
    "the claim needs; its numbers are shown all the same. Intervals are 95 %: Wilson for shares, else bootstrap over "
    "networks or chains. Denominators are all networks trained, accepted or not. An alternative that misses the criterion of "
    "A3 counts against the other claims on alternatives: with predictivity 1 in A1 and A1b, with ratio 0 in A7. *Undefined*: "
    "the statistic needs networks that this study does not have (A7: two with the same initial g)."
)
COLUMNS = ("claim", "task", "value", "interval", "holds if", "networks or chains (accepted)", "verdict")


def scorecard_rows(results: list[Result]) -> list[tuple[str, ...]]:
    """The table for readers: the verdict of each claim, then its numbers by task."""
    by_key: dict[str, list[Result]] = {}
    for result in results:
        by_key.setdefault(result.claim.key, []).append(result)
    rows: list[tuple[str, ...]] = []
    for key, group in by_key.items():
        claim = group[0].claim
        rows.append((key, claim.sentence, "", "", "", "", overall([r.verdict for r in group])))
        for r in group:
            detail = ", ".join(f"{name} {_text(value)}" for name, value in r.detail.items())
            rows.append(
                (
                    "",
                    r.task.replace("_", " "),
                    f"{_text(r.value)}{f' ({detail})' if detail else ''}",
                    f"{r.low:.3f} to {r.high:.3f}" if np.isfinite(r.low) else "–",
                    f"{'≥' if claim.above else '≤'} {claim.threshold:g}",
                    f"{r.count} ({r.accepted})",
                    r.verdict,
                )
            )
    return rows


def scorecard_markdown(results: list[Result]) -> str:
    """The scorecard as Markdown."""
    lines = ["# Scorecard", "", NOTE, "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for row in scorecard_rows(results):
        cells = (f"**{row[0]}**", f"*{row[1]}*", *row[2:6], f"**{row[6]}**") if row[0] else row
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


_PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scorecard</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; color: #222; }} table {{ border-collapse: collapse; }}
td, th {{ padding: .3em .7em; text-align: left; border-bottom: 1px solid #ddd; }} tr.claim td {{ font-weight: bold; }}
tr.claim {{ background: #f2f4f7; }}
</style></head><body><h1>Scorecard</h1><p>{note}</p><table><tr>{head}</tr>
{rows}
</table></body></html>
"""


def scorecard_html(results: list[Result]) -> str:
    """The scorecard as a page, for the report."""
    rows: list[str] = []
    for row in scorecard_rows(results):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        rows.append(f'<tr class="claim">{cells}</tr>' if row[0] else f"<tr>{cells}</tr>")
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    return _PAGE.format(note=escape(NOTE.replace("*", "")), head=head, rows="\n".join(rows))
