"""How firm a graph is: whether its key outlives other thresholds, and another order in which nodes are gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from pydantic import ValidationError

from rnnatlas.arrays import Count, Index
from rnnatlas.charting.reduced.keys import Level, canonical_key
from rnnatlas.charting.reduced.reduce import branching_of, reduced_graph
from rnnatlas.config.base import Section
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.branching import OF_GRAPHS, Branching
from rnnatlas.tasks.task import Task

CHANGES = (0.75, 1.25)
PROBES = ("graph_first_amplitudes", "graph_apart")  # what is shown, and gives edges their names
# Thresholds of trajectories that are followed until they settle, and of those of given length.
LONG = {"steps", "rest", "skip", "prominence", "shortest_lag", "lag_count", "coverage", "end_steps", "end_distance"}
SHORT = {"lag_prominence", "arrived"}


def key_stability(
    network: Ensemble,
    task: Task[Any],
    member: Index = 0,
    settings: ReducedSettings | None = None,
    orders: Count = 6,
    seed: Index = 0,
    level: Level = "exact",
) -> dict[str, list[bool]]:
    """Whether a member's key stays as it is, for each change of a threshold, by its name: a quarter smaller and larger (whole numbers by one at least, and within their bounds), of those
    that the task's graphs hang on; and ``order``, for ``orders`` random orders in compression. ``graph_…`` are the task's own; which amplitudes are shown is
    none of them, being the names of edges.

    A key that hangs on a threshold is no type: of the 41 released networks that this was tried on, one of 84 changes or another moves the key of 18.
    """
    own = settings or ReducedSettings()
    key = canonical_key(reduced_graph(network, task, member, own), level)
    same: dict[str, list[bool]] = {}

    def try_with(name: str, *changed: Any) -> None:
        same.setdefault(name, []).append(canonical_key(reduced_graph(network, *changed), level) == key)

    for name in _thresholds(branching_of(task)):
        for other in _changed(own, name):
            try_with(name, task, member, other)
    for name in filter(_of_graphs, type(task.settings).model_fields):
        for other in _changed(task.settings, name):
            try_with(name, type(task)(other), member, own)
    for number in range(orders):
        try_with("order", task, member, own, _Shuffled(generator(seed, "scan order", number)))
    return same


def _of_graphs(name: str) -> bool:
    """Whether a task's setting is a threshold of its graphs."""
    return name.startswith(OF_GRAPHS) and name not in PROBES


def _thresholds(branching: Branching) -> list[str]:
    """Those that graphs of a task hang on: of long trajectories, of short ones, or both."""
    given = [branching.steps, *(branch.steps for branch in branching.every)]
    apart = {"orders"} | (set() if None in given else LONG) | (set() if any(given) else SHORT)
    apart |= set() if any("quiet" in branch.at for branch in branching.every) else {"quiet_spread"}
    return [name for name in ReducedSettings.model_fields if name not in apart]


class _Shuffled:
    """Gives nodes in another order each time."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def __call__(self, nodes: Iterable[int]) -> list[int]:
        found = list(nodes)
        return [found[k] for k in self.rng.permutation(len(found))]


def _changed(section: Section, name: str) -> Iterator[Any]:
    """A section once more for each change of one setting that is another one and within its bounds."""
    value = getattr(section, name)
    for factor in CHANGES:
        other = _times(value, factor)
        if other != value:
            with suppress(ValidationError):
                yield type(section).model_validate(section.model_dump() | {name: other})


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    if isinstance(value, int):
        return min(value - 1, round(value * factor)) if factor < 1.0 else max(value + 1, round(value * factor))
    return value * factor
