"""All claims that this version evaluates, over all tasks of a study, as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.claims.alternatives import competence, decoupled, decoupled_from_class, dynamically_distinct
from rnnatlas.claims.attractor_claims import attractor_claims, meets_s2, meets_s3
from rnnatlas.claims.claim import Result, overall
from rnnatlas.claims.class_claims import cluster_by_gain, in_sweep, one_or_many, output_needs, robust
from rnnatlas.claims.control_claims import at_finer_steps, control_claims
from rnnatlas.claims.decoding_claims import decoding_claims
from rnnatlas.claims.evidence import Evidence, Table
from rnnatlas.claims.hard_conditions import hard_claims
from rnnatlas.claims.hidden_claims import absent_or_hidden
from rnnatlas.claims.holm import with_corrected_p
from rnnatlas.claims.limit_set_claims import chaotic_initialisations_collapse, memory_without_stable_states
from rnnatlas.claims.standard_networks import cube_of_stable_points, meets_s1, solutions_collapse
from rnnatlas.streams.keys import generator

ORDER = [f"S{k}" for k in range(1, 9)]
ORDER += ["A1", "A1b", *(f"A{k}" for k in range(2, 9)), "A8b", "A9", "A10"]
ORDER += ["M1", "M2", "M3", "H1", "H2", "H3", "H4", "Ca", "Cb", "Cc", "Cd", "auto"]


def evaluate_claims(evidence: Evidence, seed: int, controls: Evidence | None = None) -> list[Result]:
    """Results of one task, of the claims whose analyses the evidence holds. ``controls`` holds the matched standards that the H
    claims compare with, if they were trained."""

    def rng(key: str) -> np.random.Generator:
        return generator(seed, "scorecard", evidence.task, key)

    def swept(key: str, claim: Callable[[Evidence, np.random.Generator], Result]) -> Result:
        def judge(with_distances: Evidence) -> Result:
            return claim(with_distances, rng(key))

        return robust(judge(evidence), in_sweep(evidence, judge)) if evidence.measures else judge(evidence)

    attractors = next(iter(evidence.attractors.values()), {})
    cube, line = "cube/branches" in attractors, "line/range" in attractors
    results = [cube_of_stable_points(evidence)] if cube else []
    meets: Callable[[Evidence], Bool[Array, "network"]] | None = None
    if evidence.limit_sets and (cube or line or "ring/coverage" in attractors):
        meets = meets_s1 if cube else meets_s2 if line else meets_s3
        results.append(chaotic_initialisations_collapse(evidence, meets))
    results += [solutions_collapse(evidence, rng("S4")), swept("S6", cluster_by_gain)]
    results += attractor_claims(evidence)
    results += decoding_claims(evidence, rng)
    if evidence.rounds():
        results += [
            decoupled(evidence, rng("A1")),
            decoupled_from_class(evidence, rng("A1b")),
            competence(evidence),
            swept("A7", dynamically_distinct),
        ]
        if evidence.measures:
            results += [output_needs(evidence, rng("A2")), one_or_many(evidence, rng("A9"))]
        if cube and evidence.limit_sets:
            results.append(memory_without_stable_states(evidence))
        if evidence.hidden:
            results.append(absent_or_hidden(evidence))
        if evidence.generalisation:
            results += hard_claims(evidence, rng, controls)
        if evidence.finer_steps:
            results.append(at_finer_steps(evidence, rng("Cd")))
    return results


def evaluate_controls(evidence: Evidence, controls: Evidence, training: Mapping[str, Table], seed: int) -> list[Result]:
    """Results of one task's controls; see ``control_claims``."""

    def rng(key: str) -> np.random.Generator:
        return generator(seed, "scorecard", evidence.task, key)

    return control_claims(evidence, controls, training, rng)


def finished(results: Iterable[Result]) -> list[Result]:
    """Results of all tasks in the order of the claims, their p values corrected for their number (Holm)."""
    return with_corrected_p(sorted(results, key=lambda result: ORDER.index(result.claim.key)))


def scorecard_json(results: list[Result]) -> str:
    """Every number of the scorecard."""
    rows: list[dict[str, Any]] = [
        {
            "claim": result.claim.key,
            "task": result.task,
            "sentence": result.claim.sentence,
            "source": result.claim.source,
            "statistic": result.claim.statistic,
            "threshold": None if result.claim.question else result.claim.threshold,
            "holds_if": "printed" if result.claim.question else "at least" if result.claim.above else "at most",
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
    """Three decimals (one digit of what would read 0), or that these networks do not define the statistic."""
    if not np.isfinite(value):
        return "undefined"
    return f"{value:.0e}" if 0.0 < abs(value) < 5e-4 else f"{value:.3f}"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


NOTE = (
    "Statistics and thresholds were fixed before any study ran. *Too small*: this study has fewer networks or chains than "
    "the claim needs; its numbers are shown all the same. Intervals are 95 %: Wilson for shares, else bootstrap over "
    "networks or chains. Denominators are all networks trained, accepted or not. An alternative that misses the criterion of "
    "A3 counts against the other claims on alternatives: with predictivity 1 in A1 and A1b, with ratio 0 in A7. *Undefined*: "
    "the statistic needs networks that this study does not have (A7: two with the same initial g). *Open*: a question, printed "
    "without a verdict. A verdict that is another one for other settings of DSA is undecided. H claims compare competent "
    "alternatives with standards trained as long, where these were trained (`make controls`), else with all standards."
)
COLUMNS = ("claim", "task", "value", "interval", "holds if", "networks or chains (accepted)", "verdict")


def scorecard_rows(results: list[Result]) -> list[tuple[str, ...]]:
    """The table for readers: the verdict of each claim, then its numbers by task."""
    rows: list[tuple[str, ...]] = []
    for key, group in by_claim(results).items():
        claim = group[0].claim
        rows.append((key, claim.sentence, "", "", "", "", overall([r.verdict for r in group])))
        bound = "printed" if claim.question else f"{'≥' if claim.above else '≤'} {claim.threshold:g}"
        for r in group:
            interval = f"{r.low:.3f} to {r.high:.3f}" if np.isfinite(r.low) else "–"
            counts = f"{r.count} ({r.accepted})"
            rows.append(("", r.task.replace("_", " "), _text(r.value), interval, bound, counts, r.verdict))
    return rows


def by_claim(results: list[Result]) -> dict[str, list[Result]]:
    """The results of each claim, in their order."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.claim.key, []).append(result)
    return groups


def scorecard_details(results: list[Result]) -> list[tuple[str, str, list[str]]]:
    """For each claim its key, its statistic, and a line a task with the further numbers that it prints."""
    details: list[tuple[str, str, list[str]]] = []
    for key, group in by_claim(results).items():
        lines = [
            f"{r.task.replace('_', ' ')}: {', '.join(f'{name} {_text(value)}' for name, value in r.detail.items())}"
            for r in group
            if r.detail
        ]
        details.append((key, group[0].claim.statistic, lines))
    return details


def scorecard_markdown(results: list[Result]) -> str:
    """The scorecard as Markdown."""
    lines = ["# Scorecard", "", NOTE, "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for row in scorecard_rows(results):
        cells = (f"**{row[0]}**", f"*{row[1]}*", *row[2:6], f"**{row[6]}**") if row[0] else row
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Behind the numbers", ""]
    for key, statistic, numbers in scorecard_details(results):
        lines += [f"- **{key}**: {statistic}.", *(f"  - {line}" for line in numbers)]
    return "\n".join(lines) + "\n"


_PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scorecard</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; color: #222; }} table {{ border-collapse: collapse; }}
td, th {{ padding: .3em .7em; text-align: left; border-bottom: 1px solid #ddd; }} tr.claim td {{ font-weight: bold; }}
tr.claim {{ background: #f2f4f7; }}
</style></head><body><h1>Scorecard</h1><p>{note}</p><table><tr>{head}</tr>
{rows}
</table><h2>Behind the numbers</h2><dl>
{details}
</dl></body></html>
"""


def scorecard_html(results: list[Result]) -> str:
    """The scorecard as a page, for the report."""
    rows: list[str] = []
    for row in scorecard_rows(results):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        rows.append(f'<tr class="claim">{cells}</tr>' if row[0] else f"<tr>{cells}</tr>")
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    details = "\n".join(
        f"<dt><b>{key}</b> {escape(statistic)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}"
        for key, statistic, lines in scorecard_details(results)
    )
    return _PAGE.format(note=escape(NOTE.replace("*", "")), head=head, rows="\n".join(rows), details=details)
