"""The page of results says what the scorecard beside it says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.record import Record, from_json, to_json
from rnnatlas.claims.results_page import main, results_page
from rnnatlas.errors import AtlasError

DOCS = Path(__file__).parents[2] / "docs"
CLAIM = Claim("A1", "Decoupled", "a source", "a statistic", 0.1, "chains", above=False)
DETAIL = {"alt-1": 0.0271, "insd: own penalty": 0.5, "new → earlier": float("nan")}
RECORDS = [
    Record.of(Result(CLAIM, "flip_flop", 0.0271, 0.01, 0.05, 8, 7, DETAIL)),
    Record.of(Result(CLAIM, "memory_pro", 0.5, 0.4, 0.6, 8, 8)),
]


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{A1.flip_flop.value}}", "0.03"),
        ("{{A1.flip_flop.value:.3f}}, {{A1.flip_flop.value:+.1f}}", "0.027, +0.0"),
        ("{{A1.flip_flop.interval}}", "0.01 to 0.05"),
        ("{{A1.flip_flop.count}} ({{A1.flip_flop.accepted}})", "8 (7)"),
        ("{{A1.flip_flop.insd: own penalty:.1f}}", "0.5"),
        ("{{A1.flip_flop.new → earlier}}", "undefined"),
        ("{{A1.threshold}}, {{A1.verdict}}, {{A1.flip_flop.verdict}}", "0.1, fails, holds"),
    ],
)
def test_named_values(text: str, filled: str) -> None:
    assert results_page(text, RECORDS).endswith(filled)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("B1.flip_flop.value", "A1"),
        ("A1.toggle.value", "A1.flip_flop"),
        ("A1.flip_flop.alt-9", "alt-1"),
        ("A1.verdicts", "A1."),
    ],
)
def test_a_name_that_the_scorecard_lacks(name: str, known: str) -> None:
    with pytest.raises(AtlasError, match=re.escape(f"{{{{{name}}}}}")) as error:
        results_page(f"{{{{{name}}}}}", RECORDS, "results.md")
    assert known in error.value.remedy and "results.md" in str(error.value)


def test_the_table_has_a_row_a_claim() -> None:
    table = results_page("{{scorecard}}", RECORDS)
    assert "| claim | flip flop | memory pro | holds if | verdict |" in table
    assert "| **A1** Decoupled | 0.0271 (0.01 to 0.05) | 0.5 (0.4 to 0.6) | ≤ 0.1 | **fails** |" in table


def test_a_changed_number_changes_the_page(tmp_path: Path) -> None:
    (tmp_path / "results.md").write_text("{{A1.flip_flop.value}}")
    pages = []
    for records in (RECORDS, [replace(RECORDS[0], value=0.9), RECORDS[1]]):
        (tmp_path / "scorecard.json").write_text(to_json(records))
        main(tmp_path, tmp_path / "page.md")
        pages.append((tmp_path / "page.md").read_text())
    assert pages[0] != pages[1]


def test_the_page_of_this_project_is_what_its_scorecard_says() -> None:
    text, page = (DOCS / "results/results.md").read_text(), (DOCS / "results.md").read_text()
    assert page == results_page(text, from_json(DOCS / "results/scorecard.json")), "run `make results`"


def test_its_text_types_no_number_of_a_claim() -> None:
    """Numbers with decimals are filled in; what is typed are counts, settings and names."""
    text = re.sub(r"\{\{[^{}]*\}\}", "", (DOCS / "results/results.md").read_text())
    assert re.findall(r"(?<![\w/.])\d+\.\d+(?![\w.])", text) == ["1.5"]  # a gain


def test_every_picture_of_the_page_is_there() -> None:
    for name in re.findall(r"\]\((results/[^)]*\.png)\)", (DOCS / "results.md").read_text()):
        assert (DOCS / name).exists(), name
