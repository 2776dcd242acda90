"""What the figure of similarity shows: every measure between all networks of a task, with what an untrained network reaches."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.measures import MEASURES
from rnnatlas.tasks.registry import get_task


def similarity_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task. ``matrix/*`` [source, target] in the order of populations, then rounds; ``floor/*`` [target] against
    an untrained network, where the measure has it (distances do not); ``measures`` are those shown; ``group/*`` names the blocks."""
    networks = evidence.networks
    tables = {"similarity": evidence.similarity, "measures": evidence.measures, "embedding": evidence.embedding}
    shown = [m for m in MEASURES if m.shown and m.dataset in tables[m.artifact]]
    groups = {name.removeprefix("standard/"): (0, rows) for name, rows in evidence.populations().items()}
    for chains in dict.fromkeys(map(str, networks["chains"][networks["round"] > 0])):
        first = not any(round_ for round_, _ in groups.values())
        groups |= {f"alt-{k}" if first else f"{chains} {k}": (k, n) for k, n in evidence.rounds(chains).items()}
    order = np.concatenate([rows for _, rows in groups.values()])
    square = np.ix_(order, order)
    return {
        "title": np.array(get_task(evidence.task).title),
        "group/label": np.array(list(groups)),
        "group/round": np.array([round_ for round_, _ in groups.values()]),
        "group/size": np.array([len(rows) for _, rows in groups.values()]),
        "measures": np.array([m.name for m in shown]),
        **{f"matrix/{m.name}": tables[m.artifact][m.dataset][square] for m in shown},
        **{f"floor/{m.name}": tables[m.artifact][m.floor][order] for m in shown if m.floor},
    }


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return similarity_data(case.evidence)
