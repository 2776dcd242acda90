"""A7 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import MEMBERS, evidence, rng, rows

from rnnatlas.claims.class_claims import dynamically_distinct


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


def test_an_incompetent_alternative_does_not_count_as_distinct() -> None:
    e = evidence()
    e.networks["performance"][rows(e, 1)] = 0.5
    found = dynamically_distinct(e, rng())
    assert found.value == 0.0 and found.verdict == "fails"
