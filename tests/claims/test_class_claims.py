"""S6, A2, A9, and verdicts under other settings and scores of DSA, on evidence made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.claims.claim import Result
from rnnatlas.claims.class_claims import (
    A2,
    cluster_by_gain,
    dynamically_distinct,
    one_or_many,
    output_needs,
    robust,
)
from rnnatlas.claims.clusters import clusters, silhouette
from rnnatlas.claims.judge import judged
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

POPULATIONS, MEMBERS, CHAINS = ("standard/g0.5", "standard/g1.0", "standard/g1.5"), 4, 5
STANDARD = MEMBERS * len(POPULATIONS)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def between(places: np.ndarray) -> np.ndarray:
    """Distances of points on a line."""
    return np.abs(places[:, None] - places)


def evidence(gap: float = 5.0, spread: float = 0.0) -> Evidence:
    """Three populations ``gap`` apart on a line, and two rounds of alternatives 50 from them: alt-1 ``spread`` apart from
    chain to chain, alt-2 in two clusters. All are competent; X Q predicts 0.9 of what X predicts."""
    places = [(name, "-", 0, k) for name in POPULATIONS for k in range(MEMBERS)]
    places += [(f"alternatives/insd_alt{r}", "insd", r, c) for r in (1, 2) for c in range(CHAINS)]
    old = np.array([r == 0 for *_, r, _ in places])
    standard = np.concatenate([g * gap + 0.3 * np.arange(MEMBERS) for g in range(len(POPULATIONS))])
    first, second = 50.0 + spread * np.arange(CHAINS), np.array([90.0, 90.2, 90.4, 99.0, 99.2])
    count = len(places)
    networks = {
        "ensemble": np.array([name for name, *_ in places]),
        "chains": np.array([chains for _, chains, _, _ in places]),
        "round": np.array([r for *_, r, _ in places]),
        "member": np.array([k for *_, k in places]),
        "reference": np.array([-1 if r == 0 else k for *_, r, k in places]),
        "accepted": np.ones(count, bool),
        "null": np.where(old[:, None] & old[None], 0.95, 0.2),
        "performance": np.where(old, 0.98, 0.97),
    }
    measures = {
        "potent_share": np.where(old, np.nan, 0.9),
        "targets": np.where(old, 0.6, -1.0),
    }
    distance = between(np.concatenate([standard, first, second]))
    embedding = {"distance": distance, "alignment": 0.01 * distance}
    return Evidence("flip_flop", networks, {"similarity": networks, "embedding": embedding, "measures": measures})


def with_embedding(e: Evidence, **matrices: np.ndarray) -> Evidence:
    return replace(e, tables={**e.tables, "embedding": {**e.embedding, **matrices}})


def with_distances(e: Evidence, *distances: np.ndarray) -> Evidence:
    """These distances at settings of the sweep."""
    return replace(e, tables={**e.tables, "measures": {**e.measures, "dsa/distance": np.stack(distances)}})


def only(e: Evidence, rows: np.ndarray | list[int]) -> Evidence:
    """The evidence of these networks alone."""
    networks = {key: a[np.ix_(rows, rows)] if a.ndim == 2 else a[rows] for key, a in e.networks.items()}
    e = replace(e, networks=networks, tables={**e.tables, "similarity": networks})
    return with_embedding(e, **{name: matrix[np.ix_(rows, rows)] for name, matrix in e.embedding.items()})


# S6


def test_s6_holds_for_populations_apart() -> None:
    found = cluster_by_gain(evidence(), rng())
    assert found.verdict == "holds" and (found.count, found.accepted) == (STANDARD, STANDARD)
    assert found.value == found.p == pytest.approx(1e-4, abs=3e-4)
    assert found.detail["within g"] == pytest.approx(0.45) and found.detail["between g"] == pytest.approx(5.3, abs=0.4)
    assert found.detail["silhouette"] > 0.8 and found.detail["F"] > 100.0


def test_s6_fails_where_g_does_not_matter() -> None:
    e = evidence()
    order = np.random.default_rng(2).permutation(STANDARD)
    shuffled = e.embedding["distance"].copy()
    shuffled[:STANDARD, :STANDARD] = shuffled[np.ix_(order, order)]
    found = cluster_by_gain(with_embedding(e, distance=shuffled), rng())
    assert found.verdict == "fails" and found.p > 0.05


def test_s6_does_not_hold_for_populations_that_differ_in_spread_alone() -> None:
    """PERMANOVA answers to unequal spreads too: without larger distances between g there is no clustering."""
    e = evidence()
    e.embedding["distance"][:STANDARD, :STANDARD] = 1.0 - np.eye(STANDARD)
    for k in range(0, STANDARD, MEMBERS):
        e.embedding["distance"][k : k + MEMBERS, k : k + MEMBERS] *= 1.5
    found = cluster_by_gain(e, rng())
    assert (found.value, found.verdict) == (1.0, "fails")


def test_s6_of_few_networks_has_no_verdict() -> None:
    e = evidence()
    found = cluster_by_gain(only(e, np.r_[0:2, 4:6, STANDARD : STANDARD + CHAINS]), rng())
    assert (found.count, found.verdict) == (4, "too small") and found.p == pytest.approx(1 / 3)  # of three partitions


@pytest.mark.parametrize("groups", [[0], [0, 4, 8]], ids=["one network", "one of each population"])
def test_s6_without_groups_is_undefined(groups: list[int]) -> None:
    found = cluster_by_gain(only(evidence(), groups), rng())
    assert np.isnan(found.value) and found.verdict == "too small"


# A2


def test_a2_holds_where_the_potent_part_predicts_nearly_all() -> None:
    found = output_needs(evidence(), rng())
    assert (found.value, found.verdict, found.count) == (0.9, "holds", CHAINS)
    assert found.detail == pytest.approx({"alt-1": 0.9, "alt-2": 0.9, "targets": 0.6})


@pytest.mark.parametrize("spoil", ["share", "undefined", "incompetent"])
def test_a2_fails_by_the_worse_round(spoil: str) -> None:
    e = evidence()
    if spoil == "incompetent":
        e.networks["performance"][-CHAINS:] = 0.5
    else:
        e.measures["potent_share"][-CHAINS:] = 0.4 if spoil == "share" else np.nan
    found = output_needs(e, rng())
    assert found.verdict == "fails" and found.detail["alt-1"] == 0.9
    assert found.value == found.detail["alt-2"] == (0.4 if spoil == "share" else 0.0)


def test_a2_compares_medians_over_chains() -> None:
    e = evidence()
    e.measures["potent_share"][-CHAINS:] = [0.0, 0.85, 0.9, 0.0, 0.85]
    found = output_needs(e, rng())
    assert (found.value, found.low, found.high, found.verdict) == (0.85, 0.0, 0.9, "holds")
    assert found.value >= A2.threshold


# A9


def test_a9_tells_one_second_solution_from_many() -> None:
    one, many = one_or_many(evidence(spread=0.01), rng()), one_or_many(evidence(spread=30.0), rng())
    assert one.verdict == many.verdict == "open"
    assert one.value < 0.01 and many.value > 5.0
    assert one.detail["standard null"] == 0.95 and one.detail["alt-1 null"] == pytest.approx(0.2)
    assert one.detail["standard clusters"] == 3.0 and one.detail["alt-2 clusters"] == 2.0
    assert one.low <= one.value <= one.high


def test_clusters_are_found_where_there_are_any() -> None:
    places = np.concatenate([centre + np.linspace(0, 1, 6) for centre in (0.0, 8.0, 20.0)])
    found, expected = clusters(between(places)), np.repeat([1, 2, 3], 6)
    assert found.max() == 3 and np.array_equal(found[:, None] == found, expected[:, None] == expected)


def test_one_cluster_is_one() -> None:
    cloud = np.random.default_rng(1).normal(size=(30, 6))
    distances = np.linalg.norm(cloud[:, None] - cloud, axis=2)
    assert clusters(distances).max() == 1
    assert clusters(np.zeros((5, 5))).max() == clusters(np.array([[0.0, 1.0], [1.0, 0.0]])).max() == 1


def test_a_silhouette_by_hand() -> None:
    """Points 0, 1 and 10: a = 1 and b = 10 or 9 for the first two; the third is alone in its group and has 0."""
    found = silhouette(between(np.array([0.0, 1.0, 10.0])), np.array(["a", "a", "b"]))
    assert found == pytest.approx((9 / 10 + 8 / 9 + 0.0) / 3)
    assert np.isnan(silhouette(between(np.arange(3.0)), np.arange(3)))


# The sweep, and the other score


def distinct(evidence: Evidence) -> Result:
    return dynamically_distinct(evidence, rng())


def near(distance: np.ndarray) -> np.ndarray:
    """The same distances, with alternatives as near to standards as these are to each other."""
    found = distance.copy()
    found[:STANDARD, STANDARD:] = found[STANDARD:, :STANDARD] = 0.5
    return found


def test_a_verdict_that_every_setting_shares_stands() -> None:
    e = evidence()
    e = with_distances(e, e.embedding["distance"], 2.0 * e.embedding["distance"])
    found = robust(e, distinct)
    assert found.verdict == "holds" and found.detail["settings"] == found.detail["agreeing"] == 2.0


def test_a_verdict_that_flips_is_undecided() -> None:
    e = evidence()
    e = with_distances(e, e.embedding["distance"], near(e.embedding["distance"]))
    both = distinct(e), distinct(with_embedding(e, distance=e.measures["dsa/distance"][1]))
    assert [result.verdict for result in both] == ["holds", "fails"]
    found = robust(e, distinct)
    assert found.verdict == "undecided" and found.detail["agreeing"] == 1.0 and found.value == both[0].value
    assert found.detail["alignment score agrees"] == 1.0


def test_settings_that_say_nothing_of_a_network_are_left_out() -> None:
    e = evidence()
    missing = e.embedding["distance"].copy()
    missing[3, 4] = np.nan
    e = with_distances(e, missing, e.embedding["distance"])
    found = robust(e, lambda x: cluster_by_gain(x, rng()))
    assert found.detail["settings"] == 1.0 and found.verdict == "holds"


def test_the_alignment_score_stands_beside_the_verdict_that_it_shares() -> None:
    e = evidence()
    other = 0.02 * e.embedding["distance"]
    other[STANDARD:, :STANDARD] *= 2.0
    e = with_embedding(with_distances(e, e.embedding["distance"]), alignment=other)
    found = robust(e, distinct)
    assert found.verdict == "holds" and found.detail["alignment score agrees"] == 1.0
    assert found.value == distinct(e).value
    assert found.detail["alignment score"] == pytest.approx(2.0 * found.value)  # in units of its own distances


@pytest.mark.parametrize("claim", [cluster_by_gain, dynamically_distinct])
def test_a_verdict_that_the_alignment_score_does_not_share_is_undecided(claim) -> None:
    e = with_distances(evidence(), evidence().embedding["distance"])
    e = with_embedding(e, alignment=np.random.default_rng(3).uniform(0.4, 0.6, e.embedding["distance"].shape))
    found = robust(e, lambda x: claim(x, rng()))
    assert claim(e, rng()).verdict == "holds" and found.verdict == "undecided" and found.flips
    assert found.detail["alignment score agrees"] == 0.0 and found.detail["agreeing"] == 1.0
    assert found.value == claim(e, rng()).value and found.p == pytest.approx(claim(e, rng()).p, nan_ok=True)


def test_the_alignment_score_is_judged_without_settings_of_the_sweep() -> None:
    e = evidence()
    e = with_distances(e, np.full_like(e.embedding["distance"], np.nan))  # no setting that the trials support
    assert robust(e, distinct).verdict == "holds"
    found = robust(with_embedding(e, alignment=near(e.embedding["distance"])), distinct)
    assert found.detail["settings"] == 0.0 and found.verdict == "undecided"


def test_the_group_judges_s6_and_a7_by_both_scores() -> None:
    e = with_distances(evidence(), evidence().embedding["distance"])
    found = {result.claim.key: result for result in judged("class_claims", Case(e.task, e))}
    assert list(found) == ["S6", "A2", "A7", "A9"]
    assert [key for key, result in found.items() if "alignment score agrees" in result.detail] == ["S6", "A7"]
    e = with_embedding(e, alignment=near(e.embedding["distance"]))
    verdicts = {result.claim.key: result.verdict for result in judged("class_claims", Case(e.task, e))}
    assert verdicts == {"S6": "holds", "A2": "holds", "A7": "undecided", "A9": "open"}
    alone = only(evidence(), list(range(STANDARD)))
    alone = with_distances(alone, alone.embedding["distance"])
    assert [result.claim.key for result in judged("class_claims", Case(e.task, alone))] == ["S6"]
