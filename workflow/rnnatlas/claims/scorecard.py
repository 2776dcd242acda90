"""All claims of a study, over all its tasks, put together from what each group of claims found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rnnatlas.claims.catalogue import ORDER
from rnnatlas.claims.claim import overall
from rnnatlas.claims.holm import with_corrected_p
from rnnatlas.claims.record import Record

NOTE = (
    "Statistics and thresholds were fixed before any study ran. *Too small*: this study has fewer networks or chains than "
    "the claim needs; its numbers are shown all the same. Intervals are 95 %: Wilson for shares, else bootstrap over "
    "networks or chains. Denominators are all networks trained, accepted or not. An alternative that misses the criterion of "
    "A3 counts against the other claims on alternatives: with predictivity 1 in A1 and A1b, with ratio 0 in A7. *Undefined*: "
    "the statistic needs networks that this study does not have (A7: two with the same initial g). *Open*: a question, printed "
    "without a verdict. A verdict that is another one for other settings of DSA, or by its other score, is undecided. H claims compare "
    "competent alternatives with standards trained as long, where these were trained (`make controls`), else with all standards."
)
COLUMNS = ("claim", "task", "value", "interval", "holds if", "networks or chains (accepted)", "verdict", "figure")


def finished(records: Iterable[Record]) -> list[Record]:
    """The records of all groups and tasks in the order of the claims, their p values corrected for their number (Holm)."""
    return with_corrected_p(sorted(records, key=lambda record: ORDER.index(record.claim)))


def text_of(value: float) -> str:
    """Three decimals (one digit of what would read 0), or that these networks do not define the statistic."""
    if not np.isfinite(value):
        return "undefined"
    return f"{value:.0e}" if 0.0 < abs(value) < 5e-4 else f"{value:.3f}"


def bound_of(record: Record) -> str:
    """What the value must be for the claim to hold."""
    return "printed" if record.open else f"{'≥' if record.holds_if == 'at least' else '≤'} {record.threshold:g}"


def by_claim(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The records of each claim, in their order."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.claim, []).append(record)
    return groups


def verdict_of(group: Sequence[Record]) -> str:
    """The verdict of one claim over its tasks."""
    return overall([record.verdict for record in group])


def scorecard_rows(records: Sequence[Record]) -> list[tuple[str, ...]]:
    """The table for readers: the verdict of each claim, then its numbers by task. The last cell is the name of a figure's row."""
    rows: list[tuple[str, ...]] = []
    for key, group in by_claim(records).items():
        rows.append((key, group[0].sentence, "", "", "", "", verdict_of(group), ""))
        for one in group:
            low, high = one.interval
            interval = f"{low:.3f} to {high:.3f}" if np.isfinite(low) else "–"
            counts = f"{one.networks_or_chains} ({one.accepted})"
            rows.append(("", one.task.replace("_", " "), text_of(one.value), interval, bound_of(one), counts, one.verdict, one.figure))  # fmt: skip
    return rows


def scorecard_details(records: Sequence[Record]) -> list[tuple[str, str, list[str]]]:
    """For each claim its key, its statistic, and a line a task with the further numbers that it prints."""
    details: list[tuple[str, str, list[str]]] = []
    for key, group in by_claim(records).items():
        lines = [
            f"{r.task.replace('_', ' ')}: {', '.join(f'{name} {text_of(value)}' for name, value in r.detail.items())}"
            for r in group
            if r.detail
        ]
        details.append((key, group[0].statistic, lines))
    return details
