"""The same study from any folder, alone or as a module of another workflow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from study_copy import StudyCopy, append

MINE = "run: mine\ntasks: [memory_pro]\n"
MODULE = """
module rnnatlas:
    snakefile:
        "{snakefile}"
    config:
        {{"run": "mine", "tasks": ["memory_pro"]}}
    pathvars:
        results="atlas/mine",


use rule * from rnnatlas as atlas_*


rule mine:
    default_target: True
    input:
        "atlas/mine/study.yaml",
        "atlas/mine/memory_pro/trials/test.h5",
"""


def settings(folder: Path) -> dict:
    return yaml.safe_load((folder / "study.yaml").read_text())


def test_settings_do_not_depend_on_the_folder(fresh: StudyCopy, tmp_path: Path) -> None:
    (fresh.folder / "mine.yaml").write_text(MINE)
    at_home = fresh.call("--cores", "1", "results/mine/study.yaml", "--configfile", "mine.yaml")
    assert at_home.status == 0, at_home.text
    away = tmp_path / "a folder of mine"
    away.mkdir()
    (away / "mine.yaml").write_text(MINE)
    elsewhere = fresh.call(
        "--cores", "1", "results/mine/study.yaml", "--snakefile", str(fresh.folder / "Snakefile"),
        "--directory", str(away), "--configfile", str(away / "mine.yaml"),
    )  # fmt: skip
    assert elsewhere.status == 0, elsewhere.text
    expected = settings(fresh.folder / "results/mine")
    assert settings(away / "results/mine") == expected
    # Values that differ by task are the default study's: pydantic's own would be 0, 0.3 and 64.
    part = expected["task"]["memory_pro"]
    assert (part["deflation"]["full"], part["deflation"]["strength"], part["network"]["units"]) == (0.4, 0.15, 96)


def test_the_workflow_is_a_module_of_another(fresh: StudyCopy, tmp_path: Path) -> None:
    fresh.call("--cores", "1", "results/mine/study.yaml", "results/mine/memory_pro/trials/test.h5", "--config", "run=mine", "tasks=[memory_pro]")  # fmt: skip
    outer = tmp_path / "outer"
    outer.mkdir()
    (outer / "Snakefile").write_text(MODULE.format(snakefile=os.path.relpath(fresh.folder / "Snakefile", outer)))
    run = fresh.call("--cores", "1", "--snakefile", str(outer / "Snakefile"), "--directory", str(outer))
    assert run.status == 0, run.text
    assert settings(outer / "atlas/mine") == settings(fresh.folder / "results/mine")
    name = "memory_pro/trials/test.h5"
    assert (outer / "atlas/mine" / name).read_bytes() == (fresh.folder / "results/mine" / name).read_bytes()
    drawn = fresh.call(
        "--dry-run", "atlas_figure_4", "--snakefile", str(outer / "Snakefile"), "--directory", str(outer)
    )
    assert drawn.status == 0, drawn.text
    assert "collect solutions memory_pro" in {job.removeprefix("atlas_") for job in drawn.jobs}


def test_settings_written_into_the_generated_file_are_not_lost_without_a_word(fresh: StudyCopy) -> None:
    append(fresh.folder / "config/config.yaml", "# a remark")
    assert fresh.call("--dry-run", "figure_1").status == 0
    text = (fresh.folder / "config/config.yaml").read_text()
    (fresh.folder / "config/config.yaml").write_text(text.replace("seed: 0", "seed: 7"))
    run = fresh.call("--dry-run", "figure_1")
    assert run.status != 0 and "Traceback" not in run.text
    assert "config.yaml › seed" in run.text and "--configfile" in run.text


@pytest.mark.parametrize("values", ["", "tasks: [flip_flop]"])
def test_a_study_without_a_word_is_the_default_one(fresh: StudyCopy, values: str) -> None:
    (fresh.folder / "mine.yaml").write_text(f"run: mine\n{values}\n")
    run = fresh.call("--cores", "1", "results/mine/study.yaml", "--configfile", "mine.yaml")
    assert run.status == 0, run.text
    found, default = (
        settings(fresh.folder / "results/mine"),
        yaml.safe_load((fresh.folder / "config/config.yaml").read_text()),
    )
    changed = {"run": "mine"} | ({"tasks": ["flip_flop"]} if values else {})
    assert found == default | changed
