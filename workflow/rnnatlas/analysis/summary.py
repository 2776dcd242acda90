"""A table of trained networks: how well each does, how many dimensions it uses, where it rests, how like the others it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Range
from rnnatlas.checks.records import check_fields
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.fixed_points import search_fixed_points
from rnnatlas.dynamics.motion import motion_of
from rnnatlas.dynamics.visited import VisitedStates, state_spread
from rnnatlas.generalisation.experiments import participation_ratio
from rnnatlas.networks.ensemble import Ensemble, Trajectories
from rnnatlas.similarity.regression import predictivity_matrix
from rnnatlas.simulation.states import simulate
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


@dataclass(frozen=True)
class Summary:
    """One entry a network, NaN where a question does not apply.

    ``performance`` is the task's measure under private noise as trained; ``dimension`` the participation ratio of noise-free rates.
    ``stable`` and ``unstable`` count fixed points at the constant input ``at`` (those near visited states), ``leading``
    is the largest real part of an eigenvalue of dF/dx at any of them, in 1/τ (of a gated cell F = step(x) − x, per step). ``similarity`` is R² of a centred linear map from one network's
    rates (row) to another's (column), fitted on every other trial and scored on the rest.
    """

    at: str
    performance: Float[Array, "member"]
    dimension: Float[Array, "member"]
    stable: Float[Array, "member"]
    unstable: Float[Array, "member"]
    leading: Float[Array, "member"]
    similarity: Float[Array, "member member"]

    def __post_init__(self) -> None:
        check_fields(self)

    def rows(self) -> list[dict[str, Any]]:
        """A dictionary a network, as ``pandas.DataFrame`` takes them; ``predicted`` is the mean R² from the other networks."""
        columns = {name: getattr(self, name) for name in ("performance", "dimension", "stable", "unstable", "leading")}
        others = np.where(np.eye(len(self.performance), dtype=bool), np.nan, self.similarity)
        finite = np.isfinite(others)
        number = finite.sum(0)
        columns["predicted"] = np.where(
            number > 0, np.where(finite, others, 0.0).sum(0) / np.maximum(number, 1), np.nan
        )
        return [
            {"network": k} | {name: float(values[k]) for name, values in columns.items()}
            for k in range(len(self.performance))
        ]

    def __str__(self) -> str:
        rows = self.rows()
        cells = [list(rows[0])] + [["–" if np.isnan(v) else f"{v:.3g}" for v in row.values()] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
        return "\n".join([*lines, f"fixed points at the constant input {self.at!r}"])

    __repr__ = __str__


def analyse(
    network: Ensemble, task: Task[Any], trials: Annotated[int, Range(2)] = 64, starts: Count = 128, seed: int = 0
) -> Summary:
    """What ``network`` makes of ``trials`` trials of ``task``, a row a member.

    Fixed points are sought from ``starts`` visited states at the first of the task's constant inputs; all that is random follows from
    ``seed``. Seconds to a minute; for more of any of it see docs/functions.md. Raises ``AtlasError`` for networks of another task.
    """
    drawn = task.trials(trials, seed)
    noisy = simulate(network, drawn.inputs, seed=seed)
    clean = simulate(network, drawn.inputs, noise=0.0)
    valid = drawn.valid()
    at, constant = next(iter(task.constant_inputs().items()))
    points = [
        _points(network, member, constant, clean, drawn, starts, generator(seed, "analyse", member))
        for member in range(network.members)
    ]
    halves = [[rates[part][valid[part]] for rates in clean.rates] for part in (slice(0, None, 2), slice(1, None, 2))]
    return Summary(
        at,
        np.asarray(task.performance(noisy.outputs, drawn), dtype=np.float64),
        np.array([participation_ratio(rates[valid]) for rates in clean.rates]),
        *np.array(points).T,
        similarity=predictivity_matrix(*halves, ridge=1e-6, center=True),
    )


def _points(
    network: Ensemble,
    member: int,
    constant: Float[Array, "input"],
    clean: Trajectories,
    drawn: Trials,
    starts: int,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """Stable and unstable fixed points of one member that lie near visited states, and their largest real part."""
    states = clean.states[member][drawn.valid()].astype(np.float64)
    visited, settings = VisitedStates(states, state_spread(states)), FixedPointSettings(starts=starts)
    field = motion_of(network, member, constant)
    found = search_fixed_points(field, visited, settings, float(drawn.length.max() * field.alpha), rng)
    mine = found.fixed & found.counted
    stable = found.spectrum.stable[mine]
    leading = float(np.real(found.spectrum.eigenvalues[mine]).max()) if mine.any() else np.nan
    return float(stable.sum()), float((~stable).sum()), leading
