"""The scorecard of evidence made by hand: records, their file, and the pages made of them."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from made_evidence import evidence, with_tables

from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.judge import judged
from rnnatlas.claims.record import Record, from_json, to_json
from rnnatlas.claims.scorecard import bounds_of, by_claim, finished, parted, scorecard_rows
from rnnatlas.claims.scorecard_page import scorecard_html, scorecard_markdown
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

FIGURES = {"similarity": {"flip_flop": "figure_similarity"}, "solutions": {"flip_flop": "figure_3", "mine": "figure_mine"}}  # fmt: skip


def records_of(e: Evidence, seed: int = 0) -> list[Record]:
    """Three groups of claims on evidence that has what they read."""
    count = len(e.networks["round"])
    measures = {
        "potent_share": np.where(e.networks["round"] > 0, 0.9, np.nan),
        "targets": np.full(count, 0.5),
        "dsa/distance": e.embedding["distance"][None],
    }
    case = Case(e.task, with_tables(e, measures=measures), seed=seed)
    modules = ("predictivity_claims", "class_claims", "attractor_claims")
    return [Record.of(result) for module in modules for result in judged(module, case)]


def record(key: str = "S1", task: str = "flip_flop", **more: float) -> Record:
    claim = Claim(key, "Cubes & <corners>", "source", "share", 0.9, "solutions", share=True)
    values = {"value": 0.95, "low": 0.8, "high": 0.99, "p": np.nan} | more
    return Record.of(Result(claim, task, values["value"], values["low"], values["high"], 9, 8, {"half": 0.5}, values["p"]))  # fmt: skip


def test_the_scorecard_gives_every_claim_its_verdict_in_every_task() -> None:
    records = [r for task in ("flip_flop", "context_integration") for r in records_of(evidence(task))]
    found = {(r.task, r.claim): r.verdict for r in records}
    keys = ("S4", "A1", "A1b", "A3", "A2", "A7")
    both = {(task, key): "holds" for task in ("flip_flop", "context_integration") for key in keys}
    # All distances between standards are alike, so that they do not cluster by g.
    others = {(task, key): v for task in ("flip_flop", "context_integration") for key, v in (("S6", "fails"), ("A9", "open"))}  # fmt: skip
    assert found == both | others | {("flip_flop", "S1"): "holds"}
    text = scorecard_markdown(finished(records), {})
    assert text.count("**holds**") == 7 and text.count("**fails**") == 1 and text.count("**open**") == 1
    order = ("S1", "S4", "S6", "A1", "A1b", "A2", "A3", "A7", "A9")
    assert re.findall(r"^\| \*\*(\w+)\*\* \| \*", text, re.MULTILINE) == list(order)


def test_the_scorecard_of_standard_networks_alone_has_no_claims_on_alternatives() -> None:
    assert [r.claim for r in finished(records_of(evidence("memory_pro", rounds=0)))] == ["S4", "S6"]


def test_numbers_that_are_not_finite_are_null_in_json() -> None:
    rows = json.loads(to_json(finished(records_of(evidence(populations=1, members=1, rounds=0)))))
    row = next(row for row in rows if row["claim"] == "S4")
    assert (row["value"], row["interval"], row["verdict"], row["p"]) == (None, [None, None], "too small", None)


def test_the_scorecard_is_reproducible() -> None:
    e = evidence()
    e.networks["null"][:10, :10] = np.random.default_rng(1).uniform(0.8, 1.0, (10, 10))
    one, two = (to_json(finished(records_of(e, seed))) for seed in (3, 3))
    assert one == two != to_json(finished(records_of(e, 4)))


def test_each_group_of_claims_draws_on_streams_of_its_own() -> None:
    e = evidence()
    first, again, other = (Case(e.task, e, seed=3).rng(key).random() for key in ("S4", "S4", "S6"))
    assert first == again != other != Case("memory_pro", e, seed=3).rng("S6").random()


# Records


def test_records_come_back_from_their_file(tmp_path) -> None:
    records = finished(records_of(evidence()) + records_of(evidence("memory_pro", populations=1, members=1)))
    assert any(np.isnan(r.value) for r in records) and any(np.isfinite(r.p) for r in records)
    assert any(np.isnan(list(r.detail.values())).any() for r in records)
    (tmp_path / "claims.json").write_text(to_json(records))
    back = from_json(tmp_path / "claims.json")
    finite = [replace(r, interval=tuple(np.where(np.isfinite(r.interval), r.interval, np.nan).tolist())) for r in records]  # fmt: skip
    assert [repr(r) for r in back] == [repr(r) for r in finite]
    assert to_json(back) == to_json(records)


def test_an_interval_without_bounds_is_not_defined_in_the_file(tmp_path) -> None:
    (tmp_path / "one.json").write_text(to_json([record(value=np.nan, low=-np.inf, high=np.inf)]))
    (back,) = from_json(tmp_path / "one.json")
    assert np.isnan([back.value, *back.interval, back.p]).all() and back.verdict == "undecided"
    assert scorecard_rows([back])[1][2:4] == ("undefined", "–")


def test_no_records_are_a_file_too(tmp_path) -> None:
    (tmp_path / "none.json").write_text(to_json([]))
    assert from_json(tmp_path / "none.json") == []


@pytest.mark.parametrize(
    "content",
    ["", "{", "null", "3", '{"claim": "S1"}', '["S1"]', '[{"claim": "S1"}]', '[{"interval": [0, 1], "detail": {}, "other": 1}]',
     to_json([record()]).replace('"interval": [', '"interval": [1,'), to_json([record()]).replace("0.95", '"high"')],
)  # fmt: skip
def test_a_file_that_is_something_else_is_named(content: str, tmp_path) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    with pytest.raises(AtlasError, match=r"other\.json"):
        from_json(file)


def test_a_file_that_is_not_text_or_not_there_is_named(tmp_path) -> None:
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    for name in ("binary.json", "missing.json"):
        with pytest.raises(AtlasError, match=name):
            from_json(tmp_path / name)


def test_a_record_says_what_the_claim_asks() -> None:
    claim = Claim("A9", "sentence", "source", "ratio", 1.0, "chains", question=True)
    result = Result(claim, "flip_flop", 0.5, 0.4, 0.6, 9, 9)
    question, below = Record.of(result), Record.of(replace(result, claim=replace(claim, question=False, above=False)))
    assert question.open and question.holds_if == "printed" and np.isnan(question.threshold)
    assert not below.open and (below.holds_if, below.threshold, below.verdict) == ("at most", 1.0, "holds")
    assert (question.figure, record().holds_if, record().smallest) == ("chains", "at least", 4)


def test_p_values_are_corrected_over_all_groups_and_tasks() -> None:
    found = finished([record("S6", p=0.01), record("S1", p=np.nan), record("S6", "mine", p=0.02)])
    assert [r.claim for r in found] == ["S1", "S6", "S6"] and "p" not in found[0].detail
    assert [r.detail["p (Holm)"] for r in found[1:]] == pytest.approx([0.02, 0.02])


# Pages


def test_rows_lead_to_the_figures_that_show_them() -> None:
    records = [record(), record(task="mine"), record(task="another")]
    text, page = scorecard_markdown(records, FIGURES), scorecard_html(records, FIGURES)
    links = re.findall(r"\[(\w+)\]\(figures/(\w+)\.png\)", text)
    assert links == [("figure_3", "figure_3"), ("figure_mine", "figure_mine")]
    assert re.findall(r'href="figures/(\w+)\.png">(\w+)<', page) == [("figure_3", "3"), ("figure_mine", "mine")]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert [("figure_3" in row, row.count(" | ")) for row in rows[2:]] == [
        (False, 7),
        (True, 7),
        (False, 7),
        (False, 7),
    ]
    assert "](figures" not in scorecard_markdown(records, {}) and "href" not in scorecard_html(records, {})


def test_the_page_has_every_row_and_no_markup_of_a_sentence() -> None:
    page = scorecard_html([record()], FIGURES)
    assert page.count("<tr") == 3 and "Cubes &amp; &lt;corners&gt;" in page and "<corners>" not in page
    assert "half 0.500" in page and '<tr class="claim">' in page


def test_a_set_of_chains_is_named_where_there_are_several_and_in_every_part() -> None:
    one = record("A1")
    assert list(by_claim(finished([replace(one, chains="insd")]))) == ["A1"]
    both = finished([replace(one, chains="insd"), replace(one, chains="mine", verdict="too small"), record("S1")])
    assert list(by_claim(both)) == ["S1", "A1 (insd)", "A1 (mine)"]
    assert [list(by_claim(part)) for part in parted(both)] == [["S1", "A1 (insd)"], ["A1 (mine)"]]


def test_a_bound_that_differs_between_tasks_is_told_with_them() -> None:
    claim = Claim("R", "S.", "paper", "share", 0.85, figure="")
    loose = replace(claim, threshold=0.6)
    one, other = (
        Record.of(Result(c, task, 0.9, 0.8, 1.0, 9, 9)) for c, task in ((claim, "flip_flop"), (loose, "memory_pro"))
    )
    assert bounds_of([one]) == "≥ 0.85" and bounds_of([one, replace(one, task="x")]) == "≥ 0.85"
    assert bounds_of([one, other]) == "≥ 0.85 in flip flop, ≥ 0.6 in memory pro"
