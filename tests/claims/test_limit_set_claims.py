"""A4 and S5 on evidence made by hand to pass and to fail."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from rnnatlas.claims.limit_set_claims import (
    attracting_corners,
    chaotic_initialisations_collapse,
    memory_without_stable_states,
    was_chaotic,
)
from rnnatlas.evidence.evidence import Evidence

CHAINS, MEMBERS = 8, 5
STANDARD = "standard/g1.5"
CORNERS = np.array(list(product((-1.0, 1.0), repeat=3)))
Table = dict[str, np.ndarray]


def runs(members: int, kind: str, before: float = 0.1) -> Table:
    """Each member has a limit set at each corner; four runs begin at each while it is held and end in it, one beside a fixed point."""
    corner = np.append(np.repeat(np.arange(8), 4), 0)
    held = np.vstack([np.repeat(CORNERS, 4, axis=0), np.full((1, 3), np.nan)])
    return {
        "run/member": np.repeat(np.arange(members), 33),
        "run/input": np.zeros(33 * members, int),
        "run/visited": np.tile(np.arange(33) < 32, members),
        "run/held": np.tile(held, (members, 1)),
        "run/set": np.concatenate([8 * k + corner for k in range(members)]),
        "set/member": np.repeat(np.arange(members), 8),
        "set/input": np.zeros(8 * members, int),
        "set/kind": np.full(8 * members, kind, dtype="U11"),
        "set/output": np.tile(0.9 * CORNERS, (members, 1)),
        "exponent/before": np.tile([-0.2, before], (members, 1)),
        "exponent/before_error": np.full((members, 2), 0.004),
    }


def points(members: int, stable: bool) -> Table:
    return {
        "member": np.repeat(np.arange(members), 8),
        "input": np.zeros(8 * members, int),
        "output": np.tile(0.9 * CORNERS, (members, 1)),
        "fixed": np.ones(8 * members, bool),
        "counted": np.ones(8 * members, bool),
        "stable": np.full(8 * members, stable),
    }


def evidence(rounds: int = 2) -> Evidence:
    """Both claims hold: standards remember by stable points, alternatives by cycles."""
    places = [(STANDARD, "-", 0, k) for k in range(MEMBERS)]
    places += [(f"alternatives/insd_alt{r}", "insd", r, c) for r in range(1, rounds + 1) for c in range(CHAINS)]
    networks = {
        "ensemble": np.array([p[0] for p in places]),
        "chains": np.array([p[1] for p in places]),
        "round": np.array([p[2] for p in places]),
        "member": np.array([p[3] for p in places]),
        "accepted": np.ones(len(places), bool),
        "performance": np.full(len(places), 0.98),
    }
    names = dict.fromkeys(p[0] for p in places)
    sizes = {name: MEMBERS if name == STANDARD else CHAINS for name in names}
    tables = {
        "similarity": networks,
        "fixed_points": {name: points(sizes[name], name == STANDARD) for name in names},
        "limit_sets": {name: runs(sizes[name], "fixed point" if name == STANDARD else "limit cycle") for name in names},
    }
    return Evidence("flip_flop", networks, tables)


ALT1, ALT2 = "alternatives/insd_alt1", "alternatives/insd_alt2"


def test_a4_holds_for_alternatives_that_remember_by_cycles() -> None:
    found = memory_without_stable_states(evidence())
    assert (found.value, found.count, found.accepted, found.verdict) == (1.0, CHAINS, CHAINS, "holds")
    assert found.detail["alt-1"] == found.detail["alt-2"] == 1.0 and found.detail["alt-2 attracting corners"] == 0.0


@pytest.mark.parametrize("stable", ["counted", "uncounted", "slow"])
def test_a4_fails_where_alt1_has_a_stable_counted_point_whether_or_not_a_run_ends_there(stable: str) -> None:
    e = evidence()
    e.each("fixed_points")[ALT1]["stable"][::8] = True
    e.each("fixed_points")[ALT1]["counted"][::8] = stable != "uncounted"
    e.each("fixed_points")[ALT1]["fixed"][::8] = stable != "slow"
    found = memory_without_stable_states(e)
    assert (found.value, found.verdict) == ((0.0, "fails") if stable == "counted" else (1.0, "holds"))


def test_a4_fails_where_a_run_of_alt1_ends_in_a_fixed_point() -> None:
    e = evidence()
    e.each("limit_sets")[ALT1]["set/kind"][3::8] = "fixed point"
    found = memory_without_stable_states(e)
    assert (found.value, found.verdict) == (0.0, "fails")
    assert found.detail["alt-1 attracting corners"] == 1.0 and found.detail["alt-2"] == 1.0


def test_a4_looks_at_zero_input_alone() -> None:
    e = evidence()
    e.each("limit_sets")[ALT1]["set/kind"][3::8] = "fixed point"
    e.each("limit_sets")[ALT1]["set/input"][3::8] = 1
    assert memory_without_stable_states(e).verdict == "holds"


def test_a_corner_of_alt2_attracts_if_half_of_its_runs_converge_to_it() -> None:
    e = evidence()
    table = e.each("limit_sets")[ALT2]
    table["set/kind"][::8] = "fixed point"  # the first corner
    network = int(np.flatnonzero(e.networks["ensemble"] == ALT2)[0])
    assert attracting_corners(e, network) == 1 and memory_without_stable_states(e).verdict == "fails"
    table["run/set"][:2] = 1  # two of its four runs end elsewhere
    assert attracting_corners(e, network) == 1
    table["run/set"][2] = -1  # a third ends in nothing that was told apart
    assert attracting_corners(e, network) == 0
    table["run/set"][32] = 0  # a run that began beside the fixed point does not count
    assert attracting_corners(e, network) == 0


def test_a_fixed_point_at_another_corner_than_that_held_does_not_attract() -> None:
    e = evidence()
    table = e.each("limit_sets")[ALT2]
    table["set/kind"][:] = "fixed point"
    table["set/output"] *= -1.0
    assert memory_without_stable_states(e).detail["alt-2 attracting corners"] == 0.0
    table["set/output"] *= -1.0
    assert memory_without_stable_states(e).detail["alt-2 attracting corners"] == 8.0


def test_stable_points_of_alt2_that_attract_nothing_do_not_matter() -> None:
    e = evidence()
    e.each("fixed_points")[ALT2]["stable"][:] = True
    assert memory_without_stable_states(e).verdict == "holds"


@pytest.mark.parametrize("alternative", [1, 2])
def test_an_incompetent_alternative_does_not_remember_without_stable_states(alternative: int) -> None:
    e = evidence()
    e.networks["performance"][e.networks["round"] == alternative] = 0.9
    found = memory_without_stable_states(e)
    assert (found.value, found.verdict) == (0.0, "fails")


def test_a4_is_judged_by_alt1_alone_where_there_is_but_one_round() -> None:
    found = memory_without_stable_states(evidence(rounds=1))
    assert found.verdict == "holds" and "alt-2" not in found.detail


def all_meet(e: Evidence) -> np.ndarray:
    return np.ones(len(e.networks["round"]), bool)


def test_s5_holds_where_chaotic_networks_come_to_the_standard_solution() -> None:
    found = chaotic_initialisations_collapse(evidence(), all_meet)
    assert (found.value, found.count, found.verdict) == (1.0, MEMBERS, "holds")
    assert found.detail == {"chaotic before training": 1.0}


def test_s5_fails_where_they_do_not() -> None:
    found = chaotic_initialisations_collapse(evidence(), lambda e: ~all_meet(e))
    assert (found.value, found.verdict) == (0.0, "fails")


@pytest.mark.parametrize(
    ("value", "error", "chaotic"),
    [(0.02, 0.004, True), (0.02, 0.011, False), (0.009, 0.001, False), (-0.1, 0.0, False)],
)
def test_chaos_is_an_exponent_beyond_two_errors_and_a_hundredth(value: float, error: float, chaotic: bool) -> None:
    e = evidence()
    e.each("limit_sets")[STANDARD] |= {
        "exponent/before": np.full((5, 2), value),
        "exponent/before_error": np.full((5, 2), error),
    }
    assert was_chaotic(e, np.arange(5)).tolist() == [chaotic] * 5


def test_s5_leaves_out_networks_that_were_not_chaotic() -> None:
    e = evidence()
    e.each("limit_sets")[STANDARD]["exponent/before"][0] = -0.1

    def meets(e: Evidence) -> np.ndarray:
        return np.arange(len(e.networks["round"])) != 0

    found = chaotic_initialisations_collapse(e, meets)
    assert (found.value, found.count, found.detail["chaotic before training"]) == (1.0, 4, 0.8)


@pytest.mark.parametrize("calm", [True, False], ids=["none was chaotic", "no such population"])
def test_s5_is_too_small_without_chaotic_networks(calm: bool) -> None:
    e = evidence()
    meets: Callable[[Evidence], np.ndarray] = all_meet
    if calm:
        e.each("limit_sets")[STANDARD]["exponent/before"][:] = -0.1
    found = chaotic_initialisations_collapse(e, meets, STANDARD if calm else "standard/g9")
    assert np.isnan(found.value) and found.count == 0 and found.verdict == "too small"
