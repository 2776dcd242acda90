"""Claims on the measure itself: M1, M2 and M3. What they need comes as plain tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import bootstrap_interval
from rnnatlas.errors import AtlasError

Table = dict[str, Array]

M1 = Claim(
    "M1", "Irrelevant dynamics fool CKA, RSA and earlier → new predictivity, not new → earlier", "INSD, key design 2",
    "smallest margin of four: CKA, RSA and earlier → new under 0.2 with the largest irrelevant block, new → earlier at least 0.9 with each",
    0.0, smallest=1,
)  # fmt: skip
M2 = Claim(
    "M2", "Training against the wrong measure leaves the earlier solution in place", "INSD, key design 2",
    "smallest margin of five medians over chains: own penalty at most 0.1 and held-out null-space new → earlier at least 0.5, each for "
    "earlier → new and CKA; that under 0.5 with new → earlier", 0.0,
)  # fmt: skip
M3 = Claim(
    "M3", "Without the null-space projection the task suffers", "INSD, key design 1",
    "lower end of the 95 % interval of the median paired difference of task loss, without less with projection, at equal strength", 0.0,
)  # fmt: skip
FALLS, STAYS = 0.2, 0.9
FOOLED = ("CKA", "RSA", "earlier → new")
REACHED, KEPT = 0.1, 0.5
RIGHT, WRONG = "insd", ("reverse", "cka")
LAST = 100  # steps that a value at the end of training is averaged over


def at_end(curve: Float[Array, "chain step"]) -> Float[Array, "chain"]:
    """Mean over the last 100 steps of a recorded curve (all, of a shorter one); NaN for a chain that diverged."""
    return curve[:, -LAST:].mean(axis=1, dtype=np.float64)


def irrelevant_dynamics(table: Table, task: str) -> Result:
    """M1, from a ``metric_asymmetry`` artifact: ``variance`` [level], ``measure`` [measure], ``value`` [measure, level].

    One network is made, without chance to resample: the interval is the value. NaN in the table counts as missed. Raises ``AtlasError``
    if one of the four measures is not there.
    """
    rows = {str(name.decode() if isinstance(name, bytes) else name): k for k, name in enumerate(table["measure"])}
    for name in (*FOOLED, "new → earlier"):
        if name not in rows:
            raise AtlasError(None, "measure", f"{name!r} is expected, found {', '.join(rows)}", "run metric_asymmetry again")  # fmt: skip
    most = int(np.argmax(table["variance"]))
    detail = {name: float(table["value"][rows[name], most]) for name in FOOLED}
    margins = [FALLS - value for value in detail.values()]
    detail["new → earlier"] = float(np.min(table["value"][rows["new → earlier"]]))
    margins.append(detail["new → earlier"] - STAYS)
    value = float(np.min(np.where(np.isfinite(margins), margins, -1.0)))
    return Result(M1, task, value, value, value, 1, 1, detail)


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
