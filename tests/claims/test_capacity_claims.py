"""A13 on chains of eight rounds made by hand."""

import numpy as np
import pytest
from made_evidence import CHAINS, evidence, only, rng, rows

from rnnatlas.claims.capacity_claims import MOST, capacity, still_in
from rnnatlas.claims.judge import judged
from rnnatlas.evidence.case import Case


def test_chains_that_never_miss_are_censored_at_their_last_round() -> None:
    found = capacity(evidence(rounds=8), rng())
    assert (found.value, found.count, found.verdict) == (8.0, CHAINS, "open")
    assert found.detail["censored"] == CHAINS and found.detail["chain 1 censored"] == 8.0
    assert [found.detail[f"alt-{k} still in"] for k in range(1, 9)] == [CHAINS] * 8


@pytest.mark.parametrize("missed", ["acceptance", "decoupling"])
def test_a_chain_lasts_until_it_misses_and_does_not_come_back(missed: str) -> None:
    e = evidence(rounds=8)
    new = rows(e, 4)[2]
    if missed == "acceptance":
        e.networks["accepted"][new] = False
    else:
        e.networks["null"][new, rows(e, 2)[2]] = 0.11
    found = capacity(e, rng())
    assert found.detail["chain 3"] == 3.0 and "chain 3 censored" not in found.detail
    assert found.detail["alt-3 still in"] == CHAINS and found.detail["alt-4 still in"] == CHAINS - 1
    assert found.detail["alt-8 still in"] == found.detail["censored"] == CHAINS - 1


def test_the_bound_itself_is_kept_and_other_chains_do_not_count() -> None:
    e = evidence(rounds=3)
    e.networks["null"][rows(e, 3)[0], rows(e, 1)[0]] = 0.10
    e.networks["null"][rows(e, 3)[0], rows(e, 1)[1]] = 0.9  # of another chain
    e.networks["null"][rows(e, 1)[0], rows(e, 3)[0]] = 0.9  # an earlier one predicts a later one
    assert still_in(e).all()


def test_a_miss_in_the_last_round_is_no_censoring() -> None:
    e = evidence(rounds=8)
    e.networks["accepted"][rows(e, 8)] = False
    found = capacity(e, rng())
    assert found.value == 7.0 and found.detail["censored"] == 0.0


def test_the_value_is_the_median_over_chains_and_rounds_beyond_the_eighth_are_left_out() -> None:
    e = evidence(rounds=9)
    e.networks["accepted"][rows(e, 9)] = False
    assert capacity(e, rng()).value == MOST == 8
    e.networks["accepted"][rows(e, 1)[:4]] = False
    found = capacity(e, rng())
    assert found.value == 0.0 and found.accepted == 2


def test_it_is_printed_for_few_chains_and_rounds_and_not_without_any() -> None:
    e = evidence(rounds=1)
    e = only(e, np.r_[rows(e, 0), rows(e, 1)[:1]])
    (found,) = judged("capacity_claims", Case(e.task, e))
    assert (found.claim.key, found.value, found.verdict) == ("A13", 1.0, "open")
    assert judged("capacity_claims", Case(e.task, evidence(rounds=0))) == []
