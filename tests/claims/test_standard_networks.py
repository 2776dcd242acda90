"""S1 and S4 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import POPULATIONS, evidence, rng

from rnnatlas.claims.standard_networks import cube_of_stable_points, solutions_collapse

# S1


def test_s1_holds_for_cubes() -> None:
    found = cube_of_stable_points(evidence())
    assert (found.value, found.count, found.accepted, found.verdict) == (1.0, 10, 10, "holds")


SPOIL = {
    "a ninth stable point": lambda table: table["stable"].__setitem__(slice(8, None, 10), True),
    "a corner missing": lambda table: table["stable"].__setitem__(slice(0, None, 10), False),
    "a corner taken twice": lambda table: table["output"].__setitem__(slice(0, None, 10), [0.9, 0.9, 0.9]),
    "a corner far from what is visited": lambda table: table["counted"].__setitem__(slice(0, None, 10), False),
    "a corner that is only slow": lambda table: table["fixed"].__setitem__(slice(0, None, 10), False),
    "a corner at another input": lambda table: table["input"].__setitem__(slice(0, None, 10), 1),
}


@pytest.mark.parametrize("spoil", SPOIL.values(), ids=SPOIL)
def test_s1_fails_without_exactly_one_stable_counted_point_a_corner(spoil) -> None:
    e = evidence()
    for name in POPULATIONS:
        spoil(e.fixed_points[name])
    found = cube_of_stable_points(e)
    assert (found.value, found.verdict) == (0.0, "fails")


def test_s1_ignores_uncounted_and_unstable_points_beside_the_cube() -> None:
    e = evidence()
    for name in POPULATIONS:
        e.fixed_points[name]["stable"][8::10], e.fixed_points[name]["counted"][8::10] = True, False
    assert cube_of_stable_points(e).verdict == "holds"


def test_s1_counts_networks_that_were_not_accepted() -> None:
    e = evidence()
    e.networks["accepted"][:3] = False
    e.fixed_points[POPULATIONS[0]]["stable"][:30] = False
    found = cube_of_stable_points(e)
    assert (found.value, found.count, found.accepted, found.verdict) == (
        0.7,
        10,
        7,
        "fails",
    )  # the upper end of 7 in 10 is 0.892


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
