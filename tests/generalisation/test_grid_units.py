"""Levels of noise where none was trained."""

from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.config.training import HardSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.grid import evaluate_grid, input_levels
from rnnatlas.networks.cell import Cell
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

SETTINGS = HardSettings(load=[1.0], private_noise=[0.0, 1.0, 4.0], input_noise=[0.0, 2.0])
ENGINE = select_engine("auto", 1)


def context(input_noise: float):
    return get_task("context_integration", onset=40.0, duration=200.0, input_noise=input_noise)


def scores(ensemble, settings: HardSettings, input_noise: float):
    task = context(input_noise)
    trials = task.draw(40, generator(7), 1.0)
    return evaluate_grid(ensemble, task, [trials], settings, 0, ENGINE).scores[0]


def silent(ensemble):
    return replace(ensemble, cell=Cell(ensemble.cell.alpha, 0.0))


@pytest.fixture(scope="module")
def trained(make_ensemble):
    return make_ensemble(2, 12, 4, 1, noise=0.3)


def test_units_are_the_levels_of_networks_trained_without_noise(trained) -> None:
    """They meet the same noise, draw by draw, as networks that were trained with one unit of it."""
    with_units = SETTINGS.model_copy(update={"private_unit": 0.3, "input_unit": 0.4})
    assert (scores(silent(trained), with_units, 0.0) == scores(trained, SETTINGS, 0.4)).all()


def test_without_units_levels_of_untrained_noise_are_silent(trained) -> None:
    found = scores(silent(trained), SETTINGS, 0.0)
    assert input_levels(context(0.0), SETTINGS) == [1.0]
    assert found.shape[2] == 1 and (found == found[:, :1]).all()


def test_units_change_nothing_where_noise_was_trained(trained) -> None:
    with_units = SETTINGS.model_copy(update={"private_unit": 9.0, "input_unit": 9.0})
    assert (scores(trained, with_units, 0.4) == scores(trained, SETTINGS, 0.4)).all()


def test_private_noise_of_a_task_without_input_noise(trained) -> None:
    found = scores(silent(trained), SETTINGS.model_copy(update={"private_unit": 0.3}), 0.0)
    assert found.shape[2] == 1
    assert (np.std(found[:, :, 0], axis=1) > 0.0).any()


def test_units_are_read_back_as_written_and_must_be_positive() -> None:
    given = HardSettings(private_unit=0.05)
    assert HardSettings.model_validate(given.plain()) == given
    with pytest.raises(ValueError, match="greater than 0"):
        HardSettings(input_unit=0.0)
