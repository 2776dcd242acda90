from dataclasses import replace

import numpy as np
import pytest

from rnnatlas.artifacts.behaviour_schemas import GENERALISATION
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.config.training import HardSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.generalisation.grid import CHUNK, evaluate_grid, input_levels
from rnnatlas.networks.cell import Cell
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

SETTINGS = HardSettings(load=[0.5, 1.0], private_noise=[1.0, 4.0], input_noise=[1.0, 2.0])
ENGINE = select_engine("auto", 1)


@pytest.fixture(scope="module")
def task():
    return get_task("context_integration", onset=40.0, duration=200.0)


@pytest.fixture(scope="module")
def loads(task):
    return [task.draw(CHUNK + 20, generator(7, i), load) for i, load in enumerate(SETTINGS.load)]


@pytest.fixture(scope="module")
def ensemble(make_ensemble):
    return make_ensemble(3, 12, 4, 1, noise=0.1)


def test_performance_and_error_follow_from_the_scores(ensemble, task, loads, tmp_path) -> None:
    grid = evaluate_grid(ensemble, task, loads, SETTINGS, 0, ENGINE)
    for i, scores in enumerate(grid.scores):
        assert scores.shape == (3, 2, 2, CHUNK + 20) and scores.dtype == np.float32
        assert np.allclose(scores.mean(-1), grid.performance[:, i])
        assert np.allclose(scores.std(-1, ddof=1) / np.sqrt(CHUNK + 20), grid.error[:, i])
    data = {"load": np.array(SETTINGS.load), "private_noise": np.array(SETTINGS.private_noise)}
    data |= {"input_noise": np.array(input_levels(task, SETTINGS)), **grid.datasets()}
    write_artifact(tmp_path / "g.h5", GENERALISATION, data, {}, "test")
    assert (read_artifact(tmp_path / "g.h5", GENERALISATION).data["score/1"] == grid.scores[1]).all()


def test_without_noise_the_scores_are_those_of_a_plain_simulation(make_ensemble, loads) -> None:
    silent = get_task("context_integration", onset=40.0, duration=200.0, input_noise=0.0)
    ensemble = make_ensemble(2, 12, 4, 1)
    grid = evaluate_grid(ensemble, silent, loads, SETTINGS, 0, ENGINE)
    assert grid.performance.shape == (2, 2, 2, 1)  # no input noise to multiply
    for trials, scores in zip(loads, grid.scores, strict=True):
        expected = silent.score(ensemble.simulate(trials.inputs, noise=0.0).outputs, trials)["performance"]
        assert (scores == expected[:, None, None]).all()


def test_a_level_is_a_multiple_of_the_trained_noise_and_draws_of_its_own(ensemble, task, loads) -> None:
    louder = replace(ensemble, cell=Cell(ensemble.cell.alpha, 4.0 * ensemble.cell.noise))
    base = evaluate_grid(ensemble, task, loads, SETTINGS.model_copy(update={"private_noise": [1.0, 4.0]}), 0, ENGINE)
    same = evaluate_grid(louder, task, loads, SETTINGS.model_copy(update={"private_noise": [9.0, 1.0]}), 0, ENGINE)
    for one, other in zip(base.scores, same.scores, strict=True):
        assert (
            one[:, 1] == other[:, 1]
        ).all()  # level 4 of the one, level 1 of the other, in the same place of the grid
        assert (one[:, 0] != one[:, 1]).any()


def test_every_network_meets_the_same_noise_whatever_its_company(ensemble, task, loads) -> None:
    whole = evaluate_grid(ensemble, task, loads, SETTINGS, 0, ENGINE)
    alone = evaluate_grid(ensemble[2], task, loads, SETTINGS, 0, ENGINE)
    twins = evaluate_grid(ensemble[[1, 1]], task, loads, SETTINGS, 0, ENGINE)
    other = evaluate_grid(ensemble, task, loads, SETTINGS, 1, ENGINE)
    for i in range(2):
        assert (alone.scores[i][0] == whole.scores[i][2]).all()
        assert (twins.scores[i][0] == twins.scores[i][1]).all()
    assert any((a != b).any() for a, b in zip(whole.scores, other.scores, strict=True))


def test_the_parts_that_a_trial_set_is_run_in_have_noise_of_their_own(make_ensemble, task) -> None:
    """A trial repeated in the next chunk is another sample of its noise."""
    one = task.draw(1, generator(3), 1.0)
    trials = one[[0] * (2 * CHUNK)]
    noisy = make_ensemble(1, 12, 4, 1, noise=3.0)
    quiet = get_task("context_integration", onset=40.0, duration=200.0, input_noise=0.0)
    scores = evaluate_grid(noisy, quiet, [trials], SETTINGS.model_copy(update={"load": [1.0]}), 0, ENGINE).scores[0]
    assert (scores[..., :CHUNK] != scores[..., CHUNK:]).any()


def test_trials_with_nothing_to_judge_are_left_out(make_ensemble) -> None:
    task = get_task("flip_flop", duration=160.0, probability=0.4)
    trials = task.draw(64, generator(0), 1.0)
    unjudged = ~trials.judged.any((1, 2))
    assert 0 < unjudged.sum() < 64
    settings = SETTINGS.model_copy(update={"load": [1.0]})
    grid = evaluate_grid(make_ensemble(2, 10, 3, 3, noise=0.1), task, [trials], settings, 0, ENGINE)
    assert (np.isnan(grid.scores[0]) == unjudged).all() and np.isfinite(grid.performance).all()
    expected = grid.scores[0][..., ~unjudged]
    assert np.allclose(grid.performance[:, 0], expected.mean(-1))
    assert np.allclose(grid.error[:, 0], expected.std(-1, ddof=1) / np.sqrt((~unjudged).sum()))
