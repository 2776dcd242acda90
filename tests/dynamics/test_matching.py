"""Which limit set is which: constructed lists, a memory at two inputs, and every way to pair few sets as the reference."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.census import fixed_point_census
from rnnatlas.dynamics.limit_set_census import limit_set_census
from rnnatlas.dynamics.long_runs import limit_sets
from rnnatlas.dynamics.matching import POINT, Landmarks, match_landmarks
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters

CORNERS = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])


def points(output: np.ndarray, state: np.ndarray | None = None, kind: str = POINT) -> Landmarks:
    return Landmarks(np.array([kind] * len(output)), np.asarray(output if state is None else state), output)


def memory(drive: float = 0.0) -> Ensemble:
    """Two bistable units, read out one by one; ``drive`` is added to both."""
    eye = np.eye(2, dtype=np.float32)[None]
    zero, bias = np.zeros((1, 2), np.float32), np.full((1, 2), drive, np.float32)
    return Ensemble(Parameters(2 * eye, eye, bias, eye, zero), Cell(0.2))


def test_the_corners_of_a_memory_are_found_again_in_another_order() -> None:
    order = np.array([2, 0, 3, 1])
    found = match_landmarks(points(CORNERS), points(CORNERS[order] + 0.1), tolerance=0.5)
    assert np.array_equal(order[found.matched], np.arange(4))
    np.testing.assert_allclose(found.distance, np.hypot(0.1, 0.1))


def test_a_corner_that_went_has_no_match() -> None:
    found = match_landmarks(points(CORNERS), points(CORNERS[[3, 1]]), tolerance=0.5)
    assert found.matched.tolist() == [-1, 1, -1, 0]
    assert np.array_equal(np.isnan(found.distance), found.matched < 0)
    back = match_landmarks(points(CORNERS[[3, 1]]), points(CORNERS), tolerance=0.5)
    assert back.matched.tolist() == [3, 1]


def test_sets_of_another_kind_are_others() -> None:
    found = match_landmarks(points(CORNERS), points(CORNERS, kind="limit cycle"), tolerance=5.0)
    assert (found.matched == -1).all()


def test_no_set_is_matched_twice_and_most_pairs_come_first() -> None:
    """1 lies nearest to 0.9, and so does 0.6; taking the nearest first would leave 0.6 alone."""
    one, other = (points(np.array(values)[:, None]) for values in ([1.0, 0.6], [0.9, 1.5]))
    found = match_landmarks(one, other, tolerance=0.55)
    assert found.matched.tolist() == [1, 0]
    np.testing.assert_allclose(found.distance, [0.5, 0.3])


def test_states_count_where_they_can_be_compared() -> None:
    """Two points of one output, as where an output forgets what the state knows: states tell them apart."""
    output, state = np.zeros((2, 1)), np.array([[0.0, 0.0], [6.0, 0.0]])
    one, other = points(output, state), points(output, state[::-1] + np.array([0.0, 1.0]))
    found = match_landmarks(one, other, tolerance=0.1, spread=2.0)
    assert found.matched.tolist() == [1, 0]
    np.testing.assert_allclose(found.distance, 0.5)
    assert (match_landmarks(one, other, 0.1, spread=2.0, within=0.4).matched == -1).all()
    assert (match_landmarks(one, other, 0.1).distance == 0.0).all()  # of another network: outputs alone


def test_of_a_cycle_the_state_is_any_on_it() -> None:
    one, other = (points(np.zeros((1, 1)), np.array([[x]]), "limit cycle") for x in (-5.0, 5.0))
    found = match_landmarks(one, other, tolerance=0.1, spread=1.0)
    assert found.matched.tolist() == [0] and found.distance[0] == 0.0


@pytest.mark.parametrize("seed", range(8))
def test_no_other_way_to_pair_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = (
        Landmarks(rng.choice([POINT, "chaos"], n), rng.normal(size=(n, 3)), rng.normal(size=(n, 2))) for n in (4, 5)
    )
    found = match_landmarks(one, other, tolerance=1.2)
    distance = np.linalg.norm(one.output[:, None] - other.output[None], axis=2)
    may = (one.kind[:, None] == other.kind[None]) & (distance <= 1.2)
    ways = []
    for way in permutations(range(5), 4):
        kept = may[range(4), way]
        ways.append((-int(kept.sum()), float(distance[range(4), way][kept].sum())))
    best = min(ways)
    assert int((found.matched >= 0).sum()) == -best[0] and np.nansum(found.distance) == pytest.approx(best[1])
    taken = found.matched[found.matched >= 0]
    assert len(np.unique(taken)) == len(taken)


def test_the_limit_sets_of_a_memory_at_another_input_are_told_apart_one_by_one() -> None:
    starts = 3.0 * CORNERS
    silent, driven = (limit_sets(memory(drive), np.zeros(2), starts) for drive in (0.0, 0.1))
    found = match_landmarks(Landmarks.of_sets(silent.sets), Landmarks.of_sets(driven.sets), 0.5, spread=2.0)
    assert np.array_equal(found.matched[silent.run], driven.run) and (found.distance < 0.2).all()
    strong = limit_sets(memory(1.0), np.zeros(2), starts)  # one corner is left
    left = match_landmarks(Landmarks.of_sets(silent.sets), Landmarks.of_sets(strong.sets), 0.5, spread=2.0)
    assert len(strong.sets) == 1 and (left.matched >= 0).sum() == 1 and left.matched[silent.run[0]] == 0


def test_rows_of_both_artifacts_are_taken() -> None:
    from rnnatlas.config.analysis import LimitSetSettings
    from rnnatlas.tasks.flip_flop import FlipFlop, Settings

    task = FlipFlop(Settings(bits=2, duration=600.0))
    network, trials = memory(), task.trials(10, seed=0)
    census = fixed_point_census(network, task, trials, FixedPointSettings(starts=40, slow=1e-12), 0)
    short = LimitSetSettings(starts=8, duration=120.0, rounds=1, blocks=10)
    table = limit_set_census(network, None, task, trials, census, short, seed=0)
    fixed, ends = Landmarks.of_table(census, 0), Landmarks.of_table(table, 0)
    assert len(fixed) == census["fixed"].sum() and set(fixed.kind) == {POINT}
    found = match_landmarks(ends, fixed, 0.1, spread=float(census["spread"][0]))
    assert (found.matched >= 0).all() and (found.distance < 1e-6).all() and census["stable"][found.matched].all()
    assert len(Landmarks.of_table(census, 1)) == 0
    assert match_landmarks(ends, Landmarks.of_table(census, 1), 0.1).matched.tolist() == [-1] * len(ends)


def test_what_cannot_be_compared_is_refused() -> None:
    one = points(CORNERS)
    with pytest.raises(
        AtlasError, match=r"other.output: 2 entries along its last axis are expected, as of one, found 1"
    ):
        match_landmarks(one, points(np.zeros((3, 1))), 0.5)
    with pytest.raises(AtlasError, match=r"other.state: 2 entries"):
        match_landmarks(one, points(CORNERS, np.zeros((4, 3))), 0.5, spread=1.0)
    assert (match_landmarks(one, points(CORNERS, np.zeros((4, 3))), 0.5).matched == np.arange(4)).all()
    with pytest.raises(AtlasError, match="sets: one limit set or more is expected"):
        Landmarks.of_sets([])
    with pytest.raises(AtlasError, match="fixed: this dataset is missing"):
        Landmarks.of_table({name: np.zeros(1) for name in ("member", "input", "state", "output")}, 0)
