"""The task that docs/add_a_task.md adds, added: its file, its configuration and its notebook are taken from there."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import yaml
from study_copy import CHECKOUT, StudyCopy, small_study


def blocks(language: str) -> list[str]:
    """The fenced blocks of the page in that language."""
    page = (CHECKOUT / "docs" / "add_a_task.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


CONFIGURATION = blocks("yaml")[0]
NAME = yaml.safe_load(CONFIGURATION)["tasks"][0]


@pytest.fixture
def extended(fresh: StudyCopy) -> StudyCopy:
    (fresh.library / f"tasks/{NAME}.py").write_text(blocks("python")[0])
    (fresh.folder / f"{NAME}.yaml").write_text(CONFIGURATION)
    (fresh.folder / "small.yaml").write_text(small_study(NAME))
    return fresh


def test_the_new_task_runs_through_to_its_figures_and_the_scorecard(extended: StudyCopy) -> None:
    run = extended.call(
        f"figure_{NAME}", "figure_tasks", "scorecard", "--cores", "2", "--configfile", f"{NAME}.yaml", "small.yaml"
    )
    assert run.status == 0, run.text
    results = extended.folder / "results" / yaml.safe_load(CONFIGURATION)["run"]
    for kind in ("pdf", "svg", "png"):
        assert (results / f"figures/figure_{NAME}.{kind}").stat().st_size > 10_000
    assert "Delayed match to sample" in (results / f"figures/figure_{NAME}.svg").read_text()
    card = (results / "scorecard.md").read_text()
    assert all(f"**{claim}**" in card for claim in ("S4", "A1", "A3", "A7"))
    assert f"| {NAME.replace('_', ' ')} |" in card
    assert "flip_flop" not in card


def test_the_whole_study_of_the_page_is_understood(extended: StudyCopy) -> None:
    run = extended.call("--dry-run", "all", "--configfile", f"{NAME}.yaml")
    assert run.status == 0, run.text
    assert {f"figure_{NAME}", "figure_5", "scorecard", "manifest"} <= run.jobs


def test_the_notebook_of_the_page_runs(extended: StudyCopy) -> None:
    code = blocks("python")[1]
    assert "steps=500" in code
    result = subprocess.run(
        [sys.executable, "-c", code.replace("steps=500", "steps=3")],
        cwd=extended.folder,
        env=os.environ | {"PYTHONPATH": str(extended.folder / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "performance of each network" in result.stdout
