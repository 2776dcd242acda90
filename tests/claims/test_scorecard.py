"""The scorecard of evidence made by hand."""

import json

import numpy as np
from made_evidence import evidence

from rnnatlas.claims.scorecard import evaluate_claims, finished, scorecard_json, scorecard_markdown


def test_the_scorecard_gives_every_claim_its_verdict_in_every_task() -> None:
    results = [r for task in ("flip_flop", "context_integration") for r in evaluate_claims(evidence(task), seed=0)]
    found = {(row["task"], row["claim"]): row["verdict"] for row in json.loads(scorecard_json(results))}
    both = {
        (task, key): "holds" for task in ("flip_flop", "context_integration") for key in ("S4", "A1", "A1b", "A3", "A7")
    }
    # All distances between standards are alike, so that they do not cluster by g.
    clusters = {(task, "S6"): "fails" for task in ("flip_flop", "context_integration")}
    assert found == both | clusters | {("flip_flop", "S1"): "holds"}
    text = scorecard_markdown(finished(results))
    assert text.count("**holds**") == 6 and text.count("**fails**") == 1
    assert (
        text.index("**S1**") < text.index("**S4**") < text.index("**S6**") < text.index("**A1**") < text.index("**A7**")
    )


def test_the_scorecard_of_standard_networks_alone_has_no_claims_on_alternatives() -> None:
    results = evaluate_claims(evidence("memory_pro", rounds=0), seed=0)
    assert [r.claim.key for r in results] == ["S4", "S6"]


def test_numbers_that_are_not_finite_are_null_in_json() -> None:
    e = evidence(populations=1, members=1, rounds=0)
    row = json.loads(scorecard_json(evaluate_claims(e, seed=0)))[1]
    assert (row["claim"], row["value"], row["interval"], row["verdict"]) == ("S4", None, [None, None], "too small")


def test_the_scorecard_is_reproducible() -> None:
    e = evidence()
    e.networks["null"][:10, :10] = np.random.default_rng(1).uniform(0.8, 1.0, (10, 10))
    one, two = (scorecard_json(evaluate_claims(e, seed)) for seed in (3, 3))
    assert one == two != scorecard_json(evaluate_claims(e, 4))
