"""What figure 5 shows: the hard grid of every network of every task, and how alternatives differ from standards on it."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.competence import competent
from rnnatlas.claims.hard_groups import Groups, grid_scores
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.generalisation.contrast import contrast
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task

AXES = ("load", "private_noise", "input_noise")


def hard_data(evidence: Evidence, seed: int, controls: Evidence | None = None) -> dict[str, Array]:
    """The arrays of one task: performance [network, load, private, input], for each round with competent alternatives the
    difference from the standards of claims H with its 95 % interval [load, private, input], and silent holds."""
    table = evidence.networks
    chosen = evidence.shown()
    grids = [evidence.hard(int(network)) for network in chosen]
    task = get_task(evidence.task)
    data = {
        "title": np.array(evidence.title),
        "load_name": np.array(task.load_name),
        "performance": np.stack([grid["performance"] for grid in grids]),
        "round": table["round"][chosen],
        "accepted": table["accepted"][chosen],
        "competent": competent(evidence, chosen),
        **{name: grids[0][name] for name in AXES},
    }
    if all("hold/retained" in grid for grid in grids):
        data |= {"hold/duration": grids[0]["hold/duration"]}
        data |= {f"hold/{name}": np.stack([g[f"hold/{name}"] for g in grids]) for name in ("retained", "half_life")}
    for round_ in evidence.rounds():
        groups = Groups.of_round(evidence, round_, controls)
        data[f"alt-{round_}/count"] = np.array([len(groups.alternatives), groups.trained])
        data["matched"] = np.array(groups.matched)
        if len(groups.alternatives):
            standards = grid_scores(groups.source, groups.standards)
            rng = generator(seed, "figure 5", evidence.task, round_)
            found = contrast(grid_scores(evidence, groups.alternatives), standards, rng)
            data |= {f"alt-{round_}/{name}": getattr(found, name) for name in ("difference", "low", "high")}
    return data


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return hard_data(case.evidence, case.seed, case.controls)
