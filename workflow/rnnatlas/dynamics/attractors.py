"""The attractors that a task's solution needs, measured on every member of an ensemble.

What is measured follows from the task: a *line* for each context if its trials have a relevant and an irrelevant stream, a
*ring* if it has an angle to hold and to point to, a *cube* if it names the corners of its output.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import AttractorSettings
from rnnatlas.dynamics.cube import cube_edges
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.line_attractor import Context, line_attractor, task_contexts
from rnnatlas.dynamics.ring_attractor import circular_variable, measure_ring
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

Table = dict[str, Array]


def measure_attractors(
    ensemble: Ensemble,
    task: Task[Any],
    trials: Trials,
    points: Table,
    settings: AttractorSettings,
    slow: float,
    seed: int,
    engine: Engine,
) -> Table:
    """The arrays of an ``attractors`` artifact; empty for a task with none of these attractors.

    ``points`` is the ensemble's ``fixed_points`` artifact, found on ``trials``; ``slow`` the share of the state spread
    that ends the search for slow points (``FixedPointSettings.slow``). Raises ``AtlasError`` if the points are those of
    another number of networks, or if points of gated cells are to be measured.
    """
    if len(points["spread"]) != len(ensemble):
        raise AtlasError(
            None,
            "spread",
            f"points of {len(ensemble)} networks are expected, found {len(points['spread'])}",
            "give the fixed points of the same ensemble",
        )
    table: Table = {}
    if contexts := task_contexts(task, trials):
        _needs_rate_cell(ensemble)
        table |= _lines(ensemble, points, contexts)
    angle = circular_variable(task)
    if angle is not None and {"delay", "response"} <= trials.epochs.keys():
        rng = generator(seed, "ring attractor")
        rings = measure_ring(ensemble, task, angle, points["spread"], settings, slow, rng, engine)
        table |= {f"ring/{name}": np.array([getattr(ring, name) for ring in rings]) for name in rings[0]._fields}
    if hasattr(task, "corners"):
        table |= _cubes(ensemble, points, next(iter(task.constant_inputs().values())))
    return table


def _lines(ensemble: Ensemble, points: Table, contexts: list[Context]) -> Table:
    weights = ensemble.parameters.input
    found = [
        [line_attractor(points_of(points, member, context.constant), weights[member], context) for context in contexts]
        for member in range(len(ensemble))
    ]
    return {
        f"line/{name}": np.array([[getattr(line, name) for line in lines] for lines in found])
        for name in found[0][0]._fields
    }


def _cubes(ensemble: Ensemble, points: Table, principal: Float[Array, "input"]) -> Table:
    found = [
        cube_edges(points_of(points, member, 0), RateField.of(ensemble, member, principal), float(points["spread"][member]))
        for member in range(len(ensemble))
    ]  # fmt: skip
    return {
        "cube/branches": np.array([share for share, _ in found]),
        "cube/saddles": np.array([number for _, number in found]),
    }


def points_of(points: Table, member: int, constant: int) -> Table:
    """The rows of a ``fixed_points`` artifact that belong to one member at one constant input."""
    mine = (points["member"] == member) & (points["input"] == constant)
    return {key: array[mine] for key, array in points.items() if key not in ("converged", "spread")}


def _needs_rate_cell(ensemble: Ensemble) -> None:
    # A gated cell's input acts through its gates: J_in is not the direction in which it pushes the state.
    if ensemble.cell.kind != "rate":
        raise AtlasError(
            None, "cell", f"rate units are expected, found {ensemble.cell.kind!r}", "leave such networks out of this analysis"
        )  # fmt: skip
