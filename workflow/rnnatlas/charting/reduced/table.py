"""The reduced graphs of an ensemble."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.reduced.arrays import graph_arrays
from rnnatlas.charting.reduced.reduce import branching_of, reduced_graph
from rnnatlas.charting.reduced.result import ReducedGraph
from rnnatlas.charting.reduced.stability import key_stability
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.task import Task


def reduced_table(ensemble: Ensemble, task: Task[Any], settings: ReducedSettings, seed: int = 0) -> dict[str, Array]:
    """The arrays of a ``reduced`` artifact: each member's graph, its keys, and how many changes of a threshold leave them as they are (NaN where that
    is not asked for, or there is no graph)."""
    kinds = ("", *branching_of(task).names)
    graphs: list[ReducedGraph] = []
    stability = np.full(ensemble.members, np.nan)
    for member in range(ensemble.members):
        graphs.append(reduced_graph(ensemble, task, member, settings))
        if settings.orders and len(graphs[-1]):
            same = key_stability(ensemble, task, member, settings, settings.orders, seed)
            stability[member] = np.mean([each for values in same.values() for each in values])
    return graph_arrays(graphs, kinds, ensemble.outputs) | {"network/stability": stability}
