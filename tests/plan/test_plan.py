"""What the jobs of a study read and are given, asked of the default study."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rnnatlas.artifacts.schemas import HOMES, all_schemas
from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.config.load import load_study
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.needs import Needs
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.plan import ensembles
from rnnatlas.plan.ensembles import Place
from rnnatlas.plan.plan import Plan

NEEDS = {f"figure {key}": row.needs for key, row in FIGURES.items()} | {
    f"claims {key}": group.needs for key, group in GROUPS.items()
}
each_needs = pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
TASKS = ["context_integration", "flip_flop", "memory_pro"]
OWN = [f"standard/{name}" for name in ("g0.01", "g0.5", "g1.0", "g1.5")] + [
    f"alternatives/insd_alt{k}" for k in (1, 2, 3)
]


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
        "architectures": set(needs.architectures), "trials": set(needs.trials), "study": set(needs.study) - {"compared_networks", "compared_features"},
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
    assert names("flip_flop") == OWN[:4] + both + chains + [
        f"alternatives/{name}_alt1" for name in ("reverse", "cka", "nonlinear")
    ]
    assert controlled.of_ensembles("decoding", "memory_pro", "controls/") == [f"R/memory_pro/{n}/decoding.h5" for n in names("memory_pro")]  # fmt: skip
    assert controlled.of_ensembles("decoding", "memory_pro") == [f"R/memory_pro/{name}/decoding.h5" for name in OWN]


# Jobs


def test_a_group_of_claims_reads_its_files_task_by_task(controlled: Plan) -> None:
    for name, group in GROUPS.items():
        cfg, files = controlled.group_cfg(name), controlled.group_files(group)
        tasks = [] if group.needs.charted else TASKS
        assert list(cfg["evidence"]) == tasks and cfg["module"] == group.module and cfg["seed"] == 0
        assert sum(map(len, cfg["evidence"].values())) == len(files)
        assert files == [file for task in tasks for file in controlled.needed(group.needs, task)]


def test_capacity_asks_for_similarity_alone_in_every_task(tmp_path: Path) -> None:
    preset = Path(__file__).parents[2] / "config" / "presets" / "capacity.yaml"
    own = plan(tmp_path, **yaml.safe_load(preset.read_text()))
    assert own.group_files(GROUPS["capacity"]) == [f"R/{task}/{kind}.h5" for task in TASKS for kind in ("table", "similarity")]  # fmt: skip
    standards = sum(own.study.population[name].members for name in own.study.populations)
    for task in TASKS:
        rounds = [place for place in ensembles.own(own.study, task) if place.round > 0]
        assert len(rounds) == 8 and own.study.chain["insd"].number(task) == standards == 4


def test_the_collection_of_a_figure_is_given_what_it_reads_and_uses(default: Plan) -> None:
    for key, row in FIGURES.items():
        cfg = default.figure_cfg({"figure": key, "task": "flip_flop", "of": ""})
        assert cfg["evidence"] == default.evidence(row.needs, "flip_flop") and cfg["figure"] == key
        assert cfg["task"] == "flip_flop" and cfg["seed"] == 0
        assert set(row.uses.split()) <= cfg.keys() and cfg["about"] == ("insd" if row.by_chains else "")


# Gated cells


def test_gated_networks_that_chains_begin_with_lack_the_analyses_of_rate_units() -> None:
    study = load_study({"task": {"flip_flop": {"network": {"cell": "gru"}}}})
    begun, first = Place("standard/sham_reference", "sham", -1), Place("alternatives/sham_alt1", "sham", 1)
    lacking = {kind for kind in HOMES if not ensembles.has(study, "flip_flop", begun, kind)}
    assert lacking == {"attractors", "finer_steps", "robustness"}
    assert all(ensembles.has(study, "memory_pro", begun, kind) for kind in HOMES)
    assert all(ensembles.has(study, "flip_flop", first, kind) for kind in HOMES)  # refused, with a message


def test_analyses_of_rate_units_are_refused_to_gated_networks_with_targets_that_can_be_asked_for() -> None:
    study = load_study({})
    ensembles.refuse_gated(study, "flip_flop", "standard/g1.0", "results/default")
    with pytest.raises(AtlasError, match=r"results/default/flip_flop/standard/gru: .*'gru'") as caught:
        ensembles.refuse_gated(study, "flip_flop", "standard/gru", "results/default")
    assert "results/default/flip_flop/standard/gru/limit_sets.h5" in str(caught.value)


# Figures


def test_a_study_has_a_figure_of_each_row_for_each_that_it_is_of(tmp_path: Path) -> None:
    p = plan(tmp_path, recording={"mine": {"task": "memory_pro", "file": "m.h5"}})
    assert list(p.figures) == [
        "figure_1", "figure_2", "figure_3", "figure_4", "figure_5", "figure_robustness", "figure_chains", "figure_similarity", "figure_hidden",
        "figure_decoding", "figure_limit_sets", "figure_controls", "figure_experiments", "figure_tasks", "figure_training",
        "figure_c1", "figure_recording_mine",
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
    assert drawn["figure_c1"] == ["R/two_neuron.h5"]
    assert {name for name, d in p.figures.items() if not d.collected} == {
        "figure_1",
        "figure_c1",
        "figure_recording_mine",
    }


def test_every_claim_of_every_task_leads_to_a_figure(default: Plan) -> None:
    shown = default.shown_in()
    charts = {key for key, row in FIGURES.items() if row.of == "charting"}
    assert set(shown) == set(FIGURES) - {"recording"} - charts
    assert shown["solutions"] == dict(zip(TASKS, ("figure_2", "figure_3", "figure_4"), strict=True))
    assert shown["two_neuron"] == {"two_neuron": "figure_c1"}, "what is about none of the study's tasks"
    assert all(
        set(by_task) == {FIGURES[key].about} - {""} or set(by_task) == set(TASKS) for key, by_task in shown.items()
    )
    assert all(name in default.figures for by_task in shown.values() for name in by_task.values())


def test_a_figure_of_a_task_of_ones_own_is_called_by_it(default: Plan) -> None:
    drawing = replace(default.figures["figure_3"], subject="my_task", parts={"my_task": ""})
    assert (drawing.name, drawing.shows) == ("figure_my_task", "my task")


# Several sets of chains


@pytest.fixture
def two_sets(tmp_path: Path) -> Plan:
    chain = {"mine": {"reference": "my_networks.h5", "chains": 1, "tasks": ["flip_flop"]}}
    return plan(tmp_path, chain=chain, chains=["mine", "insd"])


def test_each_set_of_chains_has_its_figures(two_sets: Plan, default: Plan) -> None:
    further = two_sets.figures.keys() - default.figures.keys()
    by_chains = {key for key, row in FIGURES.items() if row.by_chains}
    assert {two_sets.figures[name].key for name in further} == by_chains and all(
        name.endswith("_insd") for name in further
    )
    assert two_sets.figures["figure_5"].parts == {task: "mine" if task == "flip_flop" else "insd" for task in TASKS}
    assert two_sets.figures["figure_5_insd"].parts == {"flip_flop": "insd"}
    assert two_sets.figures["figure_experiments_insd"].also == ["experiments_insd.md"]
    assert two_sets.drawn_from(two_sets.figures["figure_3_insd"]) == ["R/figures/data/solutions/flip_flop/insd.h5"]
    assert two_sets.shown_in()["hard"] == dict.fromkeys(TASKS, "figure_5") | {"flip_flop/insd": "figure_5_insd"}


def test_a_figure_asks_for_the_ensembles_of_its_set_of_chains_alone(two_sets: Plan) -> None:
    def ensembles_of(of: str) -> set[str]:
        cfg = two_sets.figure_cfg({"figure": "decoding", "task": "flip_flop", "of": of})
        assert cfg["about"] == of.removeprefix("/") or cfg["about"] == "mine"
        return {ensemble for _, ensemble, kind in cfg["evidence"] if kind == "decoding"}

    standards = set(OWN[:4])
    mine = {"standard/mine_reference", *(f"alternatives/mine_alt{k}" for k in (1, 2))}
    assert ensembles_of("") == standards | mine and ensembles_of("/insd") == set(OWN)


# Whole studies


def test_all_analyses_are_those_that_figures_and_claims_read(controlled: Plan) -> None:
    """Whatever a figure or claim needs is an analysis or what analyses are made from."""
    every = set(controlled.analyses())
    assert len(every) == len(controlled.analyses())
    made = ("networks", "metric_asymmetry", "two_neuron")
    for needs in NEEDS.values():
        for task in TASKS:
            rest = set(controlled.needed(needs, task)) - every
            assert all(kind_of(file) in made or "/trials/" in file for file in rest), rest


def test_the_map_compares_similarity_and_hard_grids_alone(controlled: Plan) -> None:
    files = controlled.map_point()
    assert {kind_of(file) for file in files} == {"table", "similarity", "generalisation"}
    assert not [file for file in files if "controls" in file or "matched" in file]
