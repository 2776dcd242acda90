"""Controls (a) to (c): what of the alternatives' properties do networks show that were not deflated?

(a) standard networks whose rates are as large as the alternatives'; (b) standard networks trained as long as the alternatives; (c)
sham deflation, the same penalty against a random untrained network; beside them, alternatives of an adapted strength. They are
printed without a verdict: a control tells how to read A4 to A7 and H, it does not hold or fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.claims.attractor_claims import oscillation_criteria
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.competence import competent
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.claims.limit_set_claims import has_no_stable_state
from rnnatlas.claims.pairs import pairwise_median
from rnnatlas.claims.rotation_claims import rotation_criteria
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

SOURCE = "claims of this project, controls"
SENTENCES = {
    "norm_matched": ("Ca", "Control (a): standard networks with the alternatives' activity norm"),
    "matched": ("Cb", "Control (b): standard networks with the alternatives' steps and schedule"),
    "sham": ("Cc", "Control (c): the same penalty against a random untrained network"),
    "auto": ("auto", "Beside the fixed strength: the strength adapted to keep the task loss at `tolerance`"),
}
CONTROLLED = "insd"  # the set of chains that controls are controls of
STATISTIC = "share of these networks that would meet alt-1's criterion (A4, A5 or A6, whichever is the task's)"
Criterion = Callable[[Evidence, Int[Array, "network"]], Bool[Array, "network"]]


def _memory_without_states(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    return np.array([has_no_stable_state(evidence, int(n)) for n in networks], dtype=bool)


def _oscillates(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    return np.logical_and.reduce(list(oscillation_criteria(evidence, networks).values()))


def _rotates(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    return np.logical_and.reduce(list(rotation_criteria(evidence, networks).values()))


def criterion(evidence: Evidence) -> Criterion | None:
    """What alt-1 must meet in this task: by the analyses that it has, A5's, A6's, or A4's."""
    measured = evidence.measured("attractors")
    if "line/range" in measured:
        return _oscillates
    if "ring/coverage" in measured:
        return _rotates
    return _memory_without_states if "cube/branches" in measured else None


def control_groups(controls: Evidence) -> dict[str, Int[Array, "network"]]:
    """The networks of each control by name: populations, and the first round of chains."""
    groups = {name.removeprefix("standard/"): rows for name, rows in controls.populations().items()}
    sets = dict.fromkeys(map(str, controls.networks["chains"]))
    groups |= {name: controls.rounds(name)[1] for name in sets if name != "-"}
    return {name: rows for name, rows in groups.items() if name in SENTENCES}


def controls_beside(evidence: Evidence, controls: Evidence) -> list[Result]:
    """(a) to (c) and adapted strength: one result each. ``detail``: the same share of alt-1, DSA ratio as in A7, performance,
    competence; of chains, the median null-space predictivity of what each was deflated against."""
    meets = criterion(evidence)
    if meets is None:
        return []
    groups = control_groups(controls)
    # The study's own standards within the controls' evidence: those that are no control themselves.
    own = {
        name: rows for name, rows in controls.populations().items() if name.removeprefix("standard/") not in SENTENCES
    }
    standard = np.concatenate(list(own.values()))
    distance = controls.embedding["distance"]
    within = [pairwise_median(distance, rows) for rows in own.values() if len(rows) > 1]
    base = float(np.median(within)) if within else np.nan
    first = evidence.rounds().get(1, np.array([], dtype=int))
    results: list[Result] = []
    for name, rows in groups.items():
        key, sentence = SENTENCES[name]
        found = meets(controls, rows)
        low, high = wilson_interval(int(found.sum()), len(found))
        detail = {
            "alt-1": float(meets(evidence, first).mean()) if len(first) else np.nan,
            "DSA over within g": float(np.median(distance[np.ix_(rows, standard)]) / base),
            "performance": float(np.median(controls.similarity["performance"][rows])),
            "competent": float(competent(evidence_of(controls, standard), rows).mean()),
        }
        reference = controls.networks["reference"][rows]
        if (reference >= 0).all():
            detail["predicts its reference"] = float(np.median(controls.similarity["null"][rows, reference]))
        claim = Claim(key, sentence, SOURCE, STATISTIC, 0.0, figure="controls", question=True)
        accepted = int(controls.accepted(rows).sum())
        results.append(Result(claim, evidence.task, float(found.mean()), low, high, len(rows), accepted, detail))
    return results


def evidence_of(controls: Evidence, standard: Array) -> Evidence:
    """``controls`` with ``standard`` as its only standard networks, so that competence refers to them."""
    round_ = controls.networks["round"].copy()
    round_[np.setdiff1d(controls.standard(), standard)] = -1
    return replace(controls, networks={**controls.networks, "round": round_})


def judge(case: Case) -> list[Result]:
    """(a) to (c) and adapted strength, as far as their networks were trained, beside the alternatives that they are controls of."""
    return [] if case.controls is None else controls_beside(case.evidence.about(CONTROLLED), case.controls)
