"""What the scorecard prints: of a small study a sentence first, of claims that join bounds their numbers."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.decoding_claims import A8B, S8
from rnnatlas.claims.metric_claims import M1
from rnnatlas.claims.record import Record, from_json, to_json
from rnnatlas.claims.results_page import scorecard_table
from rnnatlas.claims.scorecard import bound_of, interval_of, parted, small_study, value_of, verdict_by_task
from rnnatlas.claims.scorecard_page import main, scorecard_html, scorecard_markdown

FIGURES = {"solutions": {"context_integration": "figure_2", "flip_flop": "figure_3"}, "chains": {"flip_flop": "figure_chains"}}  # fmt: skip


def record(key: str, count: int, task: str = "flip_flop", question: bool = False) -> Record:
    claim = Claim(key, f"sentence of {key}", "source", "a statistic", 0.9, "chains", question=question)
    return Record.of(Result(claim, task, 0.95, 0.8, 0.99, count, count))


def metric() -> Record:
    detail = {"CKA": 0.08, "RSA": 0.05, "earlier → new": 0.1, "new → earlier": 0.999}
    return Record.of(Result(M1, "flip_flop", 0.1, 0.1, 0.1, 1, 1, detail))


def small() -> list[Record]:
    return [record("S1", 3), record("S4", 3), record("A1", 1), record("A9", 1, question=True), metric()]


def test_a_small_study_begins_with_one_sentence_and_what_it_has_verdicts_for() -> None:
    sentence = "A small study, of 3 standard networks and 1 chain a task: too few for most verdicts; look at figure 3."
    text = scorecard_markdown(small(), FIGURES)
    assert text.startswith(f"# Scorecard\n\n{sentence}\n\n")
    assert "**too small**" not in text and text.count("too small") == 0
    first, _, rest = text.partition("## Numbers without a verdict")
    assert "**M1**" in first and "**A9**" in first and "**S4**" not in first and "**S4**" in rest and "0.950" in rest
    page = scorecard_html(small(), FIGURES)
    assert page.index(sentence) < page.index("<table>") and ">too small<" not in page and "S4" in page
    assert [one.claim for one in parted(small())[0]] == ["A9", "M1"]


def test_a_verdict_in_one_task_is_shown_where_others_have_too_few_chains() -> None:
    uneven = [
        record("A1", 4),
        record("A1", 1, "memory_pro"),
        record("A3", 1),
        record("A3", 1, "memory_pro"),
        record("S1", 1),
    ]
    assert small_study(uneven).startswith("A small study, of 1 standard network and 1 to 4 chains a task")
    assert [one.claim for one in parted(uneven)[0]] == ["A1", "A1"]
    assert verdict_by_task(uneven[:2]) == "too small (flip flop holds)" and verdict_by_task(uneven[2:]) == "too small"
    first, _, rest = scorecard_markdown(uneven, FIGURES).partition("## Numbers without a verdict")
    assert (
        "| holds |" in first
        and "**A1**" in first
        and "holds |" not in rest.partition("## Behind")[0].partition("|---")[2]
    )


def test_a_study_that_most_claims_have_a_verdict_in_begins_as_ever() -> None:
    large = [record("S1", 40), record("S4", 40), record("A1", 8), record("S5", 0), metric()]
    text = scorecard_markdown(large, FIGURES)
    assert not small_study(large) and "without a verdict:" not in text and "**too small**" in text


def test_numbers_of_networks_and_chains_are_those_of_the_tasks() -> None:
    tasks = [
        record("S1", 3, "flip_flop"),
        record("S1", 2, "memory_pro"),
        record("A1", 2),
        record("A1", 2, "memory_pro"),
    ]
    assert "of 2 to 3 standard networks and 2 chains a task" in small_study(tasks)
    assert "of 2 to 3 standard networks and no chains a task: too few for most verdicts." in small_study(tasks[:2])
    assert not small_study([])


def test_claims_that_join_bounds_print_their_numbers_and_no_margin() -> None:
    s8 = Record.of(Result(S8, "memory_pro", 0.4, 0.2, 0.9, 40, 40, {"delay": 0.04, "response": 0.2}))
    assert (value_of(s8), bound_of(s8), interval_of(s8)) == (
        "delay 0.040, response 0.200",
        "delay ≤ 0.1, response ≥ 0.5",
        "–",
    )
    assert value_of(metric()) == "CKA 0.080, RSA 0.050, earlier → new 0.100, new → earlier 0.999"
    assert bound_of(metric()) == "CKA ≤ 0.2, RSA ≤ 0.2, earlier → new ≤ 0.2, new → earlier ≥ 0.9"
    text = scorecard_markdown([s8, metric()], FIGURES)
    assert "delay 0.040, response 0.200" in text and "0.400" not in text
    assert "delay 0.04, response 0.2 |" in scorecard_table([s8])
    missing = replace(s8, detail={"delay": np.nan})
    assert value_of(missing) == "delay undefined, response undefined"


@pytest.mark.parametrize("claim", [S8, M1, A8B])
def test_what_is_printed_moves_no_threshold(claim: Claim) -> None:
    assert claim.threshold == {"S8": 1.0, "M1": 0.0, "A8b": 1e-9}[claim.key] and claim.bounds


def test_bounds_come_back_from_the_file_and_old_files_have_none(tmp_path) -> None:
    (tmp_path / "new.json").write_text(to_json([metric()]))
    assert from_json(tmp_path / "new.json")[0].bounds == metric().bounds
    text = to_json([replace(metric(), bounds={})])
    (tmp_path / "old.json").write_text(text.replace(',\n  "bounds": {}', ""))
    assert '"bounds"' not in (tmp_path / "old.json").read_text()
    assert value_of(from_json(tmp_path / "old.json")[0]) == "0.100"


def test_a_group_that_was_judged_alone_is_printed(tmp_path, capsys) -> None:
    file = tmp_path / "capacity.json"
    file.write_text(to_json([record("A13", 4, question=True)]))
    assert main([str(file)]) == 0
    told = capsys.readouterr().out
    assert "| **A13** | *sentence of A13* |" in told and "a statistic." in told
    assert main([str(tmp_path / "none.json")]) == 1
    assert "error:" in capsys.readouterr().err
