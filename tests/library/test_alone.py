"""``import rnnatlas`` needs neither PyTorch nor Snakemake; what does says which extra to install."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow" / "rnnatlas"
ALONE = Path(__file__).with_name("alone.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "pyyaml"}
ELSEWHERE = {
    "torch": "the extra `torch`",
    "triton": "PyTorch's own",
    "jax": "the extra `bench`",
    "DSA": "envs/oracle.txt",
    "psutil": "the extra `workflow`, as Snakemake has it",
}


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ALONE), "blocked"], env=os.environ | environment, capture_output=True, encoding="utf-8", check=False
    )  # fmt: skip


def test_the_library_works_where_neither_is_installed() -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    assert "modules: " in done.stdout


def test_without_a_compiler_as_well_both_ways_out_are_named() -> None:
    done = run(CXX="/nowhere/c++")
    assert done.returncode == 0 and "engine: none" in done.stdout, done.stderr


def third_party(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"rnnatlas"}


def test_what_the_library_imports_is_what_it_depends_on() -> None:
    """No more, no less; the rest belongs to an extra."""
    imported = set().union(*map(third_party, sorted(LIBRARY.rglob("*.py"))))
    needed = {DISTRIBUTIONS.get(name, name) for name in imported - set(ELSEWHERE)}
    assert {Requirement(text).name for text in PROJECT["dependencies"]} == needed


@pytest.mark.parametrize(("extra", "name"), [("workflow", "snakemake"), ("torch", "torch")])
def test_the_extras_hold_what_they_are_called_after(extra: str, name: str) -> None:
    names = {Requirement(text).name for text in PROJECT["optional-dependencies"][extra]}
    assert name in names and name not in {Requirement(text).name for text in PROJECT["dependencies"]}
