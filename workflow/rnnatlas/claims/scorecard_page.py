"""The scorecard as Markdown and as a page, each row with a link to the figure that shows what the claim is about.

``python -m rnnatlas.claims.scorecard_page FILE ...`` prints that of single groups of claims.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from rnnatlas.claims.record import Record, from_json
from rnnatlas.claims.scorecard import (
    COLUMNS,
    NOTE,
    Figures,
    by_claim,
    figure_of,
    finished,
    parted,
    scorecard_details,
    scorecard_rows,
    small_study,
)
from rnnatlas.errors import AtlasError


def scorecard_markdown(records: Sequence[Record], figures: Figures) -> str:
    """The scorecard as Markdown."""
    lines = ["# Scorecard", ""]
    for title, part, judged in _tables(records, figures):
        lines += [*([title, ""] if title else []), NOTE, ""] if judged else [f"## {title}", ""]
        columns = COLUMNS if judged else (*COLUMNS[:6], "", COLUMNS[7])
        lines += [f"| {' | '.join(columns)} |", "|---" * len(COLUMNS) + "|"]
        for row, name in zip(scorecard_rows(part), _shown(part, figures), strict=True):
            link, verdict = f"[{name}](figures/{name}.png)" if name else "", row[6] if judged else ""
            strong = f"**{verdict}**" if verdict else ""
            cells = (f"**{row[0]}**", f"*{row[1]}*", *row[2:6], strong, "") if row[0] else (*row[:6], verdict, link)
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += ["## Behind the numbers", ""]
    for key, statistic, numbers in scorecard_details(records):
        lines += [f"- **{key}**: {statistic}.", *(f"  - {line}" for line in numbers)]
    return "\n".join(lines) + "\n"


def _tables(records: Sequence[Record], figures: Figures) -> list[tuple[str, Sequence[Record], bool]]:
    """The tables of the page: what stands above each, its records, and whether verdicts are given. Those of a small study are two: its
    sentence comes first, and what it is too small for comes last, as numbers alone."""
    shown = figures.get("solutions", {})
    opening = small_study(records, shown.get("flip_flop", next(iter(shown.values()), "")))
    if not opening:
        return [("", records, True)]
    judged, others = parted(records)
    return [(opening, judged, True), ("Numbers without a verdict: too few networks or chains", others, False)]


def _shown(records: Sequence[Record], figures: Figures) -> list[str]:
    """The name of the figure beside each row of ``scorecard_rows``; empty where there is none."""
    names: list[str] = []
    for group in by_claim(records).values():
        names += ["", *(figure_of(one, figures) for one in group)]
    return names


_PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Scorecard</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; color: #222; }} table {{ border-collapse: collapse; }}
td, th {{ padding: .3em .7em; text-align: left; border-bottom: 1px solid #ddd; }} tr.claim td {{ font-weight: bold; }}
tr.claim {{ background: #f2f4f7; }}
</style></head><body><h1>Scorecard</h1>
{tables}
<h2>Behind the numbers</h2><dl>
{details}
</dl></body></html>
"""


def scorecard_html(records: Sequence[Record], figures: Figures) -> str:
    """The scorecard as a page, for the report."""
    tables: list[str] = []
    for title, part, judged in _tables(records, figures):
        note = escape(NOTE.replace("*", ""))
        above = (
            f"<p><b>{escape(title)}</b></p><p>{note}</p>"
            if judged and title
            else f"<p>{note}</p>"
            if judged
            else f"<h2>{escape(title)}</h2>"
        )
        rows: list[str] = []
        for row, name in zip(scorecard_rows(part), _shown(part, figures), strict=True):
            link = f'<a href="figures/{name}.png">{escape(name.removeprefix("figure_"))}</a>' if name else ""
            texts = row[:7] if judged else (*row[:6], "")
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in texts) + f"<td>{link}</td>"
            rows.append(f'<tr class="claim">{cells}</tr>' if row[0] else f"<tr>{cells}</tr>")
        columns = COLUMNS if judged else (*COLUMNS[:6], "", COLUMNS[7])
        head = "".join(f"<th>{column}</th>" for column in columns)
        tables.append(f"{above}<table><tr>{head}</tr>\n" + "\n".join(rows) + "\n</table>")
    details = "\n".join(
        f"<dt><b>{key}</b> {escape(statistic)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}"
        for key, statistic, lines in scorecard_details(records)
    )
    return _PAGE.format(tables="\n".join(tables), details=details)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the claims of groups that were judged by themselves; the exit status is 1, with a message, for a file that is none."""
    parser = argparse.ArgumentParser(prog="python -m rnnatlas.claims.scorecard_page", description=__doc__)
    parser.add_argument("groups", nargs="+", type=Path, help="such as results/<run>/claims/<group>.json")
    try:
        records = finished(one for file in parser.parse_args(arguments).groups for one in from_json(file))
    except AtlasError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(scorecard_markdown(records, {}), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
