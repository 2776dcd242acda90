"""What the figure of similarity shows: every measure between all networks of a task, with what an untrained network reaches."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.evidence import Evidence
from rnnatlas.tasks.registry import get_task

PREDICTIVITY = ("null", "raw")
GEOMETRY = ("cka", "rsa", "cca", "procrustes")


def similarity_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task. ``matrix/*`` [source, target] in the order of populations, then rounds; ``floor/*`` [target] against
    an untrained network, where the measure has it (DSA does not); ``group/*`` names the blocks; ``stress`` is that of the map."""
    networks, measures = evidence.networks, evidence.measures
    groups = {name.removeprefix("standard/"): (0, rows) for name, rows in evidence.populations().items()}
    for chains in dict.fromkeys(map(str, networks["chains"][networks["round"] > 0])):
        first = not any(round_ for round_, _ in groups.values())
        groups |= {f"alt-{k}" if first else f"{chains} {k}": (k, n) for k, n in evidence.rounds(chains).items()}
    order = np.concatenate([rows for _, rows in groups.values()])
    square = np.ix_(order, order)
    sources = {name: networks[name] for name in PREDICTIVITY} | {name: measures[name] for name in GEOMETRY}
    floors = {name: networks[f"untrained/{name}"] for name in PREDICTIVITY}
    floors |= {name: measures[f"floor/{name}"] for name in GEOMETRY}
    return {
        "title": np.array(get_task(evidence.task).title),
        "group/label": np.array(list(groups)),
        "group/round": np.array([round_ for round_, _ in groups.values()]),
        "group/size": np.array([len(rows) for _, rows in groups.values()]),
        **{f"matrix/{name}": matrix[square] for name, matrix in sources.items()},
        "matrix/dsa": evidence.embedding["distance"][square],
        **{f"floor/{name}": floor[order] for name, floor in floors.items()},
        "stress": np.array(evidence.embedding["stress"]),
    }
