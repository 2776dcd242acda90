"""The scorecard as Markdown and as a page, each row with a link to the figure that shows what the claim is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from rnnatlas.claims.record import Record
from rnnatlas.claims.scorecard import COLUMNS, NOTE, by_claim, scorecard_details, scorecard_rows

Figures = Mapping[
    str, Mapping[str, str]
]  # from a figure's row and a task to the name of the figure, where the study has it


def scorecard_markdown(records: Sequence[Record], figures: Figures) -> str:
    """The scorecard as Markdown."""
    lines = ["# Scorecard", "", NOTE, "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for row, name in zip(scorecard_rows(records), _shown(records, figures), strict=True):
        link = f"[{name}](figures/{name}.png)" if name else ""
        cells = (f"**{row[0]}**", f"*{row[1]}*", *row[2:6], f"**{row[6]}**", "") if row[0] else (*row[:7], link)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Behind the numbers", ""]
    for key, statistic, numbers in scorecard_details(records):
        lines += [f"- **{key}**: {statistic}.", *(f"  - {line}" for line in numbers)]
    return "\n".join(lines) + "\n"


def _shown(records: Sequence[Record], figures: Figures) -> list[str]:
    """The name of the figure beside each row of ``scorecard_rows``; empty where there is none."""
    names: list[str] = []
    for group in by_claim(records).values():
        names += ["", *(figures.get(one.figure, {}).get(one.task, "") for one in group)]
    return names


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


def scorecard_html(records: Sequence[Record], figures: Figures) -> str:
    """The scorecard as a page, for the report."""
    rows: list[str] = []
    for row, name in zip(scorecard_rows(records), _shown(records, figures), strict=True):
        link = f'<a href="figures/{name}.png">{escape(name.removeprefix("figure_"))}</a>' if name else ""
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[:7]) + f"<td>{link}</td>"
        rows.append(f'<tr class="claim">{cells}</tr>' if row[0] else f"<tr>{cells}</tr>")
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    details = "\n".join(
        f"<dt><b>{key}</b> {escape(statistic)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}"
        for key, statistic, lines in scorecard_details(records)
    )
    return _PAGE.format(note=escape(NOTE.replace("*", "")), head=head, rows="\n".join(rows), details=details)
