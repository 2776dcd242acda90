"""All pairs of networks by any measure: each network is described once, each pair of descriptions compared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.measures import Measure


@runtime_checkable
class Module(Protocol):
    """What the file of a measure has; ``matrix`` is optional."""

    describe: Callable[[Any], Any]
    compare: Callable[[Any, Any], float]


def module_of(measure: Measure) -> Module:
    """The file of a measure, by its name."""
    return cast("Module", import_module(f"rnnatlas.similarity.measures.{measure.name}"))


def compare_all(
    measures: Sequence[Measure], systems: Sequence[Any], targets: int | None = None, threads: int = 1
) -> dict[str, Float[Array, "source target"]]:
    """Every system as source against the first ``targets`` of them (all), by each measure; entries by the measures' names.

    Measures that describe networks alike share the descriptions. A distance of a system from itself is 0. Results do not
    depend on ``threads``.
    """
    count = len(systems) if targets is None else targets
    described: dict[Callable[[Any], Any], list[Any]] = {}
    matrices: dict[str, Array] = {}
    with ThreadPoolExecutor(threads) as pool:
        for measure in measures:
            module = module_of(measure)
            if module.describe not in described:
                described[module.describe] = list(pool.map(module.describe, systems))
            mine = described[module.describe]
            whole = getattr(module, "matrix", None)
            matrices[measure.name] = whole(mine, count) if whole else _one_by_one(measure, module, mine, count, pool)
    return matrices


def _one_by_one(
    measure: Measure, module: Module, described: list[Any], targets: int, pool: ThreadPoolExecutor
) -> Float[Array, "source target"]:
    matrix = np.zeros((len(described), targets))

    def row(i: int) -> None:
        for j in range(targets):
            if measure.symmetric and j < i < targets:
                continue  # row j gives it
            if i == j and measure.kind == "distance":
                continue
            # The earlier first, so that rounding does not tell the two orders of a pair apart.
            first, second = (j, i) if measure.symmetric and j < i else (i, j)
            matrix[i, j] = module.compare(described[first], described[second])
            if measure.symmetric and i < targets:
                matrix[j, i] = matrix[i, j]

    list(pool.map(row, range(len(described))))
    return matrix
