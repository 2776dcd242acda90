"""Claims on conditions harder than training: H1 to H4, alternative minus standard median, competent alternatives only.

Each takes the evidence of its task and, if the controls were trained, that of the controls, with the matched standards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnatlas.claims.claim import Claim, Result, Verdict, overall
from rnnatlas.claims.hard_groups import Cell, Groups, NoiseKind, cell_scores, grid_axis, grid_scores, high_level
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.generalisation.contrast import contrast

SOURCE = "INSD, generalisation under hard conditions"
H1 = Claim(
    "H1", "Flip-flop: alt-2 outlasts standards at high private noise, and equals them in distribution", SOURCE,
    "difference of median accuracy at high private noise (> 0); in distribution within 0.02", 0.0,
    figure="hard",
)  # fmt: skip
H2 = Claim(
    "H2", "Context: alt-2 is better at high input noise and at twice the duration, not in distribution", SOURCE,
    "difference of median performance at high input noise (> 0); at load 2 (> 0); in distribution (at most 0)", 0.0,
    figure="hard",
)  # fmt: skip
H3 = Claim(
    "H3", "MemoryPro: alt-1 is better at high private noise with the longest delay, worse at trained noise with the shortest",
    SOURCE, "difference of median performance at high noise, longest delay (> 0); trained noise, shortest delay (< 0)", 0.0,
    figure="hard",
)  # fmt: skip
H4 = Claim(
    "H4", "MemoryPro: alt-2 is nowhere better", SOURCE,
    "largest difference of median performance over all conditions of the grid, with a simultaneous interval", 0.0, above=False,
    figure="hard",
)  # fmt: skip
EQUAL, DRAWS = 0.02, 2000

Sign = Literal["above", "below", "not above", "equal"]


@dataclass(frozen=True)
class Part:
    """One condition of a claim: the difference, its 95 % interval, and what it must be. NaN where the grid lacks it."""

    name: str
    sign: Sign
    value: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """*holds* if the estimate is where it must be, *fails* if the whole interval is elsewhere, else *undecided*."""
        value, low, high = self.value, self.low, self.high
        holds, fails = {
            "above": (value > 0.0, high <= 0.0),
            "below": (value < 0.0, low >= 0.0),
            "not above": (value <= 0.0, low > 0.0),
            "equal": (abs(value) <= EQUAL, low > EQUAL or high < -EQUAL),
        }[self.sign]
        return "holds" if holds else "fails" if fails else "undecided"


@dataclass(frozen=True)
class JointResult(Result):
    """A result that rests on several conditions, all of which must hold. ``value`` and its interval are those of the first."""

    parts: tuple[Part, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.count < self.claim.smallest:
            return "too small"
        return overall([part.verdict for part in self.parts])


def flip_flop_under_noise(evidence: Evidence, rng: np.random.Generator, controls: Evidence | None = None) -> Result:
    """H1."""
    groups = Groups.of_round(evidence, 2, controls)
    level, named = _high(groups, "private_noise")
    wanted: list[tuple[str, Sign, Cell | None]] = [
        ("high private noise", "above", None if level is None else Cell(private_noise=level)),
        ("in distribution", "equal", Cell()),
    ]
    return _joint(H1, evidence, groups, wanted, named, rng)


def context_under_noise(evidence: Evidence, rng: np.random.Generator, controls: Evidence | None = None) -> Result:
    """H2."""
    groups = Groups.of_round(evidence, 2, controls)
    level, named = _high(groups, "input_noise")
    wanted: list[tuple[str, Sign, Cell | None]] = [
        ("high input noise", "above", None if level is None else Cell(input_noise=level)),
        ("twice the duration", "above", Cell(load=2.0)),
        ("in distribution", "not above", Cell()),
    ]
    return _joint(H2, evidence, groups, wanted, named, rng)


def memory_under_noise(evidence: Evidence, rng: np.random.Generator, controls: Evidence | None = None) -> Result:
    """H3. What is high noise is told at the longest trained delay, as in the other tasks."""
    groups = Groups.of_round(evidence, 1, controls)
    level, named = _high(groups, "private_noise")
    loads = grid_axis(evidence, "load")
    longest, shortest = float(loads.max()), float(loads.min())
    wanted: list[tuple[str, Sign, Cell | None]] = [
        ("high noise, longest delay", "above", None if level is None else Cell(longest, level)),
        ("trained noise, shortest delay", "below", Cell(shortest)),
    ]
    return _joint(H3, evidence, groups, wanted, named | {"longest": longest, "shortest": shortest}, rng)


def memory_nowhere_better(evidence: Evidence, rng: np.random.Generator, controls: Evidence | None = None) -> Result:
    """H4: the largest difference of all conditions; the interval allows for their number."""
    groups = Groups.of_round(evidence, 2, controls)
    detail = _sizes(groups)
    value, low, high = np.nan, -np.inf, np.inf
    if len(groups.alternatives):
        standards = grid_scores(groups.source, groups.standards)
        found = contrast(grid_scores(evidence, groups.alternatives), standards, rng, DRAWS)
        value, low, high = found.largest()
        worst = np.unravel_index(np.argmax(found.difference), found.difference.shape)
        axes = ("load", "private_noise", "input_noise")
        detail |= {name.replace("_", " "): float(grid_axis(evidence, name)[i]) for name, i in zip(axes, worst)}
        detail |= {"conditions": float(found.difference.size), "above 0 one by one": float((found.low > 0.0).sum())}
    accepted = int(evidence.accepted(groups.alternatives).sum())
    return Result(H4, evidence.task, value, low, high, len(groups.alternatives), accepted, detail)


def _high(groups: Groups, kind: NoiseKind) -> tuple[float | None, dict[str, float]]:
    """The high level, and how the result names it: ``no high level`` where the grid has none."""
    level = high_level(groups, kind)
    return level, {"no high level": 1.0} if level is None else {"high level": level}


def _sizes(groups: Groups) -> dict[str, float]:
    sizes = {"trained": float(groups.trained), "standards": float(len(groups.standards))}
    return sizes if groups.matched else sizes | {"unmatched": 1.0}


def _joint(
    claim: Claim,
    evidence: Evidence,
    groups: Groups,
    wanted: list[tuple[str, Sign, Cell | None]],
    named: dict[str, float],
    rng: np.random.Generator,
) -> JointResult:
    """All conditions of a claim. Every one is printed with its interval."""
    parts = [_part(evidence, groups, name, sign, cell, rng) for name, sign, cell in wanted]
    detail = dict(named)
    for part in parts[1:]:
        detail |= {part.name: part.value, f"{part.name}, low": part.low, f"{part.name}, high": part.high}
    first, count = parts[0], len(groups.alternatives)
    accepted = int(evidence.accepted(groups.alternatives).sum())
    sizes = _sizes(groups)
    return JointResult(
        claim, evidence.task, first.value, first.low, first.high, count, accepted, detail | sizes, parts=tuple(parts)
    )


def _part(
    evidence: Evidence, groups: Groups, name: str, sign: Sign, cell: Cell | None, rng: np.random.Generator
) -> Part:
    alternatives = None if cell is None else cell_scores(evidence, groups.alternatives, cell)
    standards = None if cell is None else cell_scores(groups.source, groups.standards, cell)
    if alternatives is None or standards is None:
        return Part(name, sign, np.nan, -np.inf, np.inf)
    found = contrast(alternatives, standards, rng, DRAWS)
    return Part(name, sign, float(found.difference), float(found.low), float(found.high))


def judge_chains(case: Case) -> list[Result]:
    """The claims that concern the case's task. A user's own task has none: the paper does not say how its alternatives would fare."""
    claims = {
        "flip_flop": [("H1", flip_flop_under_noise)],
        "context_integration": [("H2", context_under_noise)],
        "memory_pro": [("H3", memory_under_noise), ("H4", memory_nowhere_better)],
    }
    rounds = case.evidence.rounds()
    needed = {"H3": 1}  # the round that a claim is about; the others are about alt-2
    return [
        claim(case.evidence, case.rng(key), case.controls)
        for key, claim in claims.get(case.task, [])
        if needed.get(key, 2) in rounds
    ]
