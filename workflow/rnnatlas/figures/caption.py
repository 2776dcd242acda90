"""Captions in the report: what a figure shows, and what the claims that it is about came to. Made when the report is."""

from __future__ import annotations

import ast
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from rnnatlas.claims.record import Record

LINE = 8000  # characters: docutils takes none longer than 10,000


@runtime_checkable
class Shown(Protocol):
    """A file of the report; ``target`` is the name by which a caption links to it."""

    target: str


@dataclass(frozen=True)
class Caption:
    """The caption of a figure: the docstring of its drawing module, and the verdicts of its claims in the tasks that it shows, those
    on alternatives of the set of chains that it is about there (``parts``, from task to set; empty: of all)."""

    figure: str
    parts: Mapping[str, str]

    def text(self) -> str:
        """The docstring of the drawing module without its first line, in reStructuredText. The module is not imported."""
        return cleandoc((ast.get_docstring(ast.parse(self._source())) or "").partition("\n")[2])

    def _source(self) -> str:
        return Path(__file__).with_name(f"{self.figure}.py").read_text(encoding="utf-8")

    def rst(self, drawn: str, files: Iterable[Shown]) -> str:
        """The caption of the figure that was drawn to the file ``drawn``; ``files`` are those that the report shows."""
        found = self.verdicts(Path(drawn).parents[1] / "scorecard.json")
        link = " (`scorecard.html`_)" if any(file.target == "scorecard.html" for file in files) else ""
        return "\n\n".join([self.text(), f"**Claims**{link}:", *found] if found else [self.text()])

    def picture(self, drawn: str | Path) -> str:
        """The figure that was drawn to the file ``drawn``, itself: with it the report opens."""
        title = (ast.get_docstring(ast.parse(self._source())) or "").partition("\n")[0]
        data = b64encode(Path(drawn).read_bytes()).decode()
        lines = [data[k : k + LINE] for k in range(0, len(data), LINE)]
        return "\n   ".join([".. image:: data:image/png;base64,", *lines, f":alt: {title}"])

    def verdicts(self, scorecard: Path) -> list[str]:
        """A line a claim that the figure is about; none before the scorecard was made."""
        from rnnatlas.claims.record import from_json
        from rnnatlas.claims.scorecard import bounds_of, by_claim, value_of

        records = from_json(scorecard) if scorecard.exists() else []
        mine = [one for one in records if one.figure == self.figure and self._is_about(one)]
        lines: list[str] = []
        for key, group in by_claim(mine).items():
            values = "; ".join(
                f"{one.task.replace('_', ' ')} {escaped(value_of(one))}, *{one.verdict}*" for one in group
            )
            bound = "" if group[0].open else f" ({bounds_of(group)})"
            lines.append(f"- **{key}** {escaped(group[0].sentence)}{bound}: {values}")
        return lines

    def _is_about(self, record: Record) -> bool:
        chains = self.parts.get(record.task)
        return chains is not None and (not chains or not record.chains or record.chains == chains)


@dataclass(frozen=True)
class ScorecardCaption:
    """The caption of the scorecard: each claim with its verdict, and a link to the figures that show what it is about."""

    figures: Mapping[str, Mapping[str, str]]  # from a figure's row and a task to the figure's name

    def rst(self, page: str, files: Iterable[Shown]) -> str:
        """The caption of the page at ``page``."""
        from rnnatlas.claims.record import from_json
        from rnnatlas.claims.scorecard import by_claim, figure_of, parted, small_study, verdict_by_task

        shown = {file.target for file in files}
        records = from_json(Path(page).with_name("scorecard.json"))
        lines = ["The papers' claims, each with its number, interval and verdict. Thresholds were fixed in advance."]
        opening, judged, few = small_study(records), parted(records)[0], []
        for key, group in by_claim(records).items():
            names = dict.fromkeys(figure_of(one, self.figures) for one in group)
            links = _links([f"{name}.png" for name in names], shown)
            if opening and group[0] not in judged:
                few.append(f"**{key}**{links}")
                continue
            lines.append(f"- **{key}** {escaped(group[0].sentence)}: *{verdict_by_task(group)}*{links}")
        lines += [f"Numbers without a verdict: {', '.join(few)}."] if few else []
        return "\n\n".join([opening, *lines] if opening else lines)


def _links(targets: Sequence[str], shown: set[str]) -> str:
    found = [f"`{target}`_" for target in targets if target in shown]
    return f" ({', '.join(found)})" if found else ""


def escaped(text: str) -> str:
    """``text`` as it is, for reStructuredText."""
    return text.translate({ord(sign): f"\\{sign}" for sign in "\\*`_|"})
