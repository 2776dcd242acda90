"""Who is compared under hard conditions, where, and which level of noise is high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.claims.competence import competent
from rnnatlas.evidence.evidence import Evidence

# Performance of a guess: a sign; MemoryPro: an angle drawn at random lies within 0.1 π of the cued one on either side with
# probability 2 · 0.1 π / 2 π, fixation being released.
CHANCE = {"flip_flop": 0.5, "context_integration": 0.5, "memory_pro": 0.1}
HIGH_LEVELS, FALL = (2.0, 4.0, 8.0), 0.75
MATCHED = "standard/matched"

NoiseKind = Literal["private_noise", "input_noise"]


class Cell(NamedTuple):
    """A condition of the grid: load in units of the longest trained, noises in units of the trained."""

    load: float = 1.0
    private_noise: float = 1.0
    input_noise: float = 1.0


@dataclass(frozen=True)
class Groups:
    """The competent alternatives of one round and the standards they are compared with; ``trained`` counts all alternatives.

    ``matched`` says that the standards had the alternatives' units, steps, schedule and noise (control b): the population of
    that name if there is one, else all standards. Their rows are those of ``source``.
    """

    alternatives: Int[Array, "network"]
    standards: Int[Array, "network2"]
    source: Evidence
    trained: int
    matched: bool

    @classmethod
    def of_round(cls, evidence: Evidence, round_: int, controls: Evidence | None = None) -> Groups:
        """The groups for ``alt-<round_>``; the population ``matched`` is sought in ``controls``, then in ``evidence``."""
        alternatives = evidence.rounds().get(round_, np.array([], dtype=int))
        chosen = alternatives[competent(evidence, alternatives)]
        for source in (controls, evidence):
            rows = None if source is None else source.populations().get(MATCHED)
            if source is not None and rows is not None:
                return cls(chosen, rows, source, len(alternatives), True)
        return cls(chosen, evidence.standard(), evidence, len(alternatives), False)


def grid_axis(evidence: Evidence, name: str) -> Float[Array, "level"]:
    """The levels of ``load``, ``private_noise`` or ``input_noise``, the same for all networks of a study."""
    return next(iter(evidence.each("generalisation").values()))[name]


def place(evidence: Evidence, cell: Cell) -> tuple[int, int, int] | None:
    """Indices [load, private noise, input noise] of ``cell``, or None if the grid does not have it."""
    found = [np.flatnonzero(np.isclose(grid_axis(evidence, name), value)) for name, value in cell._asdict().items()]
    return (int(found[0][0]), int(found[1][0]), int(found[2][0])) if all(len(index) for index in found) else None


def cell_scores(evidence: Evidence, networks: Array, cell: Cell) -> Float[Array, "network trial"] | None:
    """Each trial's score in one condition; trials with nothing to judge, the same for all networks, are left out."""
    index = place(evidence, cell)
    if index is None or not len(networks):
        return None
    load, private, input_ = index
    scores = np.stack([evidence.hard(int(n))[f"score/{load}"][private, input_] for n in networks]).astype(np.float64)
    return scores[:, np.isfinite(scores).all(axis=0)]


def grid_scores(evidence: Evidence, networks: Array) -> Float[Array, "network load private input_level trial"]:
    """Each trial's score in every condition; NaN where there is nothing to judge."""
    loads = range(len(grid_axis(evidence, "load")))
    grids = [evidence.hard(int(network)) for network in networks]
    return np.stack([np.stack([grid[f"score/{load}"] for load in loads]) for grid in grids]).astype(np.float64)


def above_chance(groups: Groups, cell: Cell) -> float:
    """The standards' median performance p as ``(p − chance) / (1 − chance)``; NaN off the grid."""
    scores = cell_scores(groups.source, groups.standards, cell)
    if scores is None:
        return float("nan")
    chance = CHANCE[groups.source.task]
    return float((np.median(scores.mean(axis=1)) - chance) / (1.0 - chance))


def high_level(groups: Groups, kind: NoiseKind) -> float | None:
    """The first of 2, 4, 8 times the trained noise at which the standards' chance-corrected median, at load 1, is at most 0.75
    of its value in distribution; None if no level of the grid is that hard."""
    limit = FALL * above_chance(groups, Cell())
    for level in HIGH_LEVELS:
        if above_chance(groups, Cell()._replace(**{kind: level})) <= limit:
            return level
    return None
