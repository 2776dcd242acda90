"""What the figure of similarity shows: every measure between all networks of a task, with what an untrained network reaches."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import NO_CHAINS, Evidence
from rnnatlas.figures.style import ensemble_names
from rnnatlas.measures import MEASURES


def similarity_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task. ``matrix/*`` [source, target] in the order of populations, then sets of chains; ``floor/*`` [target] against
    an untrained network, where the measure has it (distances do not); ``measures`` are those shown; ``group/*`` names the blocks."""
    networks = evidence.networks
    tables = {"similarity": evidence.similarity, "measures": evidence.measures, "embedding": evidence.embedding}
    shown = [m for m in MEASURES if m.shown and m.dataset in tables[m.artifact]]
    labels = ensemble_names(*(networks[key] for key in ("ensemble", "chains", "round")))
    rows = {name: np.flatnonzero(networks["ensemble"] == name) for name in labels}
    sets = [NO_CHAINS, *evidence.sets()]
    first = {name: int(found[0]) for name, found in rows.items()}
    order = sorted(
        labels, key=lambda name: (sets.index(str(networks["chains"][first[name]])), networks["round"][first[name]])
    )
    groups = {labels[name]: rows[name] for name in order}
    chosen = np.concatenate(list(groups.values()))
    square = np.ix_(chosen, chosen)
    return {
        "title": np.array(evidence.title),
        "group/label": np.array(list(groups)),
        "group/round": np.array([networks["round"][rows[0]] for rows in groups.values()]),
        "group/size": np.array([len(rows) for rows in groups.values()]),
        "measures": np.array([m.name for m in shown]),
        **{f"matrix/{m.name}": tables[m.artifact][m.dataset][square] for m in shown},
        **{f"floor/{m.name}": tables[m.artifact][m.floor][chosen] for m in shown if m.floor},
    }


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return similarity_data(case.evidence)
