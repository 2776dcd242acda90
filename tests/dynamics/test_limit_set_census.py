from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.config.analysis import FixedPointSettings, LimitSetSettings
from rnnatlas.config.training import NetworkSettings
from rnnatlas.dynamics.census import fixed_point_census
from rnnatlas.dynamics.exponents import lyapunov_exponents
from rnnatlas.dynamics.limit_set_census import (
    before_training,
    initial_networks,
    limit_set_census,
    untrained_exponent,
    write_limit_sets,
)
from rnnatlas.dynamics.motion import motion_of, readout
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.training.member import Member
from rnnatlas.training.standard import fresh_networks

Make = Callable[..., Ensemble]
TASK = FlipFlop(Settings(bits=2, duration=600.0))
SHORT = LimitSetSettings(starts=12, duration=120.0, rounds=1, blocks=10)


def memory(members: int = 2, noise: float = 0.0) -> Ensemble:
    """Two bistable units that pulses switch and that are read out one by one: a flip-flop made by hand."""

    def same(array: np.ndarray) -> np.ndarray:
        return np.stack([array.astype(np.float32)] * members)

    eye = np.eye(2)
    return Ensemble(
        Parameters(same(2 * eye), same(30 * eye), same(np.zeros(2)), same(eye), same(np.zeros(2))), Cell(0.2, noise)
    )


def test_runs_of_a_flip_flop_stay_at_the_corner_that_was_held() -> None:
    network, trials = memory(noise=0.5), TASK.trials(10, seed=0)
    points = fixed_point_census(network, TASK, trials, FixedPointSettings(starts=20), 0)
    table = limit_set_census(network, memory(), TASK, trials, points, SHORT, seed=0)
    for member in range(2):
        mine = table["run/member"] == member
        visited = mine & table["run/visited"]
        assert visited.sum() == 12 and mine.sum() == 12 + 2 * (points["fixed"] & (points["member"] == member)).sum()
        end = table["run/set"][visited]
        assert np.array_equal(np.sign(table["set/output"][end]), table["run/held"][visited])
        assert np.isnan(table["run/held"][mine & ~table["run/visited"]]).all()
        sets = table["set/member"] == member
        assert set(table["set/kind"][sets]) == {"fixed point"} and table["set/share"][sets].sum() == pytest.approx(1.0)
        counted = np.bincount(end, minlength=len(sets)) / 12
        assert np.allclose(table["set/share"][sets], counted[sets])
        assert table["exponent/after"][member, 0] == table["set/exponent"][sets].max() < 0
    # Runs from beside fixed points reach all four corners, visited or not.
    assert len(np.unique(np.sign(table["set/output"][table["set/member"] == 0]), axis=0)) == 4


def test_without_a_census_of_fixed_points_all_runs_begin_from_visited_states() -> None:
    table = limit_set_census(memory(), memory(), TASK, TASK.trials(10, seed=0), None, SHORT, seed=0)
    assert table["run/visited"].all() and len(table["run/set"]) == 24


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_every_cell_has_its_artifact_which_does_not_depend_on_threads(kind: str, tmp_path: Path) -> None:
    settings = NetworkSettings(cell=kind, units=6, noise=0.0)  # type: ignore[arg-type]
    members = [Member((3, "test"), k) for k in range(3)]
    network, fresh = (fresh_networks(TASK, settings, gain, members) for gain in (3.0, 1.5))
    trials = TASK.trials(6, seed=0)
    one, three = (limit_set_census(network, fresh, TASK, trials, None, SHORT, 0, n) for n in (1, 3))
    assert all(np.array_equal(one[key], three[key], equal_nan=one[key].dtype.kind == "f") for key in one)
    write_limit_sets(tmp_path / "limit_sets.h5", one, TASK, trials, {})
    back = read_artifact(tmp_path / "limit_sets.h5", LIMIT_SETS)
    assert (
        back.attributes["inputs"] == "no input"
        and back.attributes["epochs"] == "trial"
        and np.array_equal(back.data["set/kind"], one["set/kind"])
    )
    assert one["set/state"].shape[1] == (12 if kind == "lstm" else 6)
    for k in np.flatnonzero(one["set/kind"] == "fixed point"):
        motion = motion_of(network, int(one["set/member"][k]), np.zeros(2))
        state = one["set/state"][k]
        assert np.allclose(motion.step(state), state, atol=1e-8)
        assert np.allclose(readout(network, int(one["set/member"][k]), state), one["set/output"][k])


@pytest.mark.parametrize("kind", ["rate", "gru", "lstm"])
def test_the_weights_before_training_are_found_again_from_the_trained_ensemble(kind: str) -> None:
    settings = NetworkSettings(cell=kind, units=6)  # type: ignore[arg-type]
    stream = (3, "flip_flop", "standard", "g1.5")
    begun = fresh_networks(TASK, settings, 1.5, [Member(stream, k) for k in range(2)])
    trained = begun.with_parameters(begun.parameters.map(lambda array: array + 1))
    again = initial_networks(trained, 1.5, stream)
    assert all(np.array_equal(a, b) for a, b in zip(again.parameters, begun.parameters, strict=True))
    assert again.cell == begun.cell


def test_of_networks_that_were_not_trained_here_nothing_is_known_before(make_ensemble: Make) -> None:
    stream = (3, "flip_flop", "references", "mine")
    own = make_ensemble(2, 8, inputs=2, outputs=2)
    assert before_training(own, 1.0, stream) is None
    fresh = initial_networks(own, 1.0, stream)  # of sham chains, which begin with untrained networks
    found = before_training(fresh, 1.0, stream)
    assert found is not None and np.array_equal(found.parameters.recurrent, fresh.parameters.recurrent)
    table = limit_set_census(own, None, TASK, TASK.trials(4, seed=0), None, SHORT, 0)
    assert np.isnan(table["exponent/before"]).all() and np.isnan(table["exponent/before_error"]).all()
    assert np.isfinite(table["exponent/after"]).all()


def test_the_exponents_before_training_are_those_of_the_initial_networks(make_ensemble: Make) -> None:
    """Every run of a weak network decays to its only fixed point, whose exponent is known."""
    weak = make_ensemble(2, 8, inputs=2, outputs=2, gain=0.5)
    table = limit_set_census(
        make_ensemble(2, 8, inputs=2, outputs=2), weak, TASK, TASK.trials(4, seed=0), None, SHORT, 0
    )
    for k in range(2):
        motion, x = motion_of(weak, k, np.zeros(2)), np.zeros(8)
        for _ in range(2000):
            x = motion.step(x)
        expected = np.log(np.abs(np.linalg.eigvals(np.eye(8) + 0.2 * motion.jacobian(x))).max()) / 0.2
        assert table["exponent/before"][k, 0] == pytest.approx(expected, abs=0.01)


def test_an_untrained_network_without_bias_does_not_stay_at_the_unstable_origin(make_ensemble: Make) -> None:
    strong = make_ensemble(1, 40, inputs=2, outputs=2, gain=1.8, seed=2)
    strong = strong.with_parameters(replace(strong.parameters, bias=0 * strong.parameters.bias))
    settings = LimitSetSettings(duration=400.0)
    value, error = untrained_exponent(strong, 0, np.zeros(2), settings, np.random.default_rng(0))
    at_origin = lyapunov_exponents(motion_of(strong, 0, np.zeros(2)), np.zeros((1, 40)), 500, np.random.default_rng(0))
    assert at_origin.value[0, 0] > 0.3 and value < 0.2 and error >= 0


def test_initial_networks_of_another_shape_are_refused(make_ensemble: Make) -> None:
    with pytest.raises(AtlasError, match="untrained") as caught:
        limit_set_census(
            memory(), make_ensemble(2, 3, inputs=2, outputs=2), TASK, TASK.trials(2, seed=0), None, SHORT, 0
        )
    assert caught.value.key == "untrained"


def test_runs_too_short_to_tell_make_an_artifact_without_limit_sets(make_ensemble: Make, tmp_path: Path) -> None:
    ensemble = make_ensemble(2, 16, 2, 2, gain=1.5)
    settings = LimitSetSettings(starts=3, perturbed=0, duration=1.0, rounds=1, rest=1e-9)
    table = limit_set_census(ensemble, ensemble, TASK, TASK.trials(4, 0), None, settings, 0)
    assert (table["run/set"] == -1).all() and table["set/state"].shape[0] == 0
    write_limit_sets(tmp_path / "limit_sets.h5", table, TASK, TASK.trials(4, 0), {})
    assert read_artifact(tmp_path / "limit_sets.h5", LIMIT_SETS).data["set/kind"].size == 0


def test_each_limit_set_is_matched_with_that_of_the_first_network() -> None:
    """Two networks alike but for the sign of one bit have the same corners; a third, that forgets, has none of them."""
    alike = memory(3)
    turned, recurrent = alike.parameters.readout.copy(), alike.parameters.recurrent.copy()
    turned[1, :, 0] *= -1.0
    recurrent[2] *= 0.1
    networks = alike.with_parameters(replace(alike.parameters, readout=turned, recurrent=recurrent))
    table = limit_set_census(networks, None, TASK, TASK.trials(10, seed=0), None, SHORT, seed=0)
    member, matched = table["set/member"], table["set/matched"]
    first = np.flatnonzero(member == 0)
    assert len(first) == 4 and np.array_equal(matched[first], first) and not table["set/distance"][first].any()
    assert sorted(matched[member == 1]) == first.tolist()
    for k in np.flatnonzero(member == 1):
        assert np.allclose(table["set/output"][k], table["set/output"][matched[k]], atol=1e-6)
    assert (matched[member == 2] == -1).all() and np.isnan(table["set/distance"][member == 2]).all()
