"""The search for a recipe and what a recipe costs, on problems of a second."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from rnnatlas.benchmarks import recipe_search
from rnnatlas.benchmarks.recipe_cost import FIRST, core_seconds, recipes, shares
from rnnatlas.benchmarks.recipe_search import Judged, judge, search, table
from rnnatlas.benchmarks.recipe_trial import Round, judge_study, try_recipe
from rnnatlas.config.defaults import TASKS
from rnnatlas.config.load import merged
from rnnatlas.config.population import ChainSettings
from rnnatlas.config.study import task_study_model
from rnnatlas.config.training import DeflationSettings, NetworkSettings, TrainingSettings
from rnnatlas.deflation.chains import Chains, begin_chains, deflate
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks

BRIEF = {"steps": 12, "batch": 4, "acceptance": 0.0, "acceptance_trials": 4, "warm_up": 0}
SMALL: dict[str, Any] = {
    "trial": {"bits": 1, "duration": 400},
    "network": {"units": 8},
    "training": BRIEF,
    "deflation": {"training": BRIEF},
}
ROOT = Path(__file__).resolve().parents[2]


def test_a_trial_has_a_round_for_each_solution_and_the_similarity_to_each_earlier_one() -> None:
    part = task_study_model("flip_flop").model_validate(SMALL)
    found = try_recipe("flip_flop", part, ChainSettings(), 5, members=2, rounds=2)
    assert [one.number for one in found] == [0, 1, 2]
    assert [one.performance.shape for one in found] == [(2, 3)] * 3
    assert [one.similarity.shape for one in found] == [(2, 0), (2, 1), (2, 2)]
    assert all(one.seconds > 0 for one in found)
    again = try_recipe("flip_flop", part, ChainSettings(), 5, members=1, rounds=2)
    assert again[2].similarity[0] == pytest.approx(found[2].similarity[0], rel=1e-6)  # whoever trains beside


def test_the_chains_of_a_study_are_judged_round_by_round(tmp_path: Path) -> None:
    task, training = get_task("flip_flop"), TrainingSettings(**BRIEF)
    run = TrainingRun([Member((3, "study"), k) for k in range(2)], NativeEngine())
    folder = tmp_path / "flip_flop"
    with pytest.raises(AtlasError, match="none"):
        judge_study(tmp_path, "flip_flop")
    standard = fit(fresh_networks(task, NetworkSettings(units=12), 1.0, run.members), task, training, run)
    chains = begin_chains({"g1": standard}, [("g1", 1), ("g1", 0)])
    made = {"standard/g1": standard}
    for number in (1, 2):
        alternative = deflate(chains, task, DeflationSettings(training=training), run, NetworkSettings(units=12))
        made[f"alternatives/insd_alt{number}"] = alternative
        chains = Chains([*chains.solutions, alternative], chains.record)
    for name, ensemble in made.items():
        (folder / name).mkdir(parents=True)
        ensemble.to_file(folder / name / "networks.h5")
    found = judge_study(tmp_path, "flip_flop")
    assert len(found) == 3 and found[0].startswith("round 0: performance")
    assert all("2 of 2 accepted, S " in line for line in found[1:])


def test_a_recipe_is_judged_by_its_worst_number_in_units_of_the_target() -> None:
    standard = Round(0, 1.0, np.full((2, 3), 0.99), np.zeros((2, 0)))
    one = Round(1, 5.0, np.array([[0.99, 0.98, 0.96], [0.99, 0.98, 0.96]]), np.array([[0.02], [0.04]]))
    two = Round(2, 7.0, np.full((2, 3), 0.985), np.array([[0.01, 0.30], [0.02, 0.10]]))
    found = judge({"a": 1}, [standard, one, two])
    assert found.seconds == 7.0
    assert found.similarity == pytest.approx([0.03, 0.20]) and found.loss == pytest.approx([0.03, 0.005])
    assert found.miss == pytest.approx(2.0)
    good, better = (Judged({}, seconds, 0.8, [], []) for seconds in (9.0, 4.0))
    assert sorted([found, good, better], key=lambda judged: judged.order) == [better, good, found]


def test_a_search_halves_what_is_left_and_goes_on_where_it_was_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[Any, ...]] = []

    def tried(task: str, recipe: dict[str, Any], seed: int, members: int, rounds: int) -> Judged:
        calls.append((recipe["deflation.strength"], seed, members, rounds))
        return Judged(recipe, 1.0, recipe["deflation.strength"], [0.1], [0.2])

    monkeypatch.setattr(recipe_search, "tried", tried)
    monkeypatch.setattr(recipe_search, "SPACES", {"flip_flop": {"deflation.strength": [4.0, 3.0, 2.0, 5.0]}})
    rungs = list(search("flip_flop", tmp_path))
    assert [[one.recipe["deflation.strength"] for one in rung] for rung in rungs] == [[2, 3, 4, 5], [2, 3], [2], [2]]
    assert len({seed for _, seed, _, _ in calls}) == 4 and "| 2.0 |" in table(0, rungs[0])
    done = len(calls)
    assert list(search("flip_flop", tmp_path)) == rungs and len(calls) == done


def test_spaces_name_settings_that_there_are() -> None:
    for task in TASKS:
        for recipe in recipe_search.recipes(task, 3):
            values: dict[str, Any] = TASKS[task]
            for key, value in recipe.items():
                first, *rest = key.split(".")
                if first == "chain":
                    assert ChainSettings.model_validate({rest[0]: value})
                else:
                    values = merged(values, recipe_search._nested([first, *rest], value))
            assert task_study_model(task).model_validate(values)


def test_the_first_recipe_is_what_it_was() -> None:
    first = yaml.safe_load((ROOT / FIRST).read_text())
    for task, steps in (("context_integration", 10000), ("flip_flop", 12000), ("memory_pro", 12000)):
        training = recipes(task, first)["first"].deflation.training
        assert (training.steps, training.batch, training.optimiser, training.time_steps) == (steps, 64, "adam", [1.0])


def test_time_steps_have_the_shares_that_are_expected() -> None:
    assert shares(TrainingSettings(time_steps=[1.0])) == {1.0: 1.0}
    late = TrainingSettings(time_steps=[1.0, 0.5], late_time_steps=[1.0, 0.5, 0.25], late=0.3)
    assert shares(late) == pytest.approx({1.0: 0.45, 0.5: 0.45, 0.25: 0.1})


def test_a_recipe_costs_something() -> None:
    part = task_study_model("flip_flop").model_validate(SMALL)
    assert core_seconds("flip_flop", part, 1) > 0
