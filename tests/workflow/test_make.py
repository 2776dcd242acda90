"""The Makefile's calls of Snakemake are understood by it as they are meant."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from snakemake.cli import parse_args
from study_copy import CHECKOUT


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("quick", "all"),
        ("insd", "all"),
        ("controls", "all"),
        ("map", "map_point"),
        ("capacity", "results/capacity/claims/capacity.json"),
    ],
)
def test_a_call_has_its_target_and_the_display(command: str, target: str) -> None:
    told = subprocess.run(["make", "--dry-run", command, "CORES=2"], cwd=CHECKOUT, capture_output=True, text=True, encoding="utf-8", check=True)  # fmt: skip
    call = re.search(r"\.venv/bin/snakemake [^|;\n]*", told.stdout.replace("\\\n", " ").replace("$change", ""))
    assert call
    words = shlex.split(call[0])
    _, arguments = parse_args(words[1:])
    assert list(arguments.targets) == [target] and arguments.cores == 2
    assert [getattr(one, "plugin_name", one) for one in arguments.logger] == ["rnnatlas"]
