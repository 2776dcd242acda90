"""Fixed and slow points of every member of an ensemble, at every constant input that a task names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.dynamics_schemas import FIXED_POINTS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.dynamics.fixed_points import FixedPoints, search_fixed_points
from rnnatlas.dynamics.motion import motion_of, readout
from rnnatlas.dynamics.visited import VisitedStates, visited_states
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


def fixed_point_census(
    ensemble: Ensemble,
    task: Task[Any],
    trials: Trials,
    settings: FixedPointSettings,
    seed: int,
    threads: int = 1,
) -> dict[str, Array]:
    """The arrays of a ``fixed_points`` artifact, of any cell. Searches of different (member, input) run in parallel."""
    inputs = task.constant_inputs()
    visited = [visited_states(ensemble, member, trials) for member in range(ensemble.members)]

    def search(item: tuple[int, int]) -> FixedPoints:
        member, number = item
        field = motion_of(ensemble, member, list(inputs.values())[number])
        # A leak of dt/tau per step: the longest trial in units of tau is its steps times alpha. A step of a gated cell is one unit of time.
        longest = float(trials.length.max() * field.alpha)
        rng = generator(seed, "fixed points", number)
        return search_fixed_points(field, visited[member], settings, longest, rng, within)

    items = [(member, number) for member in range(ensemble.members) for number in range(len(inputs))]
    within = max(1, threads // len(items))  # threads beyond the number of searches share the starts of each
    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(search, items))
    return _tables(ensemble, items, found, visited, len(inputs))


def _tables(
    ensemble: Ensemble,
    items: list[tuple[int, int]],
    found: list[FixedPoints],
    visited: list[VisitedStates],
    inputs: int,
) -> dict[str, Array]:
    counts = [len(points) for points in found]
    output = [readout(ensemble, member, points.state) for (member, _), points in zip(items, found, strict=True)]
    table: dict[str, Array] = {
        "member": np.repeat([item[0] for item in items], counts),
        "input": np.repeat([item[1] for item in items], counts),
        "output": np.concatenate(output),
        "converged": np.array([points.converged for points in found]).reshape(-1, inputs),
        "spread": np.array([states.spread for states in visited]),
    }
    for name in ("state", "speed", "distance", "fixed", "counted"):
        table[name] = np.concatenate([getattr(points, name) for points in found])
    for name in ("eigenvalues", "right", "left", "stable", "stable_continuous", "unstable"):
        table[name] = np.concatenate([getattr(points.spectrum, name) for points in found])
    return table


def write_census(path: str | Path, table: dict[str, Array], task: Task[Any], cfg: dict[str, Any]) -> None:
    """Write a ``fixed_points`` artifact."""
    names = ", ".join(task.constant_inputs())
    write_artifact(path, FIXED_POINTS, table, cfg, "fixed_points", {"inputs": names})
