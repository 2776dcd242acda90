"""Verdicts, and evidence as the claims read it."""

import numpy as np
import pytest
from made_evidence import MEMBERS, POPULATIONS, evidence, rows

from rnnatlas.claims.claim import Claim, Result, Verdict, overall


@pytest.mark.parametrize(
    ("value", "low", "high", "count", "share", "above", "verdict"),
    [
        (0.95, 0.80, 0.99, 9, False, True, "holds"),
        (0.90, 0.80, 0.99, 9, False, True, "holds"),  # at the threshold
        (0.89, 0.80, 0.99, 9, False, True, "undecided"),
        (0.70, 0.60, 0.89, 9, False, True, "fails"),
        (0.70, 0.60, 0.90, 9, False, True, "undecided"),
        (0.95, 0.80, 0.99, 3, False, True, "too small"),
        (1.00, 0.51, 1.00, 9, True, True, "holds"),
        (1.00, 0.50, 1.00, 9, True, True, "undecided"),  # the lower end must exceed one half
        (0.95, 0.91, 0.99, 9, False, False, "fails"),
        (0.95, 0.90, 0.99, 9, False, False, "undecided"),
        (0.90, 0.80, 0.99, 9, False, False, "holds"),
        (np.nan, -np.inf, np.inf, 9, False, True, "undecided"),
    ],
)
def test_a_verdict_follows_from_estimate_interval_and_size(
    value: float, low: float, high: float, count: int, share: bool, above: bool, verdict: Verdict
) -> None:
    claim = Claim("X", "", "", "", 0.9, "", above=above, share=share, smallest=4)
    assert Result(claim, "task", value, low, high, count, count).verdict == verdict


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["holds", "holds"], "holds"),
        (["holds", "undecided"], "undecided"),
        (["holds", "fails", "undecided", "too small"], "fails"),
        (["holds", "too small"], "too small"),
    ],
)
def test_a_claim_over_tasks_holds_if_it_holds_in_each_and_fails_if_it_fails_in_one(
    verdicts: list[Verdict], expected: Verdict
) -> None:
    assert overall(verdicts) == expected


def test_a_chain_is_its_reference_and_its_earlier_rounds() -> None:
    e = evidence()
    first, second = rows(e, 1), rows(e, 2)
    assert e.earlier(int(first[3])) == [3] and e.earlier(int(second[3])) == [3, first[3]]
    assert {k: v.tolist() for k, v in e.rounds().items()} == {1: first.tolist(), 2: second.tolist()}
    assert {k: len(v) for k, v in e.populations().items()} == dict.fromkeys(POPULATIONS, MEMBERS)


def test_the_points_of_a_network_are_its_own_at_the_input_asked_for() -> None:
    e = evidence()
    e.each("fixed_points")[POPULATIONS[1]]["output"][20:30] = 7.0
    e.each("fixed_points")[POPULATIONS[1]]["input"][29] = 1
    assert (e.points(MEMBERS + 2)["output"] == 7.0).all() and len(e.points(MEMBERS + 2)["output"]) == 9
    assert len(e.points(MEMBERS + 2, constant=1)["output"]) == 1
    assert not (e.points(2)["output"] == 7.0).any()
