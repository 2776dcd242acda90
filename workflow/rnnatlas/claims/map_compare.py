"""Competent alternatives against standards in the conditions of one study: what the map holds of one variant."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.claims.competence import competent
from rnnatlas.claims.hard_groups import (
    CHANCE,
    FALL,
    HIGH_LEVELS,
    Cell,
    Groups,
    NoiseKind,
    above_chance,
    grid_axis,
    grid_scores,
)
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.claims.map_variants import Measured
from rnnatlas.claims.predictivity_claims import A1
from rnnatlas.generalisation.contrast import Contrast, contrast
from rnnatlas.streams.keys import generator

CONDITIONS = (
    "in distribution",
    "high private noise",
    "high input noise",
    "longest load",
    "high private noise, longest load",
    "shortest load",
)
AXES = ("load", "private_noise", "input_noise")
DRAWS = 2000


def condition_cells(measured: Measured) -> dict[str, Cell | None]:
    """Where each of ``CONDITIONS`` lies in the grid: that of the H claims, the same for all tasks.

    *High* is the first of 2, 4, 8 times the unit at which the standards' chance-corrected median is at most 0.75 of its value in
    distribution, as in claims H; None where no level is that hard, or the longest or shortest load is the trained one.
    """
    trained = measured.trained
    loads = grid_axis(measured.evidence, "load")
    longest, shortest = float(loads.max()), float(loads.min())
    private, input_ = (_first_hard(measured, kind) for kind in ("private_noise", "input_noise"))
    long = None if longest == 1.0 else trained._replace(load=longest)
    cells = (
        trained,
        None if private is None else trained._replace(private_noise=private),
        None if input_ is None else trained._replace(input_noise=input_),
        long,
        None if long is None or private is None else long._replace(private_noise=private),
        None if shortest == 1.0 else trained._replace(load=shortest),
    )
    return dict(zip(CONDITIONS, cells, strict=True))


def _first_hard(measured: Measured, kind: NoiseKind) -> float | None:
    groups = Groups.of_round(measured.evidence, 1)
    if measured.evidence.task not in CHANCE or not len(groups.standards):
        return None
    limit = FALL * above_chance(groups, measured.trained)
    cells = {level: measured.trained._replace(**{kind: level}) for level in HIGH_LEVELS}
    return next((level for level, cell in cells.items() if above_chance(groups, cell) <= limit), None)


@dataclass(frozen=True)
class Compared:
    """One round of one task of one variant. ``cells`` [load, private, input, 3] are differences with their intervals; all but the
    counts and ``null`` are NaN without competent alternatives."""

    trained: int
    accepted: int
    competent: int
    decoupled: int
    null: Float[Array, "3"]
    cells: Float[Array, "load private input_level 3"]
    largest: Float[Array, "3"]
    smallest: Float[Array, "3"]


def compare_round(measured: Measured, variant: str, round_: int) -> Compared:
    """Competent alternatives of ``alt-<round_>`` less standards in every condition; intervals over networks and trials."""
    evidence = measured.evidence
    groups = Groups.of_round(evidence, round_)
    rows = evidence.rounds().get(round_, np.array([], dtype=int))
    rng = generator(measured.seed, "map", variant, evidence.task, round_)
    null = np.array([max(evidence.similarity["null"][n, evidence.earlier(int(n))]) for n in rows], dtype=np.float64)
    good = competent(evidence, rows)
    middle = np.full(3, np.nan)
    if len(rows):
        ends = bootstrap_interval(len(null), lambda drawn: float(np.median(null[drawn])), rng)
        middle = np.array([np.median(null), *ends])
    accepted, decoupled = int(evidence.accepted(rows).sum()), int((good & (null <= A1.threshold)).sum())
    shape = [len(grid_axis(evidence, name)) for name in AXES]
    values = np.full((*shape, 3), np.nan), np.full(3, np.nan), np.full(3, np.nan)
    if len(groups.alternatives) and len(groups.standards):
        standards = grid_scores(groups.source, groups.standards)
        found = contrast(grid_scores(evidence, groups.alternatives), standards, rng, DRAWS)
        cells = np.stack([found.difference, found.low, found.high], axis=-1)
        values = cells, np.array(found.largest()), _smallest(found)
    return Compared(len(rows), accepted, int(good.sum()), decoupled, middle, *values)


def _smallest(found: Contrast) -> Float[Array, "3"]:
    """The smallest difference with its simultaneous interval: the largest of the opposite contrast."""
    value, low, high = replace(found, difference=-found.difference, drawn=-found.drawn).largest()
    return np.array([-value, -high, -low])
