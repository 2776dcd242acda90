"""How firm a graph is: whether its key outlives other thresholds, and another order in which nodes are gone through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from rnnatlas.arrays import Count, Index
from rnnatlas.charting.reduced.keys import Level, canonical_key
from rnnatlas.charting.reduced.reduce import reduced_graph
from rnnatlas.config.base import Section
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task

CHANGES = (0.75, 1.25)
OF_TASK = "graph_"  # how a task's settings begin that reduced dynamics have


def key_stability(
    network: Ensemble,
    task: Task[Any],
    member: Index = 0,
    settings: ReducedSettings | None = None,
    orders: Count = 6,
    seed: Index = 0,
    level: Level = "exact",
) -> dict[str, float]:
    """The share of changed thresholds that leave a member's key as it is, by the name of the threshold: each is made a quarter smaller and larger (whole
    numbers by one at least); ``order`` is that of ``orders`` random orders in compression. ``graph_…`` are the task's own.

    A key that hangs on a threshold is no type: our notes on the released code (section 4.9) found 18 of 41 networks whose key one of 84 changes moves.
    """
    own = settings or ReducedSettings()
    key = canonical_key(reduced_graph(network, task, member, own), level)
    same: dict[str, list[bool]] = {}

    def try_with(name: str, *changed: Any) -> None:
        same.setdefault(name, []).append(canonical_key(reduced_graph(network, *changed), level) == key)

    for name, other in _changed(own):
        try_with(name, task, member, other)
    for name, other in _changed(task.settings, OF_TASK):
        try_with(name, type(task)(other), member, own)
    for number in range(orders):
        try_with("order", task, member, own, _Shuffled(generator(seed, "scan order", number)))
    return {name: float(np.mean(values)) for name, values in same.items()}


class _Shuffled:
    """Gives nodes in another order each time."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def __call__(self, nodes: Iterable[int]) -> list[int]:
        found = list(nodes)
        return [found[k] for k in self.rng.permutation(len(found))]


def _changed(section: Section, begins: str = "") -> Iterator[tuple[str, Any]]:
    """A section once more for each change of one number in it, within the bounds that the number has."""
    for name, value in section:
        if name.startswith(begins) and name != "orders":
            for factor in CHANGES:
                yield name, section.model_copy(update={name: _times(value, factor)})


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    if isinstance(value, int):
        step = 1 if factor > 1 else -1
        return (
            max(1, value + step, round(value * factor))
            if factor > 1
            else max(1, min(value + step, round(value * factor)))
        )
    return value * factor
