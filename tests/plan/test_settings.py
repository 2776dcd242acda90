"""What jobs are given of a study."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rnnatlas.config.load import load_study
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.plan import ensembles
from rnnatlas.plan.plan import Plan
from rnnatlas.plan.settings import settings
from rnnatlas.plan.taken import TRAINING_USES

TASKS = ["context_integration", "flip_flop", "memory_pro"]
RULES = Path(__file__).parents[2] / "workflow" / "rules"
IN_RULES = {found for file in RULES.glob("*.smk") for found in re.findall(r'uses="([^"]*)"', file.read_text())}
USES = sorted(IN_RULES - {""} | set(TRAINING_USES.values()))


def plan(folder: Path, **values: Any) -> Plan:
    return Plan(load_study(values), "R", folder)


@pytest.fixture
def default(tmp_path: Path) -> Plan:
    return plan(tmp_path)


def is_plain_and_sorted(value: Any) -> bool:
    if type(value) is dict:
        keys = list(value)
        return all(a < b for a, b in pairwise(keys)) and all(map(is_plain_and_sorted, value.values()))
    if type(value) is list:
        return all(map(is_plain_and_sorted, value))
    return type(value) in (str, int, float, bool, type(None))


WILDCARDS = {"population": "matched", "chains": "sham", "round": "1", "recording": "mine", "ensemble": "alternatives/sham_alt1"}  # fmt: skip


@pytest.mark.parametrize("uses", [*USES, *(f"task {row.uses}" for row in FIGURES.values() if row.uses)])
def test_the_settings_of_a_job_are_plain_and_sorted(uses: str) -> None:
    """Snakemake compares them with those of the last run as text."""
    study = load_study({})
    for task in TASKS:
        for name in ("analysis", "test", "hard_1"):
            for among in ("", "controls/"):
                wildcards = WILDCARDS | {"task": task, "set": name, "among": among}
                found = settings(study, wildcards, uses)
                top = {key: value for key, value in found.items() if key not in ("ensembles", "fresh")}
                assert list(found) == sorted(found) and is_plain_and_sorted(top) and found["seed"] == 0
                assert json.loads(json.dumps(found)) == found == settings(study, wildcards, uses)
                for place in found.get("ensembles", []):
                    assert list(place) == ["name", "chains", "round"] and all(type(v) in (str, int) for v in place.values())  # fmt: skip
                assert is_plain_and_sorted(dict(sorted(found.get("fresh", {}).items())))


def test_rules_say_what_they_use() -> None:
    assert len(USES) > 12 and any("training_engine" in uses for uses in USES)


def test_a_setting_counts_for_the_jobs_that_use_it_and_for_no_other() -> None:
    """Of one task, one section: the others are given the same as before."""
    more = {"task": {"flip_flop": {"training": {"steps": 7}}}, "analysis": {"decoding": {"bin": 50.0}}}
    before, after = load_study({}), load_study(more)
    changed = {
        (uses, task)
        for uses in USES
        for task in TASKS
        for wildcards in [WILDCARDS | {"task": task, "set": "test", "population": "g1.0"}]
        if settings(before, wildcards, uses) != settings(after, wildcards, uses)
    }
    assert changed == {("task network population training_engine", "flip_flop")} | {("task decoding engine", t) for t in TASKS}  # fmt: skip


def test_the_steps_of_alternatives_count_for_populations_on_their_schedule() -> None:
    more = {"task": {"flip_flop": {"deflation": {"training": {"steps": 7}}}}}
    before, after = load_study({}), load_study(more)

    def given(name: str) -> list[dict[str, Any]]:
        wildcards = {"task": "flip_flop", "population": name}
        return [settings(study, wildcards, "population") for study in (before, after)]

    assert given("g1.0")[0] == given("g1.0")[1] and given("matched")[0] != given("matched")[1]
    assert given("matched")[1]["training"]["steps"] == 7


def test_more_rounds_or_other_tasks_of_a_set_of_chains_change_no_round_at_hand() -> None:
    before, after = load_study({}), load_study({"chain": {"insd": {"rounds": 5, "tasks": ["flip_flop"]}}})
    wildcards = {"task": "flip_flop", "chains": "insd", "round": "1"}
    found = [settings(study, wildcards, "chains round deflation") for study in (before, after)]
    assert found[0] == found[1]


def test_only_trainings_ask_for_a_gpu() -> None:
    for engine, analysis in (("cuda", "auto"), ("native", "native"), ("auto", "auto")):
        study = load_study({"engine": engine})
        assert settings(study, {}, "engine")["engine"] == analysis
        assert settings(study, {}, "training_engine")["engine"] == engine


def test_networks_of_different_places_are_drawn_from_different_streams() -> None:
    study = load_study({})
    places = ["standard/g1.0", "standard/g1.5", "standard/sham_reference", "alternatives/insd_alt1", "alternatives/sham_alt1", "alternatives/insd_alt2"]  # fmt: skip
    streams = [tuple(ensembles.fresh(study, task, name)["stream"]) for task in TASKS for name in places]
    assert len(set(streams)) == len(streams) and all(stream[0] == 0 for stream in streams)
    assert ensembles.fresh(study, "flip_flop", "standard/g1.5")["gain"] == 1.5
