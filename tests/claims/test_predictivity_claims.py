"""S4, A1, A1b and A3 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import CHAINS, evidence, only, rng, rows

from rnnatlas.claims.claim import Verdict
from rnnatlas.claims.class_claims import dynamically_distinct
from rnnatlas.claims.competence import competence
from rnnatlas.claims.judge import judged
from rnnatlas.claims.predictivity_claims import decoupled, decoupled_from_class, solutions_collapse
from rnnatlas.evidence.case import Case

# S4


def test_s4_holds_where_all_four_kinds_of_predictivity_are_high() -> None:
    found = solutions_collapse(evidence(), rng())
    assert found.value == pytest.approx(0.95) and found.verdict == "holds" and found.count == 10
    assert found.low == found.high == pytest.approx(0.95)


@pytest.mark.parametrize("name", ["raw", "null", "raw_centred", "null_centred"])
def test_s4_fails_where_one_kind_is_low(name: str) -> None:
    e = evidence()
    e.networks[name][:10, :10] = np.where(np.eye(10), 1.0, 0.5)
    found = solutions_collapse(e, rng())
    assert (found.value, found.verdict) == (0.5, "fails") and found.detail[name] == 0.5


def test_s4_leaves_out_the_diagonal_and_the_alternatives() -> None:
    e = evidence()
    for name in ("raw", "null", "raw_centred", "null_centred"):
        np.fill_diagonal(e.networks[name], -100.0)
        e.networks[name][10:] = e.networks[name][:, 10:] = -100.0
    assert solutions_collapse(e, rng()).verdict == "holds"


# A1, A1b


def test_a1_and_a1b_hold_for_alternatives_that_predict_nothing_before_them() -> None:
    for claim in (decoupled, decoupled_from_class):
        found = claim(evidence(), rng())
        assert found.value == pytest.approx(0.05) and found.verdict == "holds" and found.count == CHAINS


def test_a1_fails_by_the_worse_round_and_its_most_predictable_earlier_network() -> None:
    e = evidence()
    for new, earlier in zip(rows(e, 2), rows(e, 1), strict=True):
        e.networks["null"][new, earlier] = 0.4  # alt-2 predicts alt-1, though not the reference
    found = decoupled(e, rng())
    assert (found.value, found.verdict) == (0.4, "fails")
    assert found.detail == pytest.approx({"alt-1": 0.05, "alt-2": 0.4})


def test_a1_looks_from_the_new_network_to_the_earlier_one() -> None:
    e = evidence()
    e.networks["null"][np.ix_(rows(e, 0), rows(e, 1))] = 0.9  # standards predict alternatives: does not matter
    e.networks["null"][np.ix_(rows(e, 1), rows(e, 2))] = 0.9
    assert decoupled(e, rng()).verdict == "holds"


def test_a1_does_not_look_at_other_chains_but_a1b_does() -> None:
    e = evidence()
    for c, new in enumerate(rows(e, 1)):
        e.networks["null"][new, np.setdiff1d(rows(e, 0), c)] = 0.5
    assert decoupled(e, rng()).verdict == "holds"
    found = decoupled_from_class(e, rng())
    assert (found.value, found.verdict) == (0.5, "fails")


def test_a1b_leaves_out_the_chains_own_reference() -> None:
    e = evidence(populations=1, members=2)
    for new in rows(e, 1):
        reference = e.networks["reference"][new] = 0
        e.networks["null"][new, reference] = 0.9
    for new in rows(e, 2):
        e.networks["reference"][new] = 0
    assert decoupled_from_class(e, rng()).value == pytest.approx(0.05)


@pytest.mark.parametrize("claim", [decoupled, decoupled_from_class])
def test_an_incompetent_alternative_does_not_count_as_decoupled(claim) -> None:
    e = evidence()
    e.networks["performance"][rows(e, 1)] = 0.5
    found = claim(e, rng())
    assert found.value == 1.0 and found.verdict == "fails"


def test_three_chains_are_too_few_for_a_verdict() -> None:
    e = evidence()
    e = only(e, np.r_[rows(e, 0), rows(e, 1)[:3], rows(e, 2)[:3]])
    for found in (decoupled(e, rng()), decoupled_from_class(e, rng()), dynamically_distinct(e, rng()), competence(e)):
        assert found.count == 3 and found.verdict == "too small"


# A3


@pytest.mark.parametrize(
    ("task", "performance", "verdict"),
    [
        ("flip_flop", 0.951, "holds"),  # standard median 0.98, margin 0.03
        ("flip_flop", 0.949, "fails"),
        ("context_integration", 0.949, "fails"),
        ("memory_pro", 0.91, "holds"),  # a floor of its own
        ("memory_pro", 0.89, "fails"),
    ],
)
def test_a3_compares_with_the_standard_median_or_memory_pros_floor(
    task: str, performance: float, verdict: Verdict
) -> None:
    e = evidence(task)
    e.networks["performance"][rows(e, 1)] = performance
    assert competence(e).verdict == verdict


@pytest.mark.parametrize(("task", "value", "verdict"), [("flip_flop", 0.0, "fails"), ("context_integration", 0.0, "fails"), ("memory_pro", 1.0, "holds")])  # fmt: skip
def test_a3_judges_every_round_and_of_memory_pro_the_first(task: str, value: float, verdict: Verdict) -> None:
    e = evidence(task, rounds=3)
    e.networks["performance"][rows(e, 3)] = 0.1
    found = competence(e)
    assert (found.value, found.verdict) == (value, verdict)
    assert found.detail == {"alt-1": 1.0, "alt-2": 1.0, "alt-3": 0.0}
    e.networks["performance"][rows(e, 3)] = e.networks["performance"][rows(e, 2)]
    e.networks["performance"][rows(e, 1)[:2]] = 0.1
    found = competence(e)
    assert found.value == pytest.approx(4 / 6) and found.verdict == "undecided"


def test_a1_and_a1b_judge_every_round() -> None:
    e = evidence(rounds=3)
    e.networks["null"][np.ix_(rows(e, 3), rows(e, 0))] = 0.4
    for claim in (decoupled, decoupled_from_class):
        found = claim(e, rng())
        assert (found.value, found.verdict) == (0.4, "fails")
        assert found.detail == pytest.approx({"alt-1": 0.05, "alt-2": 0.05, "alt-3": 0.4})


def test_the_group_judges_alternatives_where_there_are_any() -> None:
    assert [found.claim.key for found in judged("predictivity_claims", Case("flip_flop", evidence()))] == [
        "S4",
        "A1",
        "A1b",
        "A3",
    ]
    assert [found.claim.key for found in judged("predictivity_claims", Case("flip_flop", evidence(rounds=0)))] == ["S4"]
