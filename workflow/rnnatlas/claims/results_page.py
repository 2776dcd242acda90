"""The page of results from a text with named values: ``python -m rnnatlas.claims.results_page docs/results docs/results.md``.

The folder holds ``scorecard.json``, as a study made it, and ``results.md``, the text. In the text ``{{A1.flip_flop.value}}`` stands for a
number of the scorecard: a claim, a task, and ``value``, ``interval``, ``count``, ``accepted``, ``verdict`` or an entry of the claim's
detail such as ``alt-2``; ``{{A1.threshold}}`` and ``{{A1.verdict}}`` are those of the claim over its tasks. A format may follow,
``{{S6.flip_flop.p:.0e}}``; two decimals are the default. ``{{scorecard}}`` is the table of all claims.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rnnatlas.claims.record import Record, from_json
from rnnatlas.claims.scorecard import bounds_of, by_claim, verdict_of
from rnnatlas.errors import AtlasError

_NAMED = re.compile(r"\{\{([^{}]+?)(?::([+]?[.\d]*[a-zA-Z]))?\}\}")
HEADER = (
    "<!-- Made by `make results` from docs/results/results.md and docs/results/scorecard.json: do not edit. -->\n\n"
)


def results_page(text: str, records: Sequence[Record], source: str | Path = "results.md") -> str:
    """``text`` with its named values filled in. Raises ``AtlasError`` for a name that the scorecard does not have."""
    claims = by_claim(records)

    def filled(found: re.Match[str]) -> str:
        name, digits = found[1].strip(), found[2] or ".2f"
        return scorecard_table(records) if name == "scorecard" else _value(claims, name, digits, source)

    return HEADER + _NAMED.sub(filled, text)


def _value(claims: Mapping[str, Sequence[Record]], name: str, digits: str, source: str | Path) -> str:
    claim, _, rest = name.partition(".")
    if claim not in claims:
        raise _unknown(source, name, claims)
    group = claims[claim]
    if rest == "threshold":
        return f"{group[0].threshold:g}"
    if rest == "verdict":
        return verdict_of(group)
    task, _, what = rest.partition(".")
    record = next((one for one in group if one.task == task), None)
    if record is None:
        raise _unknown(source, name, [f"{claim}.{one.task}" for one in group])
    plain = {"count": record.networks_or_chains, "accepted": record.accepted, "verdict": record.verdict}
    if what in plain:
        return str(plain[what])
    if what == "interval":
        return " to ".join(_number(end, digits) for end in record.interval)
    numbers = {"value": record.value, "p": record.p, **record.detail}
    if what not in numbers:
        raise _unknown(source, name, [*plain, "interval", *numbers])
    return _number(numbers[what], digits)


def _number(value: float, digits: str) -> str:
    return format(value, digits).replace("-", "−") if np.isfinite(value) else "undefined"


def _unknown(source: str | Path, name: str, known: Sequence[str] | Mapping[str, object]) -> AtlasError:
    return AtlasError(
        source, f"{{{{{name}}}}}", "no such value in the scorecard beside it", f"name one of {', '.join(known)}"
    )


def scorecard_table(records: Sequence[Record]) -> str:
    """Every claim by task, with its interval, bound and verdict, as Markdown."""
    tasks = list(dict.fromkeys(record.task for record in records))
    heads = ["claim", *(task.replace("_", " ") for task in tasks), "holds if", "verdict"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for key, group in by_claim(records).items():
        cells = {one.task: _cell(one) for one in group}
        row = [f"**{key}** {group[0].sentence}", *(cells.get(task, "") for task in tasks), bounds_of(group)]
        lines.append(f"| {' | '.join(row)} | **{verdict_of(group)}** |")
    return "\n".join(lines)


def _cell(record: Record) -> str:
    low, high = record.interval
    if record.bounds:
        return ", ".join(f"{name} {_number(record.detail.get(name, np.nan), '.3g')}" for name in record.bounds)
    ends = f"{_number(low, '.3g')} to {_number(high, '.3g')}" if np.isfinite(low) else "–"
    return f"{_number(record.value, '.3g')} ({ends})"


def main(folder: Path, page: Path) -> None:
    """Write the page."""
    text = folder / "results.md"
    page.write_text(
        results_page(text.read_text(encoding="utf-8"), from_json(folder / "scorecard.json"), text), encoding="utf-8"
    )


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except AtlasError as error:
        sys.exit(f"error: {error}")
