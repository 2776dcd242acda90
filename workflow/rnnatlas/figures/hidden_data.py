"""What the figure of hidden states shows: learning curves of readers of earlier solutions, with their benchmarks."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.claims.hidden_claims import HIDDEN_KERNEL, HIDDEN_LINEAR, UNTRAINED
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

KINDS = ("alternative", "untrained", "other standard", "ceiling")


def hidden_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task: a line for each pair and panel. ``round`` and ``earlier`` name the panel (alt-k from, alt-k to; 0 or
    −1 the reference), ``kind`` counts in ``KINDS``."""
    table = evidence.hidden
    lines: list[tuple[int, int, int, int]] = []  # round, earlier round, kind, row of the table
    number = evidence.networks["round"]
    rows = {(int(s), int(t)): row for row, (s, t) in enumerate(zip(table["source"], table["target"], strict=True))}
    for round_, networks in evidence.rounds().items():
        earlier = {int(n): evidence.earlier(int(n)) for n in networks}
        panels = {int(number[t]) for targets in earlier.values() for t in targets}
        for panel in sorted(panels):
            pairs = [(n, t) for n, targets in earlier.items() for t in targets if number[t] == panel]
            targets = list(dict.fromkeys(t for _, t in pairs))
            alternatives = [rows[pair] for pair in pairs if pair in rows]
            others = [rows[s, t] for s, t in rows if t in targets and s >= 0 and number[s] == 0 and s != t]
            groups = (
                alternatives,
                [rows[UNTRAINED, t] for t in targets if (UNTRAINED, t) in rows],
                others,
                [rows[t, t] for t in targets if (t, t) in rows],
            )
            lines += [(round_, panel, kind, row) for kind, group in enumerate(groups) for row in group]
    round_, panel, kind, row = np.array(lines, dtype=np.int64).reshape(-1, 4).T
    return {
        "threshold/kernel": np.array(HIDDEN_KERNEL),
        "threshold/linear": np.array(HIDDEN_LINEAR),
        "title": np.array(evidence.title),
        "samples": table["samples"],
        "round": round_,
        "earlier": panel,
        "kind": kind,
        "linear": table["linear"][row],
        "kernel": table["kernel"][row],
    }


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return hidden_data(case.evidence)
