"""All claims of a study, over all its tasks, put together from what each group of claims found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rnnatlas.claims.catalogue import ORDER
from rnnatlas.claims.claim import overall
from rnnatlas.claims.holm import with_corrected_p
from rnnatlas.claims.record import Record

NOTE = (
    "Statistics and thresholds were fixed before any study ran. *Too small*: this study has fewer networks or chains than "
    "the claim needs; its numbers are shown all the same. Intervals are 95 %: Wilson for shares, else bootstrap over "
    "networks or chains. *Accepted*: at the end of training, with its private noise, a network performed as well as the settings ask for. "
    "*Competent*: without noise it is as good as standard networks, by the criterion of A3. A network may be the one and not the other. "
    "Denominators are all networks trained, accepted or not. An alternative that is not competent counts against the other claims on alternatives: with predictivity 1 in A1 and A1b, with ratio 0 in A2 and A7, with a loss of 1 in A12. *Undefined*: "
    "the statistic needs networks that this study does not have (A7: two with the same initial g). *Open*: a question, printed "
    "without a verdict. A verdict that is another one for other settings of DSA, or by its other score, is undecided. H claims compare "
    "competent alternatives with standards trained as long, where these were trained (`make controls`), else with all standards."
)
# From a figure's row, and a task or ``task/chains``, to the name of the figure, where the study has it.
Figures = Mapping[str, Mapping[str, str]]
COLUMNS = ("claim", "task", "value", "interval", "holds if", "networks or chains (accepted)", "verdict", "figure")


def finished(records: Iterable[Record]) -> list[Record]:
    """The records of all groups and tasks in the order of the claims, their p values corrected for their number (Holm). Where there is
    one set of chains, its name goes without saying."""
    found = list(records)
    if len({record.chains for record in found} - {""}) == 1:
        found = [replace(record, chains="") for record in found]
    return with_corrected_p(sorted(found, key=lambda record: ORDER.index(record.claim)))


def text_of(value: float) -> str:
    """Three decimals (one digit of what would read 0), or that these networks do not define the statistic."""
    if not np.isfinite(value):
        return "undefined"
    return f"{value:.0e}" if 0.0 < abs(value) < 5e-4 else f"{value:.3f}"


def value_of(record: Record) -> str:
    """The statistic; of one that joins several bounds, the numbers that they are on."""
    if not record.bounds:
        return text_of(record.value)
    return ", ".join(f"{name} {text_of(record.detail.get(name, np.nan))}" for name in record.bounds)


def interval_of(record: Record) -> str:
    """The interval of the statistic, where one is defined; that of one that joins several bounds is in no unit, and left out."""
    low, high = record.interval
    return f"{low:.3f} to {high:.3f}" if np.isfinite(low) and not record.bounds else "–"


def bound_of(record: Record) -> str:
    """What the value must be for the claim to hold."""
    if record.bounds:
        return ", ".join(f"{name} {bound}" for name, bound in record.bounds.items())
    return "printed" if record.open else f"{'≥' if record.holds_if == 'at least' else '≤'} {record.threshold:g}"


def bounds_of(group: Sequence[Record]) -> str:
    """The bound of one claim over its tasks; with their names where it is not the same in all."""
    bounds = {one.task.replace("_", " "): bound_of(one) for one in group}
    same = len(set(bounds.values())) == 1
    return next(iter(bounds.values())) if same else ", ".join(f"{bound} in {task}" for task, bound in bounds.items())


def by_claim(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The records of each claim, in their order; of a claim on alternatives, for each set of chains."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        of = f" ({record.chains})" if record.chains else ""
        groups.setdefault(record.claim + of, []).append(record)
    return groups


def figure_of(record: Record, figures: Figures) -> str:
    """The name of the figure that shows what a record is about; empty where the study has none."""
    names = figures.get(record.figure, {})
    return names.get(f"{record.task}/{record.chains}") or names.get(record.task, "")


def verdict_of(group: Sequence[Record]) -> str:
    """The verdict of one claim over its tasks."""
    return overall([record.verdict for record in group])


def verdict_by_task(group: Sequence[Record]) -> str:
    """``verdict_of``; where tasks are too small for it, with what the others came to: ``too small (flip flop holds)``."""
    told = [f"{one.task.replace('_', ' ')} {one.verdict}" for one in group if one.verdict != "too small"]
    verdict = verdict_of(group)
    return f"{verdict} ({', '.join(told)})" if verdict == "too small" and told else verdict


def parted(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The claims that a study is large enough for in one task at least, open ones among them, and the others. (Tasks may have different
    numbers of chains: a verdict in one of them is not hidden because another has too few.)"""
    enough = [key for key, group in by_claim(records).items() if any(one.verdict != "too small" for one in group)]
    large = [one for key, group in by_claim(records).items() if key in enough for one in group]
    return large, [one for key, group in by_claim(records).items() if key not in enough for one in group]


def small_study(records: Sequence[Record], figure: str = "") -> str:
    """One sentence on a study of which most claims have no verdict, and where to look instead; empty for others. ``figure`` is the
    name of one that shows solutions."""
    judged = [one for one in records if not one.open]
    few = [one for one in judged if one.verdict == "too small"]
    if 2 * len(few) <= len(judged):
        return ""
    networks, chains = (_most([one for one in records if one.claim[0] == kind]) for kind in "SA")
    look = f"; look at {figure.replace('_', ' ')}" if figure else ""
    return (
        f"A small study, of {networks} standard network{'s' * (networks != '1')} and {chains} chain{'s' * (chains != '1')} a task: "
        f"too few for most verdicts{look}."
    )


def _most(records: Sequence[Record]) -> str:
    """How many networks or chains claims of one kind rest on, by task."""
    found = sorted(
        {max(one.networks_or_chains for one in records if one.task == task) for task in {r.task for r in records}}
    )
    return "no" if not found else " to ".join(map(str, dict.fromkeys((found[0], found[-1]))))


def scorecard_rows(records: Sequence[Record]) -> list[tuple[str, ...]]:
    """The table for readers: the verdict of each claim, then its numbers by task. The last cell is the name of a figure's row."""
    rows: list[tuple[str, ...]] = []
    for key, group in by_claim(records).items():
        rows.append((key, group[0].sentence, "", "", "", "", verdict_of(group), ""))
        for one in group:
            counts = f"{one.networks_or_chains} ({one.accepted})"
            rows.append(("", one.task.replace("_", " "), value_of(one), interval_of(one), bound_of(one), counts, one.verdict, one.figure))  # fmt: skip
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
