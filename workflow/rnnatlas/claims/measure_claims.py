"""Claims on what alternatives are deflated by: M2, the wrong measures, and M3, the projection. Both are judged on the training of alt-1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.evidence.stored import Table

M2 = Claim(
    "M2", "Training against the wrong measure leaves the earlier solution in place", "INSD, key design 2",
    "smallest margin of five medians over chains: own penalty at most 0.1 and held-out null-space new → earlier at least 0.5, each for "
    "earlier → new and CKA; that under 0.5 with new → earlier", 0.0,
    figure="controls",
)  # fmt: skip
M3 = Claim(
    "M3", "Without the null-space projection the task suffers", "INSD, key design 1",
    "lower end of the 95 % interval of the median paired difference of task loss, without less with projection, at equal strength", 0.0,
    figure="controls",
)  # fmt: skip
REACHED, KEPT = 0.1, 0.5
RIGHT, WRONG = "insd", ("reverse", "cka")
LAST = 100  # steps that a value at the end of training is averaged over


def at_end(curve: Float[Array, "chain step"]) -> Float[Array, "chain"]:
    """Mean over the last 100 steps of a recorded curve (all, of a shorter one); NaN for a chain that diverged."""
    return curve[:, -LAST:].mean(axis=1, dtype=np.float64)


def wrong_measures(sets: Mapping[str, Table], task: str, rng: np.random.Generator) -> Result:
    """M2. ``sets`` holds for the chains ``insd``, ``reverse`` and ``cka`` their alt-1: ``penalty_reached`` [chain], the end of the
    training's penalty, ``heldout_null`` [chain], predictivity of the reference by the alternative, and ``accepted`` [chain].

    Chain c of each set departs from the same reference, so the interval resamples chains of all sets together; chains that one
    set lacks are left out. A chain with a value that is not finite counts against the claim. Without all sets the count is 0.
    """
    names = (RIGHT, *WRONG)
    count = min((len(sets[name]["heldout_null"]) if name in sets else 0) for name in names)
    if count == 0:
        return Result(M2, task, np.nan, -np.inf, np.inf, 0, 0)
    own = {name: _or(sets[name]["penalty_reached"][:count], 1.0) for name in names}
    kept = {name: _or(sets[name]["heldout_null"][:count], 1.0 if name == RIGHT else 0.0) for name in names}

    def margin(chains: Int[Array, "chain"]) -> float:
        margins = [KEPT - np.median(kept[RIGHT][chains])]
        for name in WRONG:
            margins += [REACHED - np.median(own[name][chains]), np.median(kept[name][chains]) - KEPT]
        return float(min(margins))

    low, high = bootstrap_interval(count, margin, rng)
    detail = {f"{name}: own penalty": float(np.median(own[name])) for name in names}
    detail |= {f"{name}: new → earlier": float(np.median(kept[name])) for name in names}
    for name in WRONG:
        detail[f"{name}: share of chains fooled"] = float(np.mean((own[name] <= REACHED) & (kept[name] >= KEPT)))
    accepted = int(np.min([sets[name]["accepted"][:count].sum() for name in names]))
    return Result(M2, task, margin(np.arange(count)), low, high, count, accepted, detail)


def projection_spares_the_task(with_projection: Table, without: Table, task: str, rng: np.random.Generator) -> Result:
    """M3. Either table holds ``loss`` [chain], the task loss at the end of training, and ``accepted`` [chain], for alt-1 trained with
    and without the projection at the same strength, which must not be 'auto'; chains are paired.

    A diverged chain counts with the largest loss of all, and chains that one set lacks are left out.
    """
    count = min(len(with_projection["loss"]), len(without["loss"]))
    losses = np.stack([without["loss"][:count], with_projection["loss"][:count]]).astype(np.float64)
    if count == 0 or not np.isfinite(losses).any():
        return Result(M3, task, np.nan, -np.inf, np.inf, 0, 0)
    losses = _or(losses, float(losses[np.isfinite(losses)].max()))
    difference = losses[0] - losses[1]
    low, high = bootstrap_interval(count, lambda chains: float(np.median(difference[chains])), rng)
    detail = {
        "median difference": float(np.median(difference)),
        "without projection": float(np.median(losses[0])),
        "with projection": float(np.median(losses[1])),
    }
    # "Interval > 0", strictly: an interval that begins at 0 does not reach the threshold.
    value = low if low > 0.0 else min(low, -np.finfo(np.float64).tiny)
    accepted = int(min(table["accepted"][:count].sum() for table in (with_projection, without)))
    return Result(M3, task, float(value), low, high, count, accepted, detail)


def _or(values: Float[Array, "*shape"], otherwise: float) -> Float[Array, "*shape"]:
    """``values``, with ``otherwise`` where they are not finite."""
    return np.where(np.isfinite(values), values, otherwise)


def first_rounds(*evidence: Evidence) -> dict[str, Table]:
    """``loss``, ``penalty`` [chain, step] and ``accepted`` [chain] of the training of alt-1 of every set of chains, by the set's name."""
    tables: dict[str, Table] = {}
    for one in evidence:
        first = one.networks["round"] == 1
        for chains, ensemble in zip(one.networks["chains"][first], one.networks["ensemble"][first], strict=True):
            if str(chains) not in tables:
                data = one.each("networks")[str(ensemble)]
                own = {name: data[f"training/{name}"] for name in ("loss", "accepted")}
                tables[str(chains)] = own | {"penalty": data["training/penalty"][..., 0]}  # one earlier solution
    return tables


def predicts_reference(evidence: Evidence, chains: str) -> Array:
    """Held-out null-space predictivity of each chain's reference by its alt-1."""
    networks = evidence.rounds(chains)[1]
    return np.asarray(evidence.similarity["null"][networks, evidence.networks["reference"][networks]])


def judge(case: Case) -> list[Result]:
    """M2 and M3, as far as their chains were trained."""
    evidence, controls = case.evidence, case.controls
    if controls is None:
        return []
    training, task = first_rounds(evidence, controls), case.task
    results: list[Result] = []
    if all(name in training for name in (RIGHT, *WRONG)):
        kept = {RIGHT: predicts_reference(evidence, RIGHT)} | {n: predicts_reference(controls, n) for n in WRONG}
        sets = {
            name: {
                "penalty_reached": at_end(training[name]["penalty"]),
                "heldout_null": values,
                "accepted": training[name]["accepted"],
            }
            for name, values in kept.items()
        }
        results.append(wrong_measures(sets, task, case.rng("M2")))
    if RIGHT in training and "unprojected" in training:
        ends = {
            name: {"loss": at_end(training[name]["loss"]), "accepted": training[name]["accepted"]}
            for name in (RIGHT, "unprojected")
        }
        results.append(projection_spares_the_task(ends[RIGHT], ends["unprojected"], task, case.rng("M3")))
    return results
