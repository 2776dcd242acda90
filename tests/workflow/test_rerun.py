"""What runs again after a change of the configuration or of the code: exactly what depends on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from consequences import (
    CHARTING,
    EACH,
    EVERYTHING,
    EXAMPLES,
    FIGURES,
    FLIP_FLOP,
    GROUPS,
    METRIC,
    ROOTS,
    SETS,
    TASKS,
    TRIALS,
    WHOLE,
    T,
    again,
    drawn,
    networks,
    of_alternatives,
    shown,
)
from study_copy import Changes, StudyCopy, append, each, replace_once

# From the changed leaves of the configuration to the jobs that run again; `study` notes every configuration.
LEAVES: dict[str, tuple[Changes, set[str]]] = {
    "standard training": ({"task/flip_flop/training/steps": 21}, FLIP_FLOP),
    "strength of deflation": ({"task/flip_flop/deflation/strength": 0.4}, of_alternatives("flip_flop")),
    "batch of deflation": ({"task/flip_flop/deflation/training/batch": 9}, of_alternatives("flip_flop")),
    "steps swapped": (
        {"task/flip_flop/training/steps": 25, "task/flip_flop/deflation/training/steps": 20},
        FLIP_FLOP,
    ),
    "trial": ({"task/flip_flop/trial/probability": 0.06}, FLIP_FLOP | each(f"trials flip_flop {SETS}")),
    "hard trials": (
        {"task/flip_flop/hard/trials": 9},
        each("trials flip_flop hard_{0,1}") | again("generalisation", tasks=("flip_flop",)),
    ),
    "hard loads swapped": (
        {"task/flip_flop/hard/load": [2.0, 1.0]},
        each("trials flip_flop hard_{0,1}") | again("generalisation", tasks=("flip_flop",)),
    ),
    "starts of the search": ({"analysis/fixed_points/starts": 25}, again(*ROOTS)),
    "runs to limit sets": ({"analysis/limit_sets/duration": 21}, again("limit_sets")),
    "bins of attractors": ({"analysis/attractors/angles": 40}, again("attractors")),
    "bins of decoding": ({"analysis/decoding/bin": 50.0}, again("decoding")),
    "silent holds": ({"analysis/holds/longest": 3}, again("generalisation")),
    "draws of weight noise": ({"analysis/robustness/draws": 3}, again("robustness")),
    "samples of hidden states": ({"analysis/hidden/scored": 90}, again("hidden")),
    "rank of DSA": ({"analysis/similarity/rank": 5}, again("embedding", "measures")),
    "ridge of predictivity": ({"analysis/similarity/ridge": 1e-7}, again("similarity", "embedding", "measures")),
    "one measure less": ({"analysis/measures/compare": ["cka", "rsa", "cca"]}, again("measures")),
    "test trials": (
        {"analysis/test_trials": 17},
        each(f"trials {T} test") | again("similarity", "measures", "hidden", "finer_steps", "robustness") | EXAMPLES,
    ),
    "members": (
        {"population/g1.5/members": 3},
        each(
            f"train_standard {T} g1.5",
            f"train_alternatives {T} insd {{1,2}}",
            f"{{{','.join(EACH)}}} {T} {{standard/g1.5,alternatives/insd_alt1,alternatives/insd_alt2}}",
            f"{{{','.join(WHOLE)}}} {T}",
        ) | shown(*WHOLE, *EACH),
    ),
    "gains swapped": (
        {"population/g0.5/gain": 1.5, "population/g1.5/gain": 0.5},
        networks(*TASKS) | again(*WHOLE, *EACH) | EXAMPLES | METRIC,
    ),
    # Chains take their references round-robin in this order, and the first population stands for all in some figures.
    "order of populations": (
        {"populations": ["g1.5", "g0.5"]},
        of_alternatives(*TASKS) | EXAMPLES | METRIC,
    ),
    "one more round": (
        {"chain/insd/rounds": 3},
        each(f"train_alternatives {T} insd 3", f"{{{','.join(EACH)}}} {T} alternatives/insd_alt3", f"{{{','.join(WHOLE)}}} {T}")
        | shown(*WHOLE, *EACH),
    ),
    "networks of two neurons": ({"charting/two_neuron/networks": 210}, CHARTING),
    "threads": ({"threads": 1}, set()),
    "seed": ({"seed": 1}, EVERYTHING),
    "run": ({"run": "other"}, EVERYTHING),
}  # fmt: skip

# From an edited file of the library to the jobs whose scripts import it, directly or not, and what follows from them.
MODULES: dict[str, set[str]] = {
    "similarity/regression.py": again("similarity") | METRIC | each(f"collect experiments {T}", "figure_experiments"),
    "similarity/measures/procrustes.py": again("measures"),
    "similarity/measures/alignment.py": again("embedding"),
    "figures/metric.py": {"figure_1"},
    "figures/solutions.py": {"figure_2", "figure_3"},
    "figures/hard_data.py": each(f"collect hard {T}", "figure_5"),
    "claims/hard_conditions.py": {"claims hard", "scorecard"},
    "claims/catalogue.py": {"scorecard"},
    "measures.py": again("similarity", "embedding", "measures"),
    "config/measures.py": again("measures"),
    "config/robustness.py": again("robustness"),
    "generalisation/kicks.py": again("robustness"),
    "artifacts/behaviour_schemas.py": again("decoding", "generalisation"),
    "artifacts/map_schema.py": set(),
    "dynamics/newton.py": again(*ROOTS),
    "engine/native/pointwise.h": EVERYTHING - TRIALS - {"study", "claims controls", "claims measure", "two_neuron", "figure_c1", "claims two_neuron"},
    "charting/two_neuron/islands.py": CHARTING,
    "config/charting.py": CHARTING,
    "tasks/flip_flop.py": FLIP_FLOP | each(f"trials flip_flop {SETS}"),
    "claims/scorecard.py": {"scorecard"},
    "figures/caption.py": set(),
    "config/document.py": set(),
}  # fmt: skip


@pytest.fixture(scope="session")
def foreseen(
    finished: StudyCopy, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], set[str]]]:
    """Dry runs after each of the changes above that was selected, two at a time."""
    folder = tmp_path_factory.mktemp("edited")

    def dry_run(name: str) -> set[str]:
        if name in LEAVES:
            return finished.would_run(changes=LEAVES[name][0])
        study = finished.copy(folder / name.replace("/", "_"))
        append(study.library / name, "// edited" if name.endswith(".h") else "_EDITED = True")
        return study.would_run()

    mine = [item for item in request.session.items if item.path == Path(__file__) and isinstance(item, pytest.Function)]
    names = [item.callspec.params["name"] for item in mine if hasattr(item, "callspec")]
    pool = ThreadPoolExecutor(2)
    runs = {name: pool.submit(dry_run, name) for name in names}
    yield lambda name: runs[name].result()
    pool.shutdown(cancel_futures=True)


def test_a_finished_study_has_nothing_to_do(finished: StudyCopy, study: StudyCopy) -> None:
    assert finished.would_run() == set()
    assert study.would_run() == set()  # and neither has a copy of it elsewhere


@pytest.mark.parametrize("name", LEAVES)
def test_a_changed_setting(foreseen: Callable[[str], set[str]], name: str) -> None:
    assert foreseen(name) == LEAVES[name][1] | {"study", "manifest"}


@pytest.mark.parametrize("name", MODULES)
def test_an_edited_module(foreseen: Callable[[str], set[str]], name: str) -> None:
    assert foreseen(name) == MODULES[name]


def test_one_more_round_trains_that_round_alone(study: StudyCopy) -> None:
    before = study.digests()
    target = "results/tiny/flip_flop/alternatives/insd_alt3/networks.h5"
    run = study.snakemake(target, changes={"chain/insd/rounds": 3})
    assert run.status == 0, run.text
    assert run.jobs == {"train_alternatives flip_flop insd 3"}
    assert study.digests("flip_flop/alternatives/insd_alt3/networks.h5") == before
    assert "train_alternatives flip_flop insd 3" not in study.would_run(changes={"chain/insd/rounds": 3})


def test_an_edited_script(study: StudyCopy) -> None:
    append(study.folder / "workflow/scripts/scorecard.py", "EDITED = True")
    assert study.would_run() == {"scorecard"}


def test_what_does_not_change_the_code_reruns_nothing(study: StudyCopy) -> None:
    """Comments, docstrings (captions among them), touched files; of rules, scripts and modules alike."""
    for file in sorted((study.folder / "workflow").rglob("*.*")):
        if file.suffix in (".py", ".smk"):
            append(file, "# a comment")
    replace_once(
        study.library / "streams/keys.py", '"""Where each random number comes from', '"""Whence each number comes'
    )
    replace_once(
        study.library / "training/optimiser.py", '"""The optimisers with clipping', '"""The optimisers, with clipping'
    )
    replace_once(study.library / "training/optimiser.py", '"""One step of Adam', '"""A step of Adam')
    replace_once(study.library / "networks/parameters.py", "class Parameters:\n", "class Parameters:  # stacked\n")
    replace_once(study.library / "figures/hard.py", "in percentage points,", "in points,")
    replace_once(study.folder / "workflow/scripts/embedding.py", '"""Dynamical similarity', '"""Similarity of dynamics')
    for file in (study.folder / "workflow").rglob("*"):
        os.utime(file)
    for file in ("Snakefile", "config/config.yaml", "config/presets/tiny.yaml"):
        os.utime(study.folder / file)
    assert study.would_run() == set()


def test_an_edited_docstring_of_an_attribute_reruns_nothing(study: StudyCopy) -> None:
    replace_once(
        study.library / "engine/interface.py",
        '"""Which engine and instruction set this is',
        '"""The engine and instruction set',
    )
    assert study.would_run() == set()


def test_touched_results_are_compared_by_content(study: StudyCopy) -> None:
    for name in ("flip_flop/trials/test.h5", "flip_flop/standard/g0.5/networks.h5", "flip_flop/similarity.h5"):
        os.utime(study.results / name)
    assert study.would_run() == set()


def test_another_task_leaves_the_others_alone(study: StudyCopy) -> None:
    shutil.copy(study.library / "tasks/flip_flop.py", study.library / "tasks/toggle.py")
    assert study.would_run() == set()  # the file alone
    part: Changes = {"task/toggle/training/steps": 20}
    assert study.would_run(changes=part) == {"study", "manifest"}  # defined, but not among the tasks that run
    jobs = study.would_run(changes=part | {"tasks": ["flip_flop", "context_integration", "toggle"]})
    of_all = set.union(*(drawn(figure, TASKS) for figure in FIGURES["table"] - {"solutions"}))
    groups = {
        f"claims {group}" for group in {*GROUPS["table"], "irrelevant_dynamics", "measure", "controls", "two_neuron"}
    }
    others = {job for job in jobs if "toggle" not in job}
    assert others == of_all | groups | {"figure_tasks", "scorecard", "manifest", "study"}
    assert each("train_standard toggle g0.5", "figure_toggle") <= jobs


# A caption is made with the report; the rule that draws merely hands it on.
HANDED_ON = {"rnnatlas.figures.caption"}


def test_every_module_that_a_job_imports_stands_in_its_code(finished: StudyCopy, audit: list[dict[str, Any]]) -> None:
    """Seen in the jobs themselves, as they ran. Front doors (packages' ``__init__``) hold no code of their own."""
    assert {record["rule"] for record in audit} == {job.split()[0] for job in EVERYTHING}
    missing = set()
    for record in audit:
        files = {name: file for name, file in record["loaded"].items() if name.split(".")[0] == "rnnatlas" and file}
        assert all(file.startswith(str(finished.folder)) for file in files.values()), files
        modules = {name for name, file in files.items() if not file.endswith(("__init__.py", "_lazy.py"))}
        missing |= {f"{record['rule']}: {name}" for name in modules - set(record["code"]) - HANDED_ON}
    assert not missing
