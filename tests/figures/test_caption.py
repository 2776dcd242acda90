"""Captions of the report: what a figure shows, and what the claims that it is about came to."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from docutils.core import publish_parts

from rnnatlas.claims.catalogue import ORDER
from rnnatlas.claims.record import Record, to_json
from rnnatlas.figures.caption import Caption, ScorecardCaption, escaped
from rnnatlas.figures.catalogue import FIGURES


class Shown(NamedTuple):
    target: str


PAGE = Shown("scorecard.html")


def record(claim: str = "S1", task: str = "flip_flop", figure: str = "solutions", **more: object) -> Record:
    values = {
        "claim": claim, "task": task, "figure": figure, "sentence": "A cube: 2^bits * `corners`", "source": "s", "statistic": "share",
        "threshold": 0.9, "holds_if": "at least", "value": 0.95, "interval": (0.8, 0.99), "networks_or_chains": 9, "accepted": 9,
        "smallest": 4, "verdict": "holds",
    }  # fmt: skip
    return Record(**values | more)  # type: ignore[arg-type]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    records = [
        record(),
        record("S3", "memory_pro"),
        record("A7", value=1.5, threshold=2.0, verdict="fails"),
        record("A7", "memory_pro", value=np.nan, verdict="too small"),
        record("A9", figure="chains", holds_if="printed", threshold=np.nan, verdict="open"),
    ]
    (tmp_path / "scorecard.json").write_text(to_json(records))
    return tmp_path


def html(text: str) -> str:
    """As HTML; what is no reStructuredText raises. The report adds the targets of links."""
    targets = "".join(f"\n.. _{name}: {name}\n" for name in ("scorecard.html", "figure_3.png", "figure_4.png"))
    return publish_parts(text + "\n" + targets, writer="html", settings_overrides={"report_level": 2, "halt_level": 2})["body"]  # fmt: skip


@pytest.mark.parametrize("key", FIGURES)
def test_captions_are_restructured_text(key: str) -> None:
    assert len(html(Caption(key, {}).text())) > 80


def test_a_caption_has_the_claims_of_its_figure_in_its_tasks(results: Path) -> None:
    drawn = str(results / "figures" / "figure_3.png")
    text = Caption("solutions", {"flip_flop": ""}).rst(drawn, [PAGE])
    assert text.startswith(Caption("solutions", {}).text()) and "(`scorecard.html`_)" in text
    assert "- **S1** A cube: 2^bits \\* \\`corners\\` (≥ 0.9): flip flop 0.950, *holds*" in text
    assert "- **A7** " in text and "flip flop 1.500, *fails*" in text
    assert "S3" not in text and "memory pro" not in text and "A9" not in text
    shown = html(text)
    assert "2^bits * `corners`" in shown and "<em>holds</em>" in shown


def test_tasks_of_one_figure_stand_together_and_questions_have_no_bound(results: Path) -> None:
    drawn = str(results / "figures" / "f.png")
    both = Caption("solutions", {"flip_flop": "", "memory_pro": ""}).rst(drawn, [])
    assert "flip flop 1.500, *fails*; memory pro undefined, *too small*" in both and "scorecard.html" not in both
    assert "- **A9** A cube: 2^bits \\* \\`corners\\`: flip flop 0.950, *open*" in Caption("chains", {"flip_flop": ""}).rst(drawn, [])  # fmt: skip


def test_a_figure_without_claims_or_before_the_scorecard_has_its_caption_alone(results: Path, tmp_path: Path) -> None:
    drawn = str(results / "figures" / "f.png")
    assert Caption("tasks", {"flip_flop": ""}).rst(drawn, [PAGE]) == Caption("tasks", {}).text()
    (tmp_path / "scorecard.json").unlink()
    assert Caption("solutions", {"flip_flop": ""}).rst(drawn, [PAGE]) == Caption("solutions", {}).text()


def test_the_scorecard_leads_to_figures_that_are_shown(results: Path) -> None:
    figures = {
        "solutions": {"flip_flop": "figure_3", "memory_pro": "figure_4"},
        "chains": {"flip_flop": "figure_chains"},
    }
    files = [PAGE, Shown("figure_3.png"), Shown("figure_4.png")]
    text = ScorecardCaption(figures).rst(str(results / "scorecard.html"), files)
    lines = [line for line in text.split("\n\n") if line.startswith("- ")]
    assert [line.split("**")[1] for line in lines] == ["S1", "S3", "A7", "A9"]
    assert lines[0].endswith("*holds* (`figure_3.png`_)") and lines[2].endswith("*fails* (`figure_3.png`_, `figure_4.png`_)")  # fmt: skip
    assert lines[3].endswith("*open*")  # its figure is not in the report
    assert html(text).count("<li>") == 4


def test_signs_of_markup_are_shown_as_they_are() -> None:
    for sentence in ("a*b*c", "`x`", "a_ b__", "|Im λ|", "back\\slash"):
        assert f"<p>{sentence}</p>" in html(escaped(sentence))
    assert len(ORDER) > 30
