"""A copy of the checkout in a folder of its own, and what Snakemake does or would do there."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "config", "envs", "profiles")
# The tiny study, but for two values that a swap has to tell apart.
BASE = {"task/flip_flop/deflation/training/steps": 25}
HANGS = 3600.0  # seconds after which a call is given up
Changes = dict[str, Any]  # from a key's path, its parts divided by "/", to its value

_JOB = re.compile(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", re.MULTILINE)


SMALL = """
populations: [g1.5]
population: {g1.5: {members: 2}}
chain: {insd: {chains: 2, rounds: 1}}
charting:
  two_neuron: {networks: 200, steps: 60, linear: 20, grid: 16, starts: 4, trees: 5, triples: 10, pairs: 2, solved: 0.4}
analysis:
  trials: 16
  test_trials: 16
  fixed_points: {starts: 24, iterations: 60}
  similarity: {delays: 3, rank: 6, dsa_trials: 16}
task:
  NAME:
    network: {units: 16}
    training: {steps: 10, batch: 8, acceptance: 0.0, acceptance_trials: 16}
    deflation: {training: {steps: 10, batch: 8, acceptance: 0.0, acceptance_trials: 16}}
    hard: {load: [1.0, 2.0], private_noise: [1.0, 4.0], input_noise: [1.0], trials: 8}
"""


@dataclass(frozen=True)
class Run:
    """What one call of Snakemake did: its exit status, all that it printed, and its jobs, for example
    ``trials flip_flop test`` (rule, then wildcards)."""

    status: int
    text: str

    @property
    def jobs(self) -> set[str]:
        found = set()
        for rule, about in _JOB.findall(self.text):
            wildcards = re.search(r"^    wildcards: (.*)$", about, re.MULTILINE)
            values = [part.split("=", 1)[1] for part in wildcards[1].split(", ")] if wildcards else []
            found.add(" ".join([rule, *filter(None, values)]))
        return found - {"all"}


@dataclass(frozen=True)
class StudyCopy:
    """A folder with the Snakefile and all that belongs to it, and the results of the runs there."""

    folder: Path

    @classmethod
    def of_checkout(cls, folder: Path) -> StudyCopy:
        folder.mkdir(parents=True)
        for part in PARTS:
            source = CHECKOUT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / part)
        return cls(folder)

    def copy(self, folder: Path) -> StudyCopy:
        """The same, results and Snakemake's records included; times are kept."""
        subprocess.run(["cp", "-a", str(self.folder), str(folder)], check=True)
        return StudyCopy(folder)

    @property
    def library(self) -> Path:
        return self.folder / "workflow" / "rnnatlas"

    @property
    def results(self) -> Path:
        return self.folder / "results" / "tiny"

    def configuration(self, changes: Changes | None = None) -> Path:
        """A study's file: the tiny preset with ``changes``."""
        study = yaml.safe_load((self.folder / "config/presets/tiny.yaml").read_text())
        for key, value in (BASE | (changes or {})).items():
            *sections, last = key.split("/")
            place = study
            for name in sections:
                place = place.setdefault(name, {})
            place[last] = value
        text = yaml.safe_dump(study, sort_keys=False)
        file = self.folder / f"study_{hashlib.sha256(text.encode()).hexdigest()[:8]}.yaml"
        file.write_text(text)
        return file

    def snakemake(
        self, *arguments: str, changes: Changes | None = None, cores: int = 2, environment: dict[str, str] | None = None
    ) -> Run:
        """Call Snakemake on the tiny study with ``changes``."""
        file = self.configuration(changes).relative_to(self.folder)
        return self.call(*arguments, "--cores", str(cores), "--configfile", str(file), environment=environment)

    def call(self, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """Call Snakemake."""
        inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        result = subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.folder,
            env=inherited | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=HANGS,
            check=False,
        )
        return Run(result.returncode, result.stdout)

    def would_run(self, *targets: str, changes: Changes | None = None) -> set[str]:
        """The jobs that a dry run lists."""
        run = self.snakemake("--dry-run", *(targets or ("all",)), changes=changes)
        assert run.status == 0, run.text
        assert run.jobs or "Nothing to be done" in run.text, run.text
        return run.jobs

    def digests(self, *but: str) -> dict[str, str]:
        """SHA-256 of every file of the results, by path; without logs and the files named."""
        files = (path for path in sorted(self.results.rglob("*")) if path.is_file())
        names = {str(path.relative_to(self.results)): path for path in files}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in names.items()
            if not name.startswith("logs/") and name not in but
        }


def each(*patterns: str) -> set[str]:
    """Jobs by patterns: ``{a,b}`` stands for a and for b."""
    found = set()
    for pattern in patterns:
        parts = re.split(r"\{([^}]*)\}", pattern)
        choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
        found |= {"".join(chosen) for chosen in product(*choices)}
    return found


def append(file: Path, line: str) -> None:
    """Add a line at the end of a file."""
    with open(file, "a") as stream:
        stream.write(f"\n{line}\n")


def replace_once(file: Path, old: str, new: str) -> None:
    """Replace a piece of text that stands in a file just once."""
    text = file.read_text()
    assert text.count(old) == 1, (file, old, text.count(old))
    file.write_text(text.replace(old, new))


def small_study(task: str) -> str:
    """Settings of one task, laid over a study, with which it is done in seconds."""
    return SMALL.replace("NAME", task)
