"""Claims R3, R4, R5 and R7: types of reduced dynamics among networks that were trained alike."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.census import Census, census
from rnnatlas.charting.prediction import against_chance, frequent, predict_types
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.extrapolation_claims import LARGEST_P, PERMUTATIONS, cramers_v, dealt_anew
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case

ENOUGH = 100  # networks
FREQUENT = 0.1  # share of networks of a frequent type
# Of each task how many types, and the share of networks that they must have.
HANDFUL = {"interval_reproduction": (4, 0.85), "interval_discrimination": (4, 0.8), "delayed_discrimination": (8, 0.6)}
R3 = Claim(
    "R3", "A handful of types", "Turner et al. 2021, section 4.2 and figure 4",
    "share of vanilla networks in the most frequent types by the authors' equivalence, nothing merged by hand, over the share that must be: .85 in four (interval reproduction), "
    ".8 in four (interval discrimination), .6 in eight (delayed discrimination)", 1.0, figure="types", smallest=ENOUGH,
)  # fmt: skip
R4 = Claim(
    "R4", "The type can be read from activity in training", "Turner et al. 2021, section 4.4",
    "p, below 0.01, of Cohen's kappa across folds, types dealt anew; and the lower end of kappa's interval above 0", LARGEST_P, figure="types", above=False,
    smallest=ENOUGH,
)  # fmt: skip
R5 = Claim(
    "R5", "Architecture biases types and does not determine them", "Turner et al. 2021, section 4.5 and figure 5",
    "p, below 0.01, of the association of type and cell (Cramér's V, permutation within numbers of units); at least one type common to all cells; from 100 networks on one frequent in GRU "
    "that vanilla networks lack", LARGEST_P, figure="architectures", above=False, smallest=20,
)  # fmt: skip
R7 = Claim(
    "R7", "Types that differ after the response alone look alike in training", "Turner et al. 2021, section 4.4",
    "confusion of the most confused pair of types that are one up to the response, less that of any other pair", 0.0, figure="types", smallest=ENOUGH,
)  # fmt: skip


def judge(case: Case) -> list[Result]:
    """All four, of accepted networks; R5 where there are several cells."""
    kinds = (case.of_part("charted", kind) for kind in ("networks", "reduced", "features"))
    found = census(*kinds)
    vanilla = found.cell == "rate"
    return _handful(found, vanilla, case) + _told(found, vanilla, case) + _cells(found, case)


def _handful(found: Census, vanilla: Array, case: Case) -> list[Result]:
    count = int(vanilla.sum())
    if case.task not in HANDFUL or not count:
        return []
    most, must = HANDFUL[case.task]
    sizes = np.sort(np.unique(found.keys["authors"][vanilla], return_counts=True)[1])[::-1]
    inside = int(sizes[:most].sum())
    low, high = (end / must for end in wilson_interval(inside, count))
    exact = np.sort(np.unique(found.keys["exact"][vanilla], return_counts=True)[1])[::-1]
    stable = found.stability[vanilla]
    detail = {"share": inside / count, "types": float(len(sizes)), "types, labels counted": float(len(exact))}
    detail["stability of keys"] = float(np.nanmean(stable)) if np.isfinite(stable).any() else float("nan")
    return [Result(R3, case.task, inside / count / must, low, high, count, count, detail)]


def _told(found: Census, vanilla: Array, case: Case) -> list[Result]:
    """R4 and R7, of vanilla networks of types that ten or more have. With fewer than 100 kappa alone is told."""
    features, keys = found.matrix(), found.keys["exact"]
    chosen = vanilla & np.isfinite(features).all(1) & (keys != "") if len(found) else vanilla
    known, types = np.unique(keys[chosen], return_inverse=True)
    often = frequent(types) if len(types) else np.zeros(0, bool)
    if len(np.unique(types[often])) < 2:
        return []
    features, types, count = features[chosen][often], types[often], int(vanilla.sum())
    told = predict_types(features, types, case.seed)
    detail = {
        "kappa": float(told.kappa.mean()),
        "over splits": float(told.kappa.std()),
        "accuracy": float(told.accuracy.mean()),
    }
    detail |= {"majority": told.majority, "networks of frequent types": float(len(types))}
    if count < ENOUGH:
        return [Result(R4, case.task, float("nan"), float("nan"), float("nan"), count, count, detail)]
    chance = against_chance(features, types, case.seed)
    p = chance.p if chance.low > 0.0 else 1.0
    detail |= {"kappa across folds": chance.kappa, "lower end": chance.low, "upper end": chance.high}
    results = [Result(R4, case.task, p, p, p, count, count, detail, p=p)]
    return results + _confused(found, chosen, [str(known[k]) for k in told.types], told.confusion, count, case)


def _confused(found: Census, chosen: Array, names: list[str], confusion: Array, count: int, case: Case) -> list[Result]:
    """R7: of every pair of types the mean share that is taken for the other one."""
    coarse = {key: found.keys["coarse"][chosen][found.keys["exact"][chosen] == key][0] for key in names}
    alike, other = [-1.0], [-1.0]
    for a, one in enumerate(names):
        for b in range(a):
            mixed = float((confusion[a, b] + confusion[b, a]) / 2)
            (alike if coarse[one] == coarse[names[b]] else other).append(mixed)
    if max(alike) < 0.0 or max(other) < 0.0:
        return []
    value = max(alike) - max(other)
    return [Result(R7, case.task, value, value, value, count, count, {"alike": max(alike), "others": max(other)})]


def _cells(found: Census, case: Case) -> list[Result]:
    """R5, over the task's populations of all cells."""
    cells = sorted(set(map(str, found.cell)))
    if len(cells) < 2:
        return []
    keys, rng, count = found.keys["exact"], case.rng("R5"), len(found)
    kind, type_, units = (np.unique(each, return_inverse=True)[1] for each in (found.cell, keys, found.units))
    value = cramers_v(type_, kind)
    chance = np.array([cramers_v(type_, dealt_anew(kind, units, rng)) for _ in range(PERMUTATIONS)])
    p = (1 + int((chance >= value - 1e-12).sum())) / (PERMUTATIONS + 1)
    sets = {cell: set(map(str, keys[(found.cell == cell) & (keys != "")])) for cell in cells}
    common = set.intersection(*sets.values())
    own = sets.get("gru", set()) - sets.get("rate", set())
    gru = keys[found.cell == "gru"]
    share = max((float((gru == key).mean()) for key in own), default=0.0)
    detail = {
        "Cramér's V": value,
        "types common to all cells": float(len(common)),
        "largest share in GRU of a type that vanilla lacks": share,
    }
    met = bool(common) and (count < ENOUGH or share >= FREQUENT)
    return [Result(R5, case.task, p if met else 1.0, p, p if met else 1.0, count, count, detail, p=p)]
