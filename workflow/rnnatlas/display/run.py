"""The record of a run, ``<logs>/run.json``: its jobs and what each is expected to take, for the display and for `make status`."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.errors import AtlasError

RECORD = "run.json"


@dataclass(frozen=True)
class Job:
    """One job of a study. ``number`` is Snakemake's, ``seconds`` is what it is expected to take on the machine that the costs were measured on, with its
    ``threads``; ``needs`` are the places of other jobs in the list of the run; ``due`` is false where its files are up to date."""

    number: int
    rule: str
    wildcards: dict[str, str]
    log: str
    outputs: list[str]
    threads: int
    seconds: float
    needs: list[int]
    due: bool = True

    def below(self, folder: Path) -> Job:
        """The same with its files in ``folder``, where the run was begun; paths from the root stay."""
        return replace(self, log=str(folder / self.log), outputs=[str(folder / file) for file in self.outputs])

    @property
    def name(self) -> str:
        """What a reader calls it: the rule, then what it is about."""
        about = [word for key, value in self.wildcards.items() for word in _words(key, value)]
        rule = self.rule.removeprefix("train_") if self.rule == "train_alternatives" else self.rule
        return " ".join([{"train_standard": "train"}.get(rule, rule).replace("_", " "), *about])


def _words(key: str, value: str) -> list[str]:
    if key == "round":
        return [f"alt-{value}"]
    if key == "among":
        return ["controls"] if value else []
    kind, _, name = value.partition("/")
    if key != "ensemble" or not name:
        return [value]
    chains, found, number = name.rpartition("_alt")
    return [chains, f"alt-{number}"] if kind == "alternatives" and found else [name]


@dataclass(frozen=True)
class Run:
    """One call of Snakemake: the process that runs it, where its raw log is, and every job of its targets, finished or not."""

    study: str
    cores: int
    raw_log: str
    jobs: list[Job]
    command: list[str] = field(default_factory=lambda: sys.argv)
    began: float = field(default_factory=time.time)
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    born: float = field(default_factory=lambda: _born(os.getpid()))

    def write(self, path: Path) -> bool:
        """Whether it could be written, whole."""
        try:
            write_bytes(path, json.dumps(asdict(self)).encode())
        except AtlasError:
            return False
        return True

    @classmethod
    def read(cls, path: Path) -> Run | None:
        """The record in a file ``<folder>/results/<run>/logs/run.json``, its jobs' files by their paths from here; None where there is none
        that can be read."""
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            values["jobs"] = [Job(**job).below(path.parents[3]) for job in values["jobs"]]
            return cls(**values)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None

    def alive(self) -> bool | None:
        """Whether the process that runs it lives; None where that is another machine's."""
        if self.host != socket.gethostname():
            return None
        return abs(_born(self.pid) - self.born) < 1.0


def _born(pid: int) -> float:
    """When a process of this machine began, in s since 1970; 0 if there is none of this number."""
    import psutil  # of the extra `workflow`, as Snakemake is

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0
