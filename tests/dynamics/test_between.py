import numpy as np
import pytest
from scipy.optimize import brentq

from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.between import roots_between
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.fixed_points import find_fixed_points, search_fixed_points
from rnnatlas.dynamics.visited import VisitedStates

ROOT = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
THREE = RateField(2.0 * np.eye(3), np.zeros(3), 0.2)  # 27 fixed points, {-a, 0, a}^3, of which 8 are stable
CORNERS = ROOT * np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T


def signs(points: np.ndarray) -> set[tuple[int, ...]]:
    assert np.abs(points[:, :, None] - [-ROOT, 0.0, ROOT]).min(-1).max() < 1e-9
    return {tuple(row) for row in np.round(points / ROOT).astype(int).tolist()}


def test_the_saddles_and_the_source_are_found_between_the_corners_of_a_memory() -> None:
    found = roots_between(THREE, CORNERS, 1e-3, rounds=4, most=512)
    assert len(found) == len(signs(found)) == 27


def test_roots_that_are_known_stay_what_they_are() -> None:
    found = roots_between(THREE, CORNERS, 1e-3, rounds=1, most=512)
    assert {tuple(x) for x in CORNERS} <= {tuple(x) for x in found}


def test_two_neighbouring_corners_give_the_saddle_on_their_edge_and_no_more() -> None:
    found = roots_between(THREE, ROOT * np.array([[1.0, 1, 1], [-1, 1, 1]]), 1e-3, rounds=4, most=512)
    assert signs(found) == {(1, 1, 1), (-1, 1, 1), (0, 1, 1)}


def test_the_nearest_pairs_come_first_where_there_are_more_than_may_be() -> None:
    """Of the corners' 28 pairs the 12 nearest are the cube's edges."""
    found = signs(roots_between(THREE, CORNERS, 1e-3, rounds=1, most=12))
    assert len(found) == 20 and all(sum(s == 0 for s in row) <= 1 for row in found)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_roots_have_nothing_between_them(count: int) -> None:
    assert np.array_equal(roots_between(THREE, CORNERS[:count], 1e-3, rounds=3, most=9), CORNERS[:count])


def test_no_rounds_change_nothing() -> None:
    assert np.array_equal(roots_between(THREE, CORNERS, 1e-3, rounds=0, most=512), CORNERS)


def test_a_search_from_visited_states_misses_saddles_unless_it_looks_between() -> None:
    rng = np.random.default_rng(0)
    states = np.repeat(CORNERS, 10, axis=0) + 0.1 * rng.normal(size=(80, 3))
    visited, settings = VisitedStates(states, 2.0), FixedPointSettings(slow=1e-12)
    plain, between = (
        search_fixed_points(
            THREE, visited, settings.model_copy(update={"between": rounds}), 20.0, np.random.default_rng(0)
        )
        for rounds in (0, 4)
    )
    assert signs(plain.state) == signs(CORNERS) and len(between) == 27 and between.fixed.all()
    assert between.converged == plain.converged == 1.0
    assert np.array_equal(np.sum(np.abs(np.round(between.state / ROOT)) == 0, axis=1), between.spectrum.unstable)


def test_threads_do_not_change_a_bit_of_what_is_found(make_ensemble) -> None:
    ensemble = make_ensemble(1, 19, gain=1.6)
    states = np.random.default_rng(0).normal(size=(60, 19))
    one, three = (find_fixed_points(ensemble, np.zeros(2), states, longest=2.0, threads=n) for n in (1, 3))
    assert one.fixed.sum() > 1 and not one.fixed.all()
    for name in ("state", "speed", "distance", "fixed", "counted"):
        assert np.array_equal(getattr(one, name), getattr(three, name))
