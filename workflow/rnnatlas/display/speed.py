"""How fast this machine is, learned from the jobs that it has finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.engine.build import cache_folder
from rnnatlas.errors import AtlasError

WEIGHT = 30.0  # expected seconds for which what was known before counts


def kept_file() -> Path:
    """Where a machine's speed is kept from run to run: beside its compiled engine."""
    return cache_folder() / "speed.json"


@dataclass
class Speed:
    """Seconds taken by seconds expected: of all jobs, and of each rule as far as it differs.

    With E expected and T taken seconds of the finished jobs and the ratio r₀ known before, the ratio is
    (T + w r₀) / (E + w), w = 30 s. A rule's r₀ is the ratio of all times what the rule's was beside that of all before, if anything is known
    of it: a run beside other work leaves high ratios behind, which the first jobs of a quiet one take back for all rules.
    """

    before: dict[str, float] = field(default_factory=dict)  # by rule; "" is all of them
    expected: dict[str, float] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)
    meanwhile: dict[int, tuple[str, float, float]] = field(default_factory=dict)  # the same of jobs that still run

    def learn(self, rule: str, expected: float, taken: float) -> None:
        """Count one finished job."""
        for key in ("", rule):
            self.expected[key] = self.expected.get(key, 0.0) + expected
            self.taken[key] = self.taken.get(key, 0.0) + taken

    def ratio(self, rule: str = "") -> float:
        known = self.before.get(rule, 1.0)
        if rule:
            known = self.ratio() * (known / self.before.get("", 1.0) if rule in self.before else 1.0)
        running = [one for one in self.meanwhile.values() if rule in ("", one[0])]
        expected = self.expected.get(rule, 0.0) + sum(one[1] for one in running)
        taken = self.taken.get(rule, 0.0) + sum(one[2] for one in running)
        return (taken + WEIGHT * known) / (expected + WEIGHT)

    def ratios(self) -> dict[str, float]:
        """What is to be known next time."""
        return {rule: self.ratio(rule) for rule in sorted({*self.before, *self.expected})}

    @classmethod
    def kept(cls, path: Path | None = None) -> Speed:
        """As it was kept; that of the reference machine where nothing sensible is."""
        with suppress(OSError, ValueError):
            values = json.loads((path or kept_file()).read_text(encoding="utf-8"))
            if isinstance(values, Mapping):
                sound = {str(k): float(v) for k, v in values.items() if isinstance(v, int | float) and 1e-3 < v < 1e3}
                return cls(sound)
        return cls()

    def keep(self, path: Path | None = None) -> None:
        """Write it for the next run, unless this one was too short to say much; a disk that refuses costs nothing else."""
        if self.expected.get("", 0.0) < WEIGHT:
            return
        with suppress(AtlasError):
            write_bytes(path or kept_file(), json.dumps(self.ratios(), indent=1).encode())
