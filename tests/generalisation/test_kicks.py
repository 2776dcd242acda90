"""Kicks to the state: units with two states, whose basins are known, and where tasks say that there is a delay."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.optimize import brentq

from rnnatlas.config.robustness import RobustnessSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.delays import delay_of
from rnnatlas.generalisation.kicks import Kicks, smallest_kicks, unit_vectors
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.task import Variable

ENGINE = select_engine("auto", 1)
ALPHA, WEIGHT = 0.2, 2.0
SETTINGS = RobustnessSettings(states=32, trials=6, directions=40, levels=13, halvings=4, wait=10.0, follow=40.0)
STATE = brentq(lambda x: x - WEIGHT * np.tanh(x), 0.5, 5.0)  # ± where x = w tanh x


def bits(count: int, members: int = 1, readout: float = 1.0) -> Ensemble:
    """Units that do not meet, each shown one bit; in silence each rests at ±STATE, and 0 lies between the basins."""
    eye = np.stack([np.eye(count, dtype=np.float32)] * members)
    zero = np.zeros((members, count), np.float32)
    return Ensemble(Parameters(WEIGHT * eye, 20.0 * eye, zero, readout * eye, zero), Cell(ALPHA, 0.0))


def kicked(ensemble: Ensemble, task, settings: RobustnessSettings = SETTINGS) -> Kicks:
    delay = delay_of(task, settings, ensemble.cell.alpha, 0)
    assert delay is not None
    return smallest_kicks(ensemble, delay, settings, 0, ENGINE)


def expected(task, settings: RobustnessSettings, units: int) -> np.ndarray:
    """x* / (R |e_k|) of the first unit k that the kick takes over 0; inf if e points away from 0 in all units."""
    delay = delay_of(task, settings, ALPHA, 0)
    inputs = delay.inputs.astype(np.float64)
    x = np.zeros((settings.states, units))
    for t in range(int(delay.kicked.max()) + 1):
        step = (1 - ALPHA) * x + ALPHA * (WEIGHT * np.tanh(x) + 20.0 * inputs[:, t])
        x = np.where((t <= delay.kicked)[:, None], step, x)
    spread = np.sqrt(((x - x.mean(0)) ** 2).sum(1).mean())
    e = unit_vectors(settings.directions, units, 0)[:, None]
    with np.errstate(divide="ignore"):
        needed = np.where(e * x[: settings.trials] < 0, np.abs(x[: settings.trials]) / (spread * np.abs(e)), np.inf)
    return needed.min(-1)


@pytest.mark.parametrize("units", [1, 2, 3])
def test_the_smallest_kick_takes_a_unit_over_the_boundary_of_its_basin(units: int) -> None:
    task = get_task("flip_flop", bits=units)
    found, true = kicked(bits(units, readout=1.5), task), expected(task, SETTINGS, units)
    size = found.smallest[0]
    inside = true < SETTINGS.largest
    assert np.isinf(size[~inside]).all() and (~inside).any() and inside.any()
    ratio = (SETTINGS.largest / SETTINGS.smallest) ** (1 / (SETTINGS.levels - 1) / 2**SETTINGS.halvings)
    assert (size[inside] >= true[inside] * 0.999).all() and (size[inside] <= true[inside] * ratio * 1.001).all()


def test_of_a_single_unit_half_the_directions_change_nothing() -> None:
    """Balanced, R is the state itself, and a kick of one spread towards 0 gets there."""
    found = kicked(bits(1, readout=1.5), get_task("flip_flop", bits=1))
    table = found.datasets()
    assert found.spread[0] == pytest.approx(STATE, rel=0.1) and 0.2 < table["kick/censored"][0] < 0.8
    assert np.unique(np.round(found.smallest[np.isfinite(found.smallest)], 6)).size == 1
    assert set(table) == {f"kick/{name}" for name in ("size", "smallest", "spread", "median", "censored")}


def test_what_the_largest_kick_does_not_change_is_censored() -> None:
    settings = SETTINGS.model_copy(update={"largest": 0.5})
    found = kicked(bits(2, readout=1.5), get_task("flip_flop", bits=2), settings)
    table = found.datasets()
    assert np.isinf(found.smallest).all() and table["kick/censored"].tolist() == [1.0]
    assert table["kick/median"].tolist() == [np.inf] and found.size[-1] == pytest.approx(0.5)
    half = Kicks(np.ones(1), np.array([[[0.5, 1.0, 2.0, np.inf]]]), np.ones(1)).datasets()
    assert half["kick/median"].tolist() == [1.0] and half["kick/censored"].tolist() == [0.25]
    far = settings.model_copy(update={"smallest": 20.0, "largest": 40.0})
    every = kicked(bits(1, readout=1.5), get_task("flip_flop", bits=1), far)
    towards = every.smallest[np.isfinite(every.smallest)]
    assert towards.size and (towards == every.size[0]).all()  # the smallest tried, where that suffices already


def test_a_change_smaller_than_half_the_distance_between_values_is_none() -> None:
    """Outputs ±0.3 tell the bits as well, but lie 0.6 apart."""
    found = kicked(bits(1, readout=0.3), get_task("flip_flop", bits=1))
    assert np.isinf(found.smallest).all()


def test_kicks_do_not_hang_on_company_order_or_the_number_of_kicked_trials() -> None:
    task = get_task("flip_flop", bits=1)
    networks = initialise([0, 1, 2], 10, 1, 1, 1.5, Cell(ALPHA, 0.1), (3,))
    loud = networks.with_parameters(replace(networks.parameters, readout=8.0 * networks.parameters.readout))
    small = SETTINGS.model_copy(update={"directions": 8})
    whole, turned = kicked(loud, task, small), kicked(loud[[2, 0]], task, small)
    assert np.array_equal(turned.smallest, whole.smallest[[2, 0]]) and np.array_equal(
        turned.spread, whole.spread[[2, 0]]
    )
    fewer = kicked(loud[1], task, small.model_copy(update={"trials": 2}))
    assert np.array_equal(fewer.smallest, whole.smallest[[1], :, :2])
    assert np.isfinite(whole.smallest).any()


def test_directions_have_length_one_and_point_everywhere() -> None:
    e = unit_vectors(400, 5, 0)
    assert np.allclose(np.linalg.norm(e, axis=1), 1.0) and np.abs(e.mean(0)).max() < 0.1
    assert np.array_equal(unit_vectors(3, 5, 0), e[:3]) and not np.array_equal(unit_vectors(3, 5, 1), e[:3])


# Delays


def test_the_flip_flop_is_kicked_in_the_silence_after_a_last_pulse() -> None:
    delay = delay_of(get_task("flip_flop"), SETTINGS, ALPHA, 0)
    assert delay is not None and delay.apart == 1.0 and (delay.read - delay.kicked == 200).all()
    for inputs, at, end in zip(delay.inputs, delay.kicked, delay.read, strict=True):
        assert (inputs[at - 49 : end + 1] == 0).all() and (inputs[at - 50] != 0).any()
    assert delay.inputs.shape[1] == delay.read.max() + 1


def test_memory_pro_is_kicked_in_a_delay_that_is_made_long_enough_and_read_after_the_go_cue() -> None:
    delay = delay_of(get_task("memory_pro"), SETTINGS, ALPHA, 0)
    assert delay is not None and delay.apart == SETTINGS.graded
    for inputs, at, end in zip(delay.inputs, delay.kicked, delay.read, strict=True):
        assert (inputs[at - 49 : at + 201] == [1.0, 0.0, 0.0]).all()  # 10 τ before and 40 τ after: fixation alone
        assert (inputs[at - 50, 1:] != 0).any() and (inputs[at + 201 : end + 1] == 0).all() and end > at + 201
    short = delay_of(get_task("memory_pro"), SETTINGS.model_copy(update={"follow": 1.0, "wait": 1.0}), ALPHA, 0)
    assert short is not None and (short.inputs[np.arange(32), short.kicked + 75, 0] == 1.0).all()  # as long as trained


def test_a_task_without_a_delay_is_left_out() -> None:
    assert delay_of(get_task("context_integration"), SETTINGS, ALPHA, 0) is None


def test_a_delay_before_a_choice_has_half_the_distance_between_choices(monkeypatch) -> None:
    task = get_task("memory_pro")
    drawn = task.draw

    def two(count: int, rng: np.random.Generator, load: float | None = None):
        trials = drawn(count, rng, load)
        return replace(trials, targets=np.sign(trials.targets) * (trials.targets != 0))

    monkeypatch.setattr(task, "draw", two)
    monkeypatch.setattr(task, "variables", lambda: [Variable("angle", "class")])
    delay = delay_of(task, SETTINGS, ALPHA, 0)
    assert delay is not None and delay.apart == 1.0  # (±1, ±1): neighbours lie 2 apart


# Settings


def test_gated_cells_are_refused_and_so_are_settings_that_contradict_each_other() -> None:
    task = get_task("flip_flop")
    with pytest.raises(AtlasError, match="rate units are expected, found 'gru'"):
        kicked(initialise([0], 4, 3, 3, 1.0, Cell(1.0, 0.0, "gru"), (0,)), task)
    for wrong, word in (
        ({"largest": 0.05}, "largest"),
        ({"trials": 70}, "trials"),
        ({"weight_noise": []}, "weight_noise"),
    ):
        with pytest.raises(ValidationError, match=word):
            RobustnessSettings(**wrong)
