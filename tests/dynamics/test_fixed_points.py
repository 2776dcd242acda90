from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.spatial.distance import pdist

from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.census import fixed_point_census
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.fixed_points import FixedPoints, find_fixed_points, search_fixed_points
from rnnatlas.dynamics.visited import VisitedStates, visited_states
from rnnatlas.errors import AtlasError
from rnnatlas.networks import Cell, initialise
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.flip_flop import FlipFlop, Settings

Make = Callable[..., Ensemble]
ROOT = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
BISTABLE = RateField(2.0 * np.eye(2), np.zeros(2), 0.2)  # fixed points {-a, 0, a}^2: 4 stable, 4 saddles, 1 source
EXACT = FixedPointSettings(slow=1e-12, between=0)  # roots alone


def search(
    f: RateField, states: np.ndarray, settings: FixedPointSettings = EXACT, longest: float = 20.0, seed: int = 0
) -> FixedPoints:
    spread = float(np.sqrt(np.mean(np.sum((states - states.mean(0)) ** 2, axis=1)))) or 1.0
    return search_fixed_points(f, VisitedStates(states, spread), settings, longest, np.random.default_rng(seed))


def grid(size: int = 12, reach: float = 2.5) -> np.ndarray:
    line = np.linspace(-reach, reach, size)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def test_the_fixed_points_of_two_bistable_units_are_found_each_once_with_their_stability() -> None:
    found = search(BISTABLE, grid())
    assert len(found) == 9 and found.fixed.all() and found.converged == 1.0
    signs = np.round(found.state / ROOT)
    assert np.allclose(found.state, signs * ROOT, atol=1e-9)
    assert np.array_equal(found.spectrum.stable, np.all(signs != 0, axis=1))
    assert np.array_equal(found.spectrum.unstable, np.sum(signs == 0, axis=1))


def test_speeds_are_those_at_the_points_that_are_returned() -> None:
    rng = np.random.default_rng(0)
    f = RateField(rng.normal(size=(20, 20)) * 1.5 / np.sqrt(20), np.zeros(20), 0.2)
    found = search(f, rng.normal(size=(60, 20)), FixedPointSettings(), longest=2.0)
    assert found.fixed.any() and not found.fixed.all()
    speed = np.linalg.norm(-found.state + np.tanh(found.state) @ f.recurrent, axis=1)
    assert np.allclose(found.speed, speed, rtol=1e-9, atol=1e-14)
    assert np.all(speed[found.fixed] <= np.sqrt(2e-20)) and np.all(speed[~found.fixed] > 1e-6)


def test_stable_means_that_the_network_comes_back() -> None:
    rng = np.random.default_rng(3)
    judged = []
    for seed in range(4):
        f = RateField(np.random.default_rng(seed).normal(size=(10, 10)) * 1.4 / np.sqrt(10), np.zeros(10), 0.2)
        found = search(f, rng.normal(size=(40, 10)))
        for x, stable in zip(found.state, found.spectrum.stable, strict=True):
            y = x + 1e-4 * rng.normal(size=(5, 10))
            for _ in range(2000):
                y = f.step(y)
            assert (np.linalg.norm(y - x, axis=1).max() < 1e-6) == stable
            judged.append(stable)
    assert 0 < sum(judged) < len(judged)


def test_points_are_as_far_apart_as_the_settings_say() -> None:
    for distinct in (1e-3, 1.0):
        states = grid()
        found = search(BISTABLE, states, FixedPointSettings(slow=1e-12, distinct=distinct, distinct_slow=distinct))
        spread = np.sqrt(np.mean(np.sum(states**2, axis=1)))
        assert pdist(found.state).min() > distinct * spread
    assert len(found) < 9


def test_counted_points_lie_within_a_spread_of_a_visited_state() -> None:
    states = grid(reach=0.5) + ROOT  # around one corner only
    found = search(BISTABLE, states)
    spread = np.sqrt(np.mean(np.sum((states - ROOT) ** 2, axis=1)))
    nearest = np.linalg.norm(found.state[:, None] - states[None], axis=2).min(1)
    assert np.allclose(found.distance, nearest / spread) and np.array_equal(found.counted, nearest <= spread)
    assert found.counted.any()


def test_a_line_attractor_gives_slow_points_all_along_it() -> None:
    """One unit at the fork, x = tanh x, is nearly still for |x| < 0.6; the others decay. Only the origin is a root."""
    rng = np.random.default_rng(0)
    f = RateField(np.diag([1.0, 0.0, 0.0]), np.array([0.0, 0.3, -0.2]), 0.2)
    along = rng.uniform(-0.6, 0.6, 400)
    states = np.column_stack([along, 0.3 + 0.02 * rng.normal(size=400), -0.2 + 0.02 * rng.normal(size=400)])
    settings = FixedPointSettings(slow=0.2)
    spread = np.sqrt(np.mean(np.sum((states - states.mean(0)) ** 2, axis=1)))
    longest = 0.2 * spread / 0.08  # slow is a speed of 0.08, that of x = 0.65
    found = search(f, states, settings, longest)
    slow = found.state[~found.fixed]
    assert np.all(np.linalg.norm(f.flow(slow), axis=1) <= 0.08)
    assert np.max(np.abs(slow[:, 1:] - [0.3, -0.2])) <= 0.08
    covered = np.sort(slow[:, 0])
    assert covered[0] < -0.5 and covered[-1] > 0.5
    gaps = np.diff(covered)
    assert gaps.max() < 3 * settings.distinct_slow * spread + 0.1  # the root at the origin takes its neighbours
    assert pdist(slow).min() > settings.distinct_slow * spread


def test_slow_points_next_to_a_fixed_point_are_not_repeated() -> None:
    settings = FixedPointSettings(slow=0.2)
    states = grid()
    found = search(BISTABLE, states, settings, longest=2.0)
    spread = np.sqrt(np.mean(np.sum(states**2, axis=1)))
    roots, slow = found.state[found.fixed], found.state[~found.fixed]
    assert len(slow) and np.linalg.norm(slow[:, None] - roots[None], axis=2).min() > settings.distinct_slow * spread


def test_the_order_of_the_starts_does_not_change_the_points() -> None:
    rng = np.random.default_rng(1)
    f = RateField(rng.normal(size=(12, 12)) * 1.6 / np.sqrt(12), 0.1 * rng.normal(size=12), 0.2)
    states = rng.normal(size=(80, 12))
    settings = FixedPointSettings(starts=80)
    one, other = (search(f, s, settings, longest=5.0) for s in (states, states[rng.permutation(80)]))
    assert len(one) == len(other) > 1 and np.array_equal(one.fixed, other.fixed)
    assert np.allclose(one.state, other.state, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_few_starts_are_enough_to_run(count: int) -> None:
    found = search(BISTABLE, np.array([[2.2, -1.7], [-3.0, 1.0]])[:count])
    assert len(found) == count and found.fixed.all()
    assert np.allclose(found.state[-1], [ROOT, -ROOT], atol=1e-9)


def test_a_single_unit_has_the_roots_of_its_scalar_equation() -> None:
    f = RateField(np.array([[3.0]]), np.array([0.2]), 0.2)
    roots = [brentq(lambda x: 3 * np.tanh(x) + 0.2 - x, *ends) for ends in ((-4, -1), (-1, 1), (1, 4))]
    found = search(f, np.linspace(-4, 4, 30)[:, None])
    assert np.allclose(found.state[:, 0], roots, atol=1e-9)
    assert found.spectrum.stable.tolist() == [True, False, True]
    assert np.allclose(found.spectrum.eigenvalues[:, 0], 3 * (1 - np.tanh(roots) ** 2) - 1)


def test_a_network_that_never_rests_yields_no_points() -> None:
    """A start far from any root, one iteration: nothing is fixed, nothing is slow."""
    settings = FixedPointSettings(iterations=1, slow=1e-12)
    found = search(BISTABLE, np.array([[1.0, 0.9], [0.8, 1.1]]), settings)
    assert len(found) == 0 and found.converged == 0.0 and found.spectrum.eigenvalues.shape == (0, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_that_is_not_finite_is_refused(bad: float) -> None:
    states = grid()
    states[3, 1] = bad
    with pytest.raises(AtlasError, match="NaN or infinity") as caught:
        search_fixed_points(BISTABLE, VisitedStates(states, 1.0), EXACT, 20.0, np.random.default_rng(0))
    assert caught.value.key == "starts"


def test_at_most_as_many_starts_as_asked_for_are_drawn_and_from_the_visited_states() -> None:
    visited = VisitedStates(np.arange(40.0).reshape(20, 2), 1.0)
    drawn = visited.starts(7, np.random.default_rng(0))
    assert len({tuple(x) for x in drawn}) == 7 and {tuple(x) for x in drawn} <= {tuple(x) for x in visited.states}
    assert len(visited.starts(100, np.random.default_rng(0))) == 20


def test_a_notebook_finds_the_points_of_one_member_of_an_ensemble(make_ensemble: Make) -> None:
    ensemble = make_ensemble(2, 9, gain=1.5)
    constant = np.array([0.3, -0.6])
    states = np.random.default_rng(0).normal(size=(40, 9))
    found = find_fixed_points(ensemble, constant, states, member=1)
    p = ensemble.parameters
    drive = constant @ p.input[1].astype(np.float64) + p.bias[1]
    x = found.state[found.fixed]
    assert len(x) and np.allclose(x, np.tanh(x) @ p.recurrent[1].astype(np.float64) + drive, atol=1e-9)


def test_the_census_lists_the_points_of_every_member_at_every_input_on_any_number_of_threads(
    make_ensemble: Make,
) -> None:
    ensemble = make_ensemble(3, 9, inputs=2, outputs=2, gain=1.5)
    task = FlipFlop(Settings(bits=2, duration=400.0))
    trials = task.trials(10, seed=0)
    one, three = (fixed_point_census(ensemble, task, trials, FixedPointSettings(starts=30), 0, n) for n in (1, 3))
    assert all(np.array_equal(one[key], three[key]) for key in one)
    p = ensemble.parameters
    for k in range(3):
        x = one["state"][(one["member"] == k) & one["fixed"]]
        assert len(x) and np.allclose(x, np.tanh(x) @ p.recurrent[k] + p.bias[k], atol=1e-6)
        y = one["output"][(one["member"] == k) & one["fixed"]]
        assert np.allclose(y, np.tanh(x) @ p.readout[k] + p.readout_bias[k], atol=1e-6)


def test_visited_states_leave_out_padding_and_noise(make_ensemble: Make) -> None:
    ensemble = make_ensemble(2, 6, inputs=2, outputs=2, noise=0.5)
    trials = FlipFlop(Settings(bits=2, duration=400.0)).trials(5, seed=0)
    trials.length[:] = [20, 3, 7, 1, 20]
    run = ensemble.simulate(trials.inputs, noise=0.0).states[1].astype(np.float64)
    expected = np.concatenate([run[k, :n] for k, n in enumerate(trials.length)])
    found = visited_states(ensemble, 1, trials)
    assert np.allclose(found.states, expected, atol=1e-6)
    assert found.spread**2 == pytest.approx(np.sum(expected.var(0)))


def test_starts_of_another_width_than_the_state_are_refused() -> None:
    network = initialise([0], 8, 2, 1, 1.0, Cell(alpha=0.2), (0,))
    with pytest.raises(AtlasError, match=r"starts: \[start, 8\] is expected, found \[5, 7\]"):
        find_fixed_points(network, np.zeros(2), np.zeros((5, 7)))
    gated = initialise([0], 8, 2, 1, 1.0, Cell(alpha=0.2, kind="lstm"), (0,))
    with pytest.raises(AtlasError, match=r"starts: \[start, 16\] is expected, found \[5, 8\]"):
        find_fixed_points(gated, np.zeros(2), np.zeros((5, 8)))
