"""A checkout, an environment and a study's file in folders whose names have spaces and umlauts."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from study_copy import HANGS, StudyCopy

TARGETS = [f"results/tiny/{name}" for name in ("flip_flop/trials/test.h5", "flip_flop/standard/g0.5/networks.h5")]


def test_jobs_run_where_paths_have_spaces(tmp_path: Path) -> None:
    copy = StudyCopy.of_checkout(tmp_path / "mein projekt ü")
    venv.create(copy.folder / ".venv", symlinks=True)
    python = copy.folder / ".venv" / "bin" / "python"
    (own,) = (copy.folder / ".venv").glob("lib/*/site-packages")
    # What is installed here, but for the interpreter's path; by a link, for a file of paths is read in the locale's encoding.
    (own / "shared").symlink_to(sysconfig.get_path("purelib"))
    (own / "shared.pth").write_text("shared")
    study = copy.folder / "meine studien" / "tiny ü.yaml"
    study.parent.mkdir()
    study.write_text((copy.folder / "config/presets/tiny.yaml").read_text())
    run = subprocess.run(
        [python, "-m", "snakemake", "--cores", "2", *TARGETS, "--configfile", study.relative_to(copy.folder)],
        cwd=copy.folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=HANGS,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert " " in str(python) and str(python) != sys.executable
    assert all((copy.folder / target).is_file() for target in TARGETS)
