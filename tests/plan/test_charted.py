"""Populations that are charted: which are trained, and what is made of them."""

from pathlib import Path
from typing import Any

from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.config.load import load_study
from rnnatlas.plan import ensembles
from rnnatlas.plan.plan import Plan

TASKS = ["context_integration", "flip_flop", "memory_pro"]


def plan(folder: Path, **values: Any) -> Plan:
    return Plan(load_study(values), "R", folder)


def test_charted_populations_are_trained_and_charted_where_they_are_asked_for(tmp_path: Path) -> None:
    default = plan(tmp_path)
    charted = plan(tmp_path, charting={"run": True}, population={"vanilla_40": {"tasks": ["delayed_discrimination"]}})
    assert charted.study.charted == charted.study.charting.tasks and default.study.charted == []
    vanilla, gated = (
        [f"vanilla_{n}" for n in (20, 30, 40, 50)],
        [f"{c}_{n}" for c in ("gru", "lstm") for n in (20, 30, 40, 50)],
    )
    expected = {
        "delayed_discrimination": vanilla,
        "interval_discrimination": [name for name in vanilla if name != "vanilla_40"],
        "interval_reproduction": [name for name in vanilla if name != "vanilla_40"]
        + gated
        + [f"{name}_again" for name in vanilla],
    }
    for task, names in expected.items():
        assert [one["population"] for one in ensembles.trainings(charted.study, task)] == names
        files = charted.needed(GROUPS["populations"].needs, task)
        assert files == [f"R/{task}/standard/{name}/networks.h5" for name in names]
    assert set(charted.analyses()) - set(default.analyses()) == {
        f"R/{task}/standard/{name}/{kind}.h5"
        for task, names in expected.items()
        for name in names
        for kind in ("extrapolation", "limit_sets")
    }
    assert set(charted.figures) - set(default.figures) == {"figure_c2", "figure_c3"}
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
