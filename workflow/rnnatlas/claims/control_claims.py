"""Controls (a) to (d), M2 and M3: what of the alternatives' properties do networks show that were not deflated?

(a) standard networks whose rates are as large as the alternatives'; (b) standard networks trained as long as the alternatives; (c)
sham deflation, the same penalty against a random untrained network; beside them, alternatives of an adapted strength; (d) the
alternatives themselves at finer time steps. They are printed without a verdict: a control tells how to read A4 to A7 and H, it does
not hold or fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from rnnatlas.arrays import Array, Bool, Int
from rnnatlas.claims.alternatives import competent
from rnnatlas.claims.attractor_claims import LITTLE_COVERAGE, LITTLE_STABILITY, oscillation_criteria, ring_coverage
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.evidence import Evidence, Table
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval
from rnnatlas.claims.limit_set_claims import has_no_stable_state
from rnnatlas.claims.metric_claims import RIGHT, WRONG, at_end, projection_spares_the_task, wrong_measures
from rnnatlas.claims.standard_networks import pairwise_median

SOURCE = "claims of this project, controls"
SENTENCES = {
    "norm_matched": ("Ca", "Control (a): standard networks with the alternatives' activity norm"),
    "matched": ("Cb", "Control (b): standard networks with the alternatives' steps and schedule"),
    "sham": ("Cc", "Control (c): the same penalty against a random untrained network"),
    "auto": ("auto", "Beside the fixed strength: the strength adapted to keep the task loss at `tolerance`"),
}
STATISTIC = "share of these networks that would meet alt-1's criterion (A4, A5 or A6, whichever is the task's)"
CD = Claim(
    "Cd", "Control (d): alternatives at dt/2 and dt/4", SOURCE,
    "median performance at the finer step where it is lowest, less that at dt", 0.0, question=True,
)  # fmt: skip
Criterion = Callable[[Evidence, Int[Array, "network"]], Bool[Array, "network"]]


def _memory_without_states(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    return np.array([has_no_stable_state(evidence, int(n)) for n in networks], dtype=bool)


def _oscillates(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    return np.logical_and.reduce(list(oscillation_criteria(evidence, networks).values()))


def _rotates(evidence: Evidence, networks: Array) -> Bool[Array, "network"]:
    stability = np.array([float(evidence.of(int(n), evidence.decoding)["stability/angle"]) for n in networks])
    return np.asarray((ring_coverage(evidence, networks) <= LITTLE_COVERAGE) & (stability <= LITTLE_STABILITY))


def criterion(evidence: Evidence) -> Criterion | None:
    """What alt-1 must meet in this task: by the analyses that it has, A5's, A6's, or A4's."""
    measured = next(iter(evidence.attractors.values()), {})
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
            "performance": float(np.median(controls.networks["performance"][rows])),
            "competent": float(competent(evidence_of(controls, standard), rows).mean()),
        }
        reference = controls.networks["reference"][rows]
        if (reference >= 0).all():
            detail["predicts its reference"] = float(np.median(controls.networks["null"][rows, reference]))
        claim = Claim(key, sentence, SOURCE, STATISTIC, 0.0, question=True)
        accepted = int(controls.accepted(rows).sum())
        results.append(Result(claim, evidence.task, float(found.mean()), low, high, len(rows), accepted, detail))
    return results


def evidence_of(controls: Evidence, standard: Array) -> Evidence:
    """``controls`` with ``standard`` as its only standard networks, so that competence refers to them."""
    table = dict(controls.networks)
    round_ = table["round"].copy()
    others = np.setdiff1d(controls.standard(), standard)
    round_[others] = -1
    return Evidence(
        controls.task,
        table | {"round": round_},
        controls.embedding,
        controls.fixed_points,
        controls.generalisation,
        controls.limit_sets,
        controls.attractors,
        controls.decoding,
    )


def at_finer_steps(evidence: Evidence, rng: np.random.Generator) -> Result:
    """(d), over all alternatives of the study, accepted or not; standard networks are printed beside them.

    The value is the largest median loss of performance at a finer step, under private noise as trained; "gain stable points" is the
    share of networks without a stable counted fixed point at dt that have one at dt/2 or dt/4: their absence is the Euler step's.
    """
    groups = {f"alt-{k}": networks for k, networks in evidence.rounds().items()}
    rows = np.concatenate(list(groups.values()))

    def column(networks: Array, name: str) -> Array:
        return np.array([evidence.of(int(n), evidence.finer_steps)[name] for n in networks])

    performance = column(rows, "noisy")
    change = performance[:, 1:] - performance[:, :1]
    worst = int(np.argmin(np.median(change, axis=0)))
    low, high = bootstrap_interval(len(rows), lambda drawn: float(np.median(change[drawn, worst])), rng)
    detail: dict[str, float] = {}
    for name, networks in {"standard": evidence.standard(), **groups}.items():
        stable = column(networks, "stable").sum(axis=1)  # over constant inputs: [network, factor]
        for place, factor in enumerate(next(iter(evidence.finer_steps.values()))["factor"]):
            detail[f"{name} dt/{factor}"] = float(np.median(column(networks, "noisy")[:, place]))
        detail[f"{name} gain stable points"] = float(np.mean((stable[:, 0] == 0) & (stable[:, 1:] > 0).any(axis=1)))
    accepted = int(evidence.accepted(rows).sum())
    value = float(np.median(change[:, worst]))
    return Result(CD, evidence.task, value, low, high, len(rows), accepted, detail)


def control_claims(
    evidence: Evidence,
    controls: Evidence,
    training: Mapping[str, Table],
    rng: Callable[[str], np.random.Generator],
) -> list[Result]:
    """M2, M3 and controls (a) to (c), as far as their networks were trained.

    ``training`` holds, for the alt-1 of each set of chains, ``loss`` and ``penalty`` [chain, step] and ``accepted`` [chain] of its
    training.
    """
    results = controls_beside(evidence, controls)
    if all(name in training for name in WRONG):
        kept = {RIGHT: _predicts_reference(evidence, RIGHT)} | {n: _predicts_reference(controls, n) for n in WRONG}
        sets = {
            name: {
                "penalty_reached": at_end(training[name]["penalty"]),
                "heldout_null": values,
                "accepted": training[name]["accepted"],
            }
            for name, values in kept.items()
        }
        results.append(wrong_measures(sets, evidence.task, rng("M2")))
    if "unprojected" in training:
        ends = {
            name: {"loss": at_end(training[name]["loss"]), "accepted": training[name]["accepted"]}
            for name in (RIGHT, "unprojected")
        }
        results.append(projection_spares_the_task(ends[RIGHT], ends["unprojected"], evidence.task, rng("M3")))
    return results


def _predicts_reference(evidence: Evidence, chains: str) -> Array:
    """Held-out null-space predictivity of each chain's reference by its alt-1."""
    networks = evidence.rounds(chains)[1]
    return np.asarray(evidence.networks["null"][networks, evidence.networks["reference"][networks]])
