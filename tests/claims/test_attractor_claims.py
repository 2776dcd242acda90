"""Claims on attractors, on evidence made by hand to pass and to fail."""

from collections.abc import Callable

import numpy as np
import pytest

from rnnatlas.claims.attractor_claims import (
    line_attractor_in_each_context,
    meets_s2,
    meets_s3,
    oscillates_without_a_line,
    ring_coverage,
    ring_holds_the_angle,
    unstable_eigenvalues,
)
from rnnatlas.claims.judge import judged
from rnnatlas.claims.rotation_claims import code_rotates
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

STANDARD, CHAINS, UNITS = 10, 8, 4
ENSEMBLES = {"standard/g1.0": STANDARD, "alternatives/insd_alt1": CHAINS, "alternatives/insd_alt2": CHAINS}
FIRST, SECOND = "alternatives/insd_alt1", "alternatives/insd_alt2"
ALPHA = 0.2


def points(members: int, eigenvalues: tuple[complex, ...]) -> dict[str, np.ndarray]:
    """One counted root a network and context with these eigenvalues, and a stable one that is not counted."""
    values = np.array([eigenvalues, [-1.0] * UNITS], dtype=complex)
    multiplier = np.abs(1 + ALPHA * values)
    one = {
        "eigenvalues": values,
        "unstable": (multiplier >= 1).sum(1),
        "stable": (multiplier < 1).all(1),
        "fixed": np.ones(2, bool),
        "counted": np.array([True, False]),
    }
    table = {key: np.concatenate([array] * 2 * members) for key, array in one.items()}
    return table | {"member": np.repeat(np.arange(members), 4), "input": np.tile([0, 0, 1, 1], members)}


def evidence(task: str = "context_integration", rounds: int = 2) -> Evidence:
    """All claims hold."""
    names = list(ENSEMBLES)[: 1 + rounds]
    places = [(name, k) for name in names for k in range(ENSEMBLES[name])]
    number = np.array([names.index(name) for name, _ in places])
    networks = {
        "ensemble": np.array([name for name, _ in places]),
        "member": np.array([k for _, k in places]),
        "round": number,
        "chains": np.where(number == 0, "-", "insd"),
        "reference": np.where(number == 0, -1, 0),
        "accepted": np.ones(len(places), bool),
        "performance": np.full(len(places), 0.97),
    }
    attractors, fixed_points, decoding = {}, {}, {}
    for name in names:
        n, old = ENSEMBLES[name], name.startswith("standard")
        if task == "context_integration":
            attractors[name] = {
                "line/variance": np.full((n, 2), 0.9 if old else 0.4),
                "line/range": np.full((n, 2), 0.9 if old else 0.2),
                "line/selection": np.full((n, 2), 50.0 if old else 1.0),
                "line/points": np.full((n, 2), 20),
            }
            fixed_points[name] = points(n, (-0.01, -0.5, -1, -1) if old else (0.3 + 1j, 0.3 - 1j, -1, -1))
        else:
            attractors[name] = {
                "ring/coverage": np.full(n, 1.0 if old else 0.1),
                "ring/error": np.full(n, 0.02 if old else np.nan),
                "ring/slow": np.full(n, 1.0 if old else 0.0),
            }
            decoding[name] = {"time": np.arange(3.0), "stability/angle": np.full(n, 0.95 if old else 0.2)}
    tables = {
        "similarity": networks, "fixed_points": fixed_points, "attractors": attractors, "decoding": decoding,
    }  # fmt: skip
    return Evidence(task, networks, tables)


# S2


def test_s2_holds_for_lines_in_both_contexts() -> None:
    found = line_attractor_in_each_context(evidence())
    assert (found.value, found.count, found.verdict) == (1.0, STANDARD, "holds")
    assert found.detail == {"variance": 1.0, "range": 1.0, "selection": 1.0}


@pytest.mark.parametrize(
    ("key", "passes", "misses"), [("variance", 0.8, 0.799), ("range", 0.7, 0.699), ("selection", 3.0, 2.999)]
)
@pytest.mark.parametrize("context", [0, 1])
def test_s2_needs_each_criterion_in_each_context(key: str, passes: float, misses: float, context: int) -> None:
    e = evidence()
    e.each("attractors")["standard/g1.0"][f"line/{key}"][:, context] = passes
    assert line_attractor_in_each_context(e).verdict == "holds"
    for value in (misses, np.nan):
        e.each("attractors")["standard/g1.0"][f"line/{key}"][:4, context] = value
        assert meets_s2(e).tolist() == [False] * 4 + [True] * 6
        found = line_attractor_in_each_context(e)
        assert found.value == found.detail[key] == pytest.approx(0.6) and found.verdict == "undecided"
    e.each("attractors")["standard/g1.0"][f"line/{key}"][:, context] = misses
    assert line_attractor_in_each_context(e).verdict == "fails"


def test_criteria_are_given_for_the_networks_asked_for() -> None:
    e = evidence()
    e.each("attractors")[FIRST]["line/variance"][2] = 0.9
    e.each("attractors")[FIRST]["line/range"][2] = 0.9
    e.each("attractors")[FIRST]["line/selection"][2] = 5.0
    assert meets_s2(e, np.array([0, STANDARD, STANDARD + 2])).tolist() == [True, False, True]


# S3


def test_s3_holds_for_rings() -> None:
    e = evidence("memory_pro")
    found = ring_holds_the_angle(e)
    assert (found.value, found.count, found.verdict) == (1.0, STANDARD, "holds")
    assert found.detail == pytest.approx({"median coverage": 1.0, "median error / pi": 0.02 / np.pi})
    assert ring_coverage(e, np.array([0, STANDARD])).tolist() == [1.0, 0.1]


@pytest.mark.parametrize(
    ("key", "value", "meets"),
    [("coverage", 0.9, True), ("coverage", 0.85, False), ("error", 0.314, True), ("error", 0.1 * np.pi, False), ("error", np.nan, False)],
)  # fmt: skip
def test_s3_needs_coverage_and_accuracy(key: str, value: float, meets: bool) -> None:
    e = evidence("memory_pro")
    e.each("attractors")["standard/g1.0"][f"ring/{key}"][:] = value
    assert meets_s3(e).all() == meets_s3(e).any() == meets
    assert ring_holds_the_angle(e).verdict == ("holds" if meets else "fails")


# A5


def test_a5_holds_for_unstable_spirals_without_slow_points() -> None:
    found = oscillates_without_a_line(evidence())
    assert (found.value, found.count, found.verdict) == (1.0, CHAINS, "holds")
    assert found.detail == {"alt-1": 1.0, "alt-2": 1.0, "no stable root": 1.0, "an unstable pair": 1.0, "short span": 1.0}  # fmt: skip


def replace_points(e: Evidence, eigenvalues: tuple[complex, ...]) -> None:
    e.each("fixed_points")[FIRST] = points(CHAINS, eigenvalues)


def stable_in_one_context(e: Evidence) -> None:
    table = e.each("fixed_points")[FIRST]
    chosen = table["input"] == 1
    table["eigenvalues"][chosen], table["unstable"][chosen], table["stable"][chosen] = -1.0, 0, True


SPOIL: dict[str, tuple[Callable[[Evidence], object], str]] = {
    "a stable root in one context": (stable_in_one_context, "no stable root"),
    "instability without turning": (lambda e: replace_points(e, (0.3, 0.2, -1, -1)), "an unstable pair"),
    "a pair that turns too slowly": (lambda e: replace_points(e, (0.3 + 0.1j, 0.3 - 0.1j, -1, -1)), "an unstable pair"),
    "a stable pair beside an unstable mode": (lambda e: replace_points(e, (0.3, -0.5 + 1j, -0.5 - 1j, -1)), "an unstable pair"),
    "no counted root at all": (lambda e: e.each("fixed_points")[FIRST]["counted"].fill(False), "an unstable pair"),
    "slow points and no roots": (lambda e: e.each("fixed_points")[FIRST]["fixed"].fill(False), "an unstable pair"),
    "a long span in one context": (lambda e: e.each("attractors")[FIRST]["line/range"][:, 1].fill(0.36), "short span"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "criterion"), SPOIL.values(), ids=SPOIL)
def test_a5_fails_where_one_criterion_is_missed(spoil: Callable[[Evidence], object], criterion: str) -> None:
    e = evidence()
    spoil(e)
    found = oscillates_without_a_line(e)
    assert (found.value, found.verdict) == (0.0, "fails") and found.detail["alt-2"] == 1.0
    missed = {key for key in ("no stable root", "an unstable pair", "short span") if found.detail[key] < 1}
    assert missed == {criterion}


def test_a5_wants_a_pair_in_either_context_and_no_more() -> None:
    e = evidence()
    table = e.each("fixed_points")[FIRST]
    table["eigenvalues"][table["input"] == 1] = table["eigenvalues"][table["input"] == 1].real
    assert oscillates_without_a_line(e).value == 1.0


def test_a5_takes_a_span_at_the_limit() -> None:
    e = evidence()
    e.each("attractors")[FIRST]["line/range"][:] = 0.35
    assert oscillates_without_a_line(e).verdict == "holds"


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0])
def test_the_unstable_eigenvalues_are_those_of_the_map(alpha: float) -> None:
    """Also where the map is unstable and the flow is not: -0.1 ± 2i at a = 0.2."""
    rng = np.random.default_rng(0)
    half = rng.normal(-0.5, 1.0, (200, 3)) + 2j * rng.normal(size=(200, 3))
    values = np.concatenate([half, half.conj(), rng.normal(size=(200, 2)), np.zeros((200, 1))], axis=1)
    values = np.take_along_axis(values, np.argsort(-values.real, axis=1), axis=1)
    expected = np.abs(1 + alpha * values) >= 1
    found = unstable_eigenvalues({"eigenvalues": values, "unstable": expected.sum(1)})
    for row, chosen, wanted in zip(values, found, expected, strict=True):
        assert sorted(chosen, key=str) == sorted(row[wanted], key=str)
    e = evidence()
    replace_points(e, (-0.1 + 2j, -0.1 - 2j, -1, -1))
    assert oscillates_without_a_line(e).value == 1.0


# A6


def test_a6_holds_for_rotating_codes() -> None:
    found = code_rotates(evidence("memory_pro"))
    assert (found.value, found.count, found.verdict) == (1.0, CHAINS, "holds")


@pytest.mark.parametrize(
    ("ring", "stability", "verdict"),
    [(0.5, 0.5, "holds"), (0.55, 0.2, "fails"), (0.1, 0.51, "fails"), (0.1, np.nan, "fails")],
)
def test_a6_needs_little_of_a_ring_and_an_unstable_code(ring: float, stability: float, verdict: str) -> None:
    e = evidence("memory_pro")
    e.each("attractors")[FIRST]["ring/coverage"][:] = ring
    e.each("decoding")[FIRST]["stability/angle"][:] = stability
    found = code_rotates(e)
    assert found.verdict == verdict and found.detail["alt-2"] == 1.0


@pytest.mark.parametrize(("task", "claim"), [("context_integration", oscillates_without_a_line), ("memory_pro", code_rotates)])  # fmt: skip
def test_an_incompetent_alternative_does_not_hold(task: str, claim: Callable) -> None:
    e = evidence(task)
    e.networks["performance"][STANDARD : STANDARD + 3] = 0.6
    found = claim(e)
    assert found.value == pytest.approx(5 / 8) and found.count == CHAINS and found.verdict == "undecided"


def test_the_claims_of_a_task_follow_from_what_was_measured() -> None:
    def keys(e: Evidence) -> list[str]:
        case = Case(e.task, e)
        return [result.claim.key for result in (*judged("attractor_claims", case), *judged("rotation_claims", case))]

    for task, expected in (("context_integration", ["S2", "A5"]), ("memory_pro", ["S3", "A6"])):
        assert keys(evidence(task)) == expected
        assert keys(evidence(task, rounds=0)) == expected[:1]
    e = evidence()
    for table in e.each("attractors").values():
        table.clear()
    assert keys(e) == []
