"""S1 on evidence made by hand to pass and to fail."""

import numpy as np
import pytest
from made_evidence import POPULATIONS, evidence

from rnnatlas.claims.cube_claims import cube_of_stable_points, meets_s1


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
        spoil(e.each("fixed_points")[name])
    found = cube_of_stable_points(e)
    assert (found.value, found.verdict) == (0.0, "fails")


def test_s1_ignores_uncounted_and_unstable_points_beside_the_cube() -> None:
    e = evidence()
    for name in POPULATIONS:
        e.each("fixed_points")[name]["stable"][8::10], e.each("fixed_points")[name]["counted"][8::10] = True, False
    assert cube_of_stable_points(e).verdict == "holds"


def test_s1_counts_networks_that_were_not_accepted() -> None:
    e = evidence()
    e.networks["accepted"][:3] = False
    e.each("fixed_points")[POPULATIONS[0]]["stable"][:30] = False
    found = cube_of_stable_points(e)
    assert (found.value, found.count, found.accepted, found.verdict) == (
        0.7,
        10,
        7,
        "fails",
    )  # the upper end of 7 in 10 is 0.892


def test_s1_prints_where_the_branches_of_saddles_end() -> None:
    e = evidence()
    shares = e.each("attractors")[POPULATIONS[0]]["cube/branches"]
    shares[:] = [0.0, 0.5, 1.0, np.nan, np.nan]
    key = "saddles between corners one bit apart"
    assert cube_of_stable_points(e).detail == {key: pytest.approx((0.0 + 0.5 + 1.0 + 5.0) / 8)}
    for name in POPULATIONS:
        e.each("attractors")[name]["cube/branches"][:] = np.nan
    found = cube_of_stable_points(e)
    assert np.isnan(found.detail[key]) and found.verdict == "holds"


def test_the_cubes_of_named_networks_are_told() -> None:
    e = evidence()
    e.each("fixed_points")[POPULATIONS[1]]["stable"][20:30] = False
    assert meets_s1(e, np.array([7, 0, 8])).tolist() == [False, True, True]
