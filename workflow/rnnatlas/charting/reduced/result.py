"""What a reduced graph is, for whoever reads or draws one: nothing here simulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    ReducedGraph = nx.DiGraph[int]
else:
    ReducedGraph = nx.DiGraph

UNSETTLED = "a trajectory had neither come to rest nor round when it was left"
NOT_FINITE = "states are not finite"
