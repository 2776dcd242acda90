"""What the jobs of a study read and are given, asked of the default study."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from rnnatlas.artifacts.schemas import HOMES, all_schemas
from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.config.load import load_study
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.needs import Needs
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.plan import ensembles
from rnnatlas.plan.ensembles import Place
from rnnatlas.plan.plan import Plan
from rnnatlas.plan.settings import settings

RULES = Path(__file__).parents[2] / "workflow" / "rules"
USES = sorted({found for file in RULES.glob("*.smk") for found in re.findall(r'uses="([^"]*)"', file.read_text())} - {""})  # fmt: skip
NEEDS = {f"figure {key}": row.needs for key, row in FIGURES.items()} | {
    f"claims {key}": group.needs for key, group in GROUPS.items()
}
each_needs = pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
TASKS = ["context_integration", "flip_flop", "memory_pro"]
OWN = [f"standard/{name}" for name in ("g0.01", "g0.5", "g1.0", "g1.5")] + [f"alternatives/insd_alt{k}" for k in (1, 2)]


def plan(folder: Path, **values: Any) -> Plan:
    return Plan(load_study(values), "R", folder)


@pytest.fixture
def default(tmp_path: Path) -> Plan:
    return plan(tmp_path)


@pytest.fixture
def controlled(tmp_path: Path) -> Plan:
    return plan(tmp_path, controls={"run": True})


def kind_of(file: str) -> str:
    """The kind of a file; of trials, the set."""
    return re.sub(r"^hard_\d+$", "hard", Path(file).stem)


# What is read


@each_needs
@pytest.mark.parametrize("task", TASKS)
def test_no_kind_is_needed_that_was_not_declared(needs: Needs, task: str, controlled: Plan) -> None:
    files = controlled.needed(needs, task)
    assert all(file.startswith("R/") and " " not in file for file in files)
    declared = {
        "own": {*needs.own, *needs.beside}, "controls": set(needs.controls), "first": set(needs.first),
        "architectures": set(needs.architectures), "trials": set(needs.trials), "study": set(needs.study),
    }  # fmt: skip
    found: dict[str, set[str]] = {part: set() for part in declared}
    for (part, _, _), file in zip(controlled.evidence(needs, task), files, strict=True):
        found[part].add(kind_of(file))
    for part, kinds in declared.items():
        tables = {"table"} if kinds and part in ("own", "controls") else set()
        first = part != "study" or task == TASKS[0]
        assert found[part] == ((kinds | tables) if first else set()), part


@each_needs
def test_the_files_of_a_job_are_in_the_order_of_its_evidence(needs: Needs, controlled: Plan) -> None:
    for task in TASKS:
        items, files = controlled.evidence(needs, task), controlled.needed(needs, task)
        assert len(items) == len(files) and len(set(map(tuple, items))) == len(items)
        for part in ("own", "controls"):  # both have the standard networks
            mine = [file for item, file in zip(items, files, strict=True) if item[0] == part]
            assert len(set(mine)) == len(mine)
        for (part, ensemble, kind), file in zip(items, files, strict=True):
            among = "controls/" * (part == "controls" and not ensemble)
            folder = "" if part == "study" else f"{task}/" + ("trials/" * (part == "trials")) + f"{ensemble}/" * bool(ensemble)  # fmt: skip
            assert file == f"R/{folder}{among}{kind}.h5"


@each_needs
def test_needs_are_kinds_of_artifacts_or_sets_of_trials(needs: Needs) -> None:
    whole, each = ({n for n, s in all_schemas().items() if s.of == of} - {"table"} for of in ("task", "ensemble"))
    for kinds in (needs.own, needs.beside, needs.controls):
        assert set(kinds) <= whole | each and len(set(kinds)) == len(kinds)
    assert {*needs.first, *needs.architectures} <= each and set(needs.trials) <= {"analysis", "test", "hard"}
    assert set(needs.study) <= {name for name, schema in all_schemas().items() if schema.of == "other"}
    assert not set(needs.own) & set(needs.beside)


def test_files_of_the_default_study_are_of_its_own_ensembles(default: Plan) -> None:
    needs = Needs(own=("similarity", "decoding"), first=("networks",), architectures=("limit_sets",), trials=("hard",))
    assert default.needed(needs, "flip_flop") == [
        "R/flip_flop/table.h5",
        "R/flip_flop/similarity.h5",
        *(f"R/flip_flop/{name}/decoding.h5" for name in OWN),
        "R/flip_flop/standard/g0.01/networks.h5",
        "R/flip_flop/standard/gru/limit_sets.h5",
        "R/flip_flop/standard/lstm/limit_sets.h5",
        *(f"R/flip_flop/trials/hard_{k}.h5" for k in range(3)),
    ]
    assert default.hard_trials("memory_pro") == [f"R/memory_pro/trials/hard_{k}.h5" for k in range(4)]


# Controls


CONTROLLED = [name for name, needs in NEEDS.items() if needs.controls or needs.beside]


@pytest.mark.parametrize("name", NEEDS)
def test_controls_are_needed_where_they_were_asked_for(name: str, default: Plan, controlled: Plan) -> None:
    for task in TASKS:
        without, both = (p.evidence(NEEDS[name], task) for p in (default, controlled))
        assert "controls" not in {part for part, _, _ in without}
        assert ("controls" in {part for part, _, _ in both}) == (name in CONTROLLED)
        assert {tuple(item) for item in without} <= {tuple(item) for item in both}
        assert name in CONTROLLED or without == both


def test_controls_are_needed_where_they_are_at_hand(tmp_path: Path) -> None:
    """Of one task, for the others were not trained; what lies there is a table of networks."""
    needs, p = NEEDS["claims controls"], plan(tmp_path)
    (tmp_path / "flip_flop" / "controls").mkdir(parents=True)
    assert not p.needed(needs, "flip_flop")
    (tmp_path / "flip_flop" / "controls" / "table.h5").touch()
    assert p.controlled("flip_flop") and not p.controlled("memory_pro") and not p.needed(needs, "memory_pro")
    assert p.needed(needs, "flip_flop") == plan(tmp_path / "none", controls={"run": True}).needed(needs, "flip_flop")


def test_controls_bring_the_standards_and_the_chains_that_a_task_has(controlled: Plan) -> None:
    def names(task: str) -> list[str]:
        items = controlled.evidence(Needs(controls=("decoding",)), task)
        return [ensemble for part, ensemble, kind in items if kind == "decoding" and part == "controls"]

    both = ["standard/matched", "standard/norm_matched", "standard/sham_reference"]
    chains = [f"alternatives/{name}_alt1" for name in ("sham", "unprojected", "auto")]
    assert names("memory_pro") == OWN[:4] + both + chains
    assert names("flip_flop") == OWN[:4] + both + chains + ["alternatives/reverse_alt1", "alternatives/cka_alt1"]
    assert controlled.of_ensembles("decoding", "memory_pro", "controls/") == [f"R/memory_pro/{n}/decoding.h5" for n in names("memory_pro")]  # fmt: skip
    assert controlled.of_ensembles("decoding", "memory_pro") == [f"R/memory_pro/{name}/decoding.h5" for name in OWN]


# Jobs


def test_a_group_of_claims_reads_its_files_task_by_task(controlled: Plan) -> None:
    for name, group in GROUPS.items():
        cfg, files = controlled.group_cfg(name), controlled.group_files(group)
        assert list(cfg["evidence"]) == TASKS and cfg["module"] == group.module and cfg["seed"] == 0
        assert sum(map(len, cfg["evidence"].values())) == len(files)
        assert files == [file for task in TASKS for file in controlled.needed(group.needs, task)]


def test_the_collection_of_a_figure_is_given_what_it_reads_and_uses(default: Plan) -> None:
    for key, row in FIGURES.items():
        cfg = default.figure_cfg(key, {"task": "flip_flop"})
        assert cfg["evidence"] == default.evidence(row.needs, "flip_flop") and cfg["figure"] == key
        assert cfg["task"] == "flip_flop" and cfg["seed"] == 0
        assert set(row.uses.split()) <= cfg.keys()


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


# Gated cells


def test_gated_networks_that_chains_begin_with_lack_the_analyses_of_rate_units() -> None:
    study = load_study({"task": {"flip_flop": {"network": {"cell": "gru"}}}})
    begun, first = Place("standard/sham_reference", "", -1), Place("alternatives/sham_alt1", "sham", 1)
    lacking = {kind for kind in HOMES if not ensembles.has(study, "flip_flop", begun, kind)}
    assert lacking == {"fixed_points", "attractors", "finer_steps"}
    assert all(ensembles.has(study, "memory_pro", begun, kind) for kind in HOMES)
    assert all(ensembles.has(study, "flip_flop", first, kind) for kind in HOMES)  # refused, with a message


def test_fixed_points_of_gated_networks_are_refused_with_targets_that_can_be_asked_for() -> None:
    study = load_study({})
    ensembles.refuse_gated(study, "flip_flop", "standard/g1.0", "results/default")
    with pytest.raises(AtlasError, match=r"results/default/flip_flop/standard/gru: .*'gru'") as caught:
        ensembles.refuse_gated(study, "flip_flop", "standard/gru", "results/default")
    assert "results/default/flip_flop/standard/gru/limit_sets.h5" in str(caught.value)


# Figures


def test_a_study_has_a_figure_of_each_row_for_each_that_it_is_of(tmp_path: Path) -> None:
    p = plan(tmp_path, recording={"mine": {"task": "memory_pro", "file": "m.h5"}})
    assert list(p.figures) == [
        "figure_1", "figure_2", "figure_3", "figure_4", "figure_5", "figure_chains", "figure_similarity", "figure_hidden",
        "figure_decoding", "figure_limit_sets", "figure_controls", "figure_experiments", "figure_tasks", "figure_training",
        "figure_recording_mine",
    ]  # fmt: skip
    assert {name: d.tasks for name, d in p.figures.items() if d.row.of != "study"} == {
        "figure_2": ("context_integration",), "figure_3": ("flip_flop",), "figure_4": ("memory_pro",),
        "figure_recording_mine": ("memory_pro",),
    }  # fmt: skip
    assert all(d.name == name and d.shows for name, d in p.figures.items())
    assert "figure_recording_mine" not in plan(tmp_path).figures


def test_figures_are_drawn_from_the_data_of_their_tasks_or_from_an_artifact(tmp_path: Path) -> None:
    p = plan(tmp_path, recording={"mine": {"task": "memory_pro", "file": "m.h5"}})
    drawn = {name: p.drawn_from(drawing) for name, drawing in p.figures.items()}
    assert drawn["figure_5"] == [f"R/figures/data/hard/{task}.h5" for task in TASKS]
    assert drawn["figure_3"] == ["R/figures/data/solutions/flip_flop.h5"]
    assert drawn["figure_1"] == ["R/metric_asymmetry.h5"]
    assert drawn["figure_recording_mine"] == ["R/memory_pro/recordings/mine.h5"]
    assert {name for name, d in p.figures.items() if not d.collected} == {"figure_1", "figure_recording_mine"}


def test_every_claim_of_every_task_leads_to_a_figure(default: Plan) -> None:
    shown = default.shown_in()
    assert set(shown) == set(FIGURES) - {"recording"}
    assert shown["solutions"] == dict(zip(TASKS, ("figure_2", "figure_3", "figure_4"), strict=True))
    assert all(set(by_task) == set(TASKS) for by_task in shown.values())
    assert all(name in default.figures for by_task in shown.values() for name in by_task.values())


def test_a_figure_of_a_task_of_ones_own_is_called_by_it(default: Plan) -> None:
    drawing = replace(default.figures["figure_3"], subject="my_task", tasks=("my_task",))
    assert (drawing.name, drawing.shows) == ("figure_my_task", "my task")


# Whole studies


def test_all_analyses_are_those_that_figures_and_claims_read(controlled: Plan) -> None:
    """Whatever a figure or claim needs is an analysis or what analyses are made from."""
    every = set(controlled.analyses())
    assert len(every) == len(controlled.analyses())
    made = ("networks", "metric_asymmetry")
    for needs in NEEDS.values():
        for task in TASKS:
            rest = set(controlled.needed(needs, task)) - every
            assert all(kind_of(file) in made or "/trials/" in file for file in rest), rest


def test_the_map_compares_similarity_and_hard_grids_alone(controlled: Plan) -> None:
    files = controlled.map_point()
    assert {kind_of(file) for file in files} == {"table", "similarity", "generalisation"}
    assert not [file for file in files if "controls" in file or "matched" in file]
