"""What figure 5 shows: the hard grid of every network of every task."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.evidence import Evidence
from rnnatlas.tasks.registry import get_task


def hard_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task."""
    table = evidence.networks
    grids = [evidence.hard(network) for network in range(len(table["network"]))]
    task = get_task(evidence.task)
    return {
        "title": np.array(task.title),
        "load_name": np.array(task.load_name),
        "performance": np.stack([grid["performance"] for grid in grids]),
        "round": table["round"],
        "accepted": table["accepted"],
        **{name: grids[0][name] for name in ("load", "private_noise", "input_noise")},
    }
