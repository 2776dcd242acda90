"""Populations that are charted: which are trained, and what is made of them."""

from pathlib import Path
from typing import Any

import pytest

from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.config.load import load_study, merged
from rnnatlas.errors import AtlasError
from rnnatlas.plan import ensembles
from rnnatlas.plan.conditions import check_study
from rnnatlas.plan.plan import Plan

TASKS = ["context_integration", "flip_flop", "memory_pro"]


def plan(folder: Path, **values: Any) -> Plan:
    return Plan(load_study(values), "R", folder)


def test_charted_populations_are_trained_and_charted_where_they_are_asked_for(tmp_path: Path) -> None:
    default = plan(tmp_path)
    only = {"tasks": ["delayed_discrimination"]}
    charted = plan(tmp_path, charting={"run": True}, population={"vanilla_40": only, "vanilla_40_again": only})
    assert charted.study.charted == charted.study.charting.tasks and default.study.charted == []
    vanilla, again = [f"vanilla_{n}" for n in (20, 30, 50)], [f"vanilla_{n}_again" for n in (20, 30, 50)]
    gated = [f"{c}_{n}" for c in ("gru", "lstm") for n in (20, 30, 40, 50)]
    expected = {
        "delayed_discrimination": ["vanilla_20", "vanilla_30", "vanilla_40", "vanilla_50", "vanilla_40_again"],
        "interval_discrimination": vanilla,
        "interval_reproduction": vanilla + gated + again,
    }
    for task, names in expected.items():
        assert [one["population"] for one in ensembles.trainings(charted.study, task)] == names
        files = charted.needed(GROUPS["populations"].needs, task)
        assert files == [f"R/{task}/standard/{name}/networks.h5" for name in names]
    assert set(charted.analyses()) - set(default.analyses()) == {
        f"R/{task}/standard/{name}/{kind}.h5"
        for task, names in expected.items()
        for name in names
        for kind in ("extrapolation", "features", "limit_sets", "reduced")
    }
    assert set(charted.figures) - set(default.figures) == {"figure_c2", "figure_c3", "figure_c4", "figure_c5"}
    assert charted.figures["figure_c3"].tasks == tuple(expected)
    # The study's own tasks are as without.
    for task in TASKS:
        assert ensembles.trainings(charted.study, task) == ensembles.trainings(default.study, task)
        assert charted.needed(GROUPS["populations"].needs, task) == []


def test_a_charted_task_may_be_one_of_the_study_s_own(tmp_path: Path) -> None:
    both = plan(
        tmp_path,
        tasks=["flip_flop", "interval_reproduction"],
        charting={"run": True, "tasks": ["interval_reproduction"]},
    )
    assert both.study.all_tasks == ["flip_flop", "interval_reproduction"]
    names = [one.get("population") for one in ensembles.trainings(both.study, "interval_reproduction")]
    assert {"g1.0", "vanilla_20", "gru_50"} <= set(names)


def test_networks_of_others_are_judged_where_a_file_of_them_is_named(tmp_path: Path) -> None:
    given = plan(tmp_path, charting={"compare": "others.h5"})
    assert given.group_files(GROUPS["compared"]) == ["R/compared_networks.h5"]
    assert plan(tmp_path).group_files(GROUPS["compared"]) == []


@pytest.mark.parametrize(
    ("values", "key", "said"),
    [
        ({"charting": {"run": True, "tasks": ["flip_flop"]}}, "charting.tasks", "lacks one"),
        ({"charting": {"compare": "others.h5", "tasks": ["flip_flop"]}}, "charting.tasks", "lacks one"),
        (
            {"charting": {"run": True}, "task": {"interval_reproduction": {"trial": {"beyond": [2000.0, 3000.0]}}}},
            "task.interval_reproduction.trial",
            "found 0 of 51 within",
        ),
        (
            {"charting": {"run": True}, "task": {"interval_reproduction": {"training": {"trials": "complete"}}}},
            "task.interval_reproduction.training.batch",
            "31 trials at most",
        ),
        (
            {"task": {"flip_flop": {"deflation": {"training": {"trials": "complete"}}}}},
            "task.flip_flop.deflation.training.trials",
            "no complete set",
        ),
    ],
)
def test_what_cannot_be_charted_is_said_before_anything_is_trained(values: dict[str, Any], key: str, said: str) -> None:
    base = {"charting": {"populations": ["vanilla_20"]}}
    with pytest.raises(AtlasError, match=said) as caught:
        check_study(load_study(merged(base, values)), "study.yaml")
    assert caught.value.key == key


def test_the_scorecard_waits_for_charted_claims_where_there_are_any(tmp_path: Path) -> None:
    apart = {"populations", "extrapolation", "types", "compared"}
    assert set(plan(tmp_path).groups()) == set(GROUPS) - apart
    assert set(plan(tmp_path, charting={"run": True}).groups()) == set(GROUPS) - {"compared"}
    assert set(plan(tmp_path, charting={"compare": "others.h5"}).groups()) == set(GROUPS) - {
        "populations",
        "extrapolation",
        "types",
    }
    assert "compared" in plan(tmp_path, charting={"compare_features": "features.h5"}).groups()
