"""Noise on the weights: nothing where there is none, the same whoever else is measured, and its size as it should be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.grid import noisy_outputs
from rnnatlas.generalisation.weight_noise import performance_under_weight_noise, with_weights_times
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import stream_key
from rnnatlas.tasks.registry import get_task

ENGINE = select_engine("auto", 1)
TASK = get_task("flip_flop", bits=1, duration=400.0)
TRIALS = TASK.trials(140, seed=2)  # more than one chunk
SETTINGS = RobustnessSettings(weight_noise=[0.0, 0.1, 0.5], draws=3)
Make = Callable[..., Ensemble]


def found(ensemble: Ensemble, names: list[int], settings: RobustnessSettings = SETTINGS) -> dict[str, np.ndarray]:
    return performance_under_weight_noise(ensemble, TASK, TRIALS, settings, [(n,) for n in names], 0, ENGINE)


@pytest.fixture(scope="module")
def networks() -> Ensemble:
    """Three networks that remember little, so that their performance hangs on every weight."""
    return initialise([0, 1, 2], 12, 1, 1, 1.2, Cell(0.2, 0.1), (7,))


def test_without_noise_it_is_the_performance_of_the_network_as_it_is_over_the_draws_of_private_noise(
    networks: Ensemble,
) -> None:
    draws: list[np.ndarray] = []
    for draw in range(SETTINGS.draws):
        key = stream_key(0, draw, "weight noise", "private noise")
        parts = [noisy_outputs(networks, TRIALS.inputs[at], 1.0, key, k, ENGINE) for k, at in enumerate((slice(128), slice(128, None)))]  # fmt: skip
        draws.append(TASK.performance(np.concatenate(parts, axis=1), TRIALS))
    plain, table = np.array(draws), found(networks, [0, 1, 2])
    assert np.allclose(table["weights"][:, 0], plain.mean(0), rtol=1e-12)
    assert np.allclose(table["weights_deviation"][:, 0], plain.std(0), rtol=1e-9) and plain.std(0).all()
    assert (table["weights"][:, 1:] != plain.mean(0)[:, None]).any() and (table["weights_deviation"] > 0.0).all()


def test_a_network_alone_is_the_network_in_company_and_in_any_order(networks: Ensemble) -> None:
    whole, turned = found(networks, [0, 1, 2]), found(networks[[2, 0]], [2, 0])
    for key, array in whole.items():
        assert np.array_equal(turned[key], array[[2, 0]])
        assert np.array_equal(found(networks[1], [1])[key], array[[1]])
    assert not np.array_equal(
        found(networks[1], [5])["weights"], whole["weights"][[1]]
    )  # the name is that of its draws


def test_a_level_does_not_hang_on_the_others(networks: Ensemble) -> None:
    alone = found(networks, [0, 1, 2], SETTINGS.model_copy(update={"weight_noise": [0.5]}))
    assert np.array_equal(alone["weights"], found(networks, [0, 1, 2])["weights"][:, 2:])


def test_a_unit_without_recurrent_weights_does_not_feel_them() -> None:
    zero = np.zeros((1, 2, 2), np.float32)
    p = Parameters(zero, np.ones((1, 1, 2), np.float32), zero[:, 0], np.ones((1, 2, 1), np.float32), zero[:, 0, :1])
    table = found(Ensemble(p, Cell(0.2, 0.1)), [0])
    assert (table["weights"] == table["weights"][:, :1]).all()


def test_weights_are_multiplied_and_nothing_else_changes(make_ensemble: Make) -> None:
    network = make_ensemble(members=1)
    p = network.parameters
    factors = np.random.default_rng(0).normal(size=(4, *p.recurrent.shape[1:]))
    copies = with_weights_times(network, factors)
    assert np.allclose(copies.parameters.recurrent, p.recurrent * factors) and copies.parameters.recurrent.dtype == p.recurrent.dtype  # fmt: skip
    for name in ("input", "bias", "readout", "readout_bias"):
        assert (getattr(copies.parameters, name) == getattr(p, name)).all()
    gated = initialise([0], 4, 1, 1, 1.0, Cell(1.0, 0.0, "gru"), (0,))
    assert found(gated, [0])["weights"].shape == (1, 3)  # of any cell


def test_what_does_not_belong_together_is_refused(networks: Ensemble) -> None:
    with pytest.raises(AtlasError, match="a name for each of 3 networks is expected, found 2"):
        found(networks, [0, 1])
    other = replace(TRIALS, conditions={})
    with pytest.raises(AtlasError, match="trials"):
        performance_under_weight_noise(networks, TASK, other, SETTINGS, [(0,), (1,), (2,)], 0, ENGINE)
