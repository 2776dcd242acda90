"""A1, A1b, A3 and A7 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import CHAINS, MEMBERS, evidence, rng, rows

from rnnatlas.claims.alternatives import competence, decoupled, decoupled_from_class, dynamically_distinct
from rnnatlas.claims.claim import Verdict
from rnnatlas.claims.evidence import Evidence

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


@pytest.mark.parametrize("claim", [decoupled, decoupled_from_class, dynamically_distinct])
def test_an_incompetent_alternative_does_not_count_as_decoupled_or_distinct(claim) -> None:
    e = evidence()
    e.networks["performance"][rows(e, 1)] = 0.5
    found = claim(e, rng())
    assert found.value == (0.0 if claim is dynamically_distinct else 1.0) and found.verdict == "fails"


def test_three_chains_are_too_few_for_a_verdict() -> None:
    e = evidence()
    few = np.r_[rows(e, 0), rows(e, 1)[:3], rows(e, 2)[:3]]
    e = Evidence(
        e.task,
        {key: a[np.ix_(few, few)] if a.ndim == 2 else a[few] for key, a in e.networks.items()},
        {"distance": e.embedding["distance"][np.ix_(few, few)]},
        e.fixed_points,
        {},
    )
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


def test_a3_judges_the_first_round_and_shows_the_others() -> None:
    e = evidence()
    e.networks["performance"][rows(e, 2)] = 0.1
    found = competence(e)
    assert (found.value, found.verdict) == (1.0, "holds") and found.detail == {"alt-1": 1.0, "alt-2": 0.0}
    e.networks["performance"][rows(e, 1)[:2]] = 0.1
    found = competence(e)
    assert found.value == pytest.approx(4 / 6) and found.verdict == "undecided"


# A7


def test_a7_holds_for_distances_beyond_twice_those_within_populations() -> None:
    found = dynamically_distinct(evidence(), rng())
    assert found.value == pytest.approx(5.0) and found.verdict == "holds" and found.detail["standard-standard"] == 1.0


def test_a7_fails_for_alternatives_among_the_standards_by_the_worse_round() -> None:
    e = evidence()
    e.embedding["distance"][np.ix_(rows(e, 2), rows(e, 0))] = 1.5
    found = dynamically_distinct(e, rng())
    assert (found.value, found.verdict) == (1.5, "fails") and found.detail["alt-1"] == pytest.approx(5.0)


def test_a7_measures_standards_within_their_populations() -> None:
    e = evidence()
    e.embedding["distance"][:MEMBERS, MEMBERS:10] = e.embedding["distance"][MEMBERS:10, :MEMBERS] = 4.0
    assert dynamically_distinct(e, rng()).detail["standard-standard"] == 1.0
