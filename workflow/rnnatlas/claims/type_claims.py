"""Claims R3, R4, R5 and R7: types of reduced dynamics among networks that were trained alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.census import Census, census
from rnnatlas.charting.prediction import against_chance, predict_types
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.extrapolation_claims import LARGEST_P, PERMUTATIONS, cramers_v, dealt_anew
from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval
from rnnatlas.evidence.case import Case

ENOUGH = 100  # networks
FREQUENT = 0.1  # share of networks of a frequent type
AFTER_GO = "interval_reproduction"  # the task in which something may come after the response
# Of each task how many types, and the share of networks that they must have.
HANDFUL = {"interval_reproduction": (4, 0.85), "interval_discrimination": (4, 0.8), "delayed_discrimination": (8, 0.6)}
R3 = Claim(
    "R3", "A handful of types", "Turner et al. 2021, section 4.2 and figure 4",
    "share of all vanilla networks trained that were accepted and are of the most frequent types by the authors' equivalence, nothing merged by hand: four types, of delayed "
    "discrimination eight", 0.85, figure="types", smallest=ENOUGH,
)  # fmt: skip
R4 = Claim(
    "R4", "The type can be read from activity in training", "Turner et al. 2021, section 4.4",
    "p, below 0.01, of Cohen's kappa across folds, features dealt anew; and the lower end of kappa's interval above 0", LARGEST_P, figure="types", above=False,
    smallest=ENOUGH,
)  # fmt: skip
R5 = Claim(
    "R5", "Architecture biases types and does not determine them", "Turner et al. 2021, section 4.5 and figure 5",
    "p, below 0.01, of the association of type and cell (Cramér's V, permutation within numbers of units); at least one type common to all cells; from 100 networks of each on one frequent in GRU "
    "that vanilla networks lack", LARGEST_P, figure="architectures", above=False, smallest=20,
)  # fmt: skip
R7 = Claim(
    "R7", "Types that differ after the response alone look alike in training", "Turner et al. 2021, section 4.4",
    "interval reproduction: confusion of the most confused pair of types that are one up to the response, less that of any other pair", 0.0, figure="types", smallest=ENOUGH,
)  # fmt: skip


def judge(case: Case) -> list[Result]:
    """All four; R5 where there are several cells, R7 of interval reproduction."""
    networks, reduced, features = (case.of_part("charted", kind) for kind in ("networks", "reduced", "features"))
    found = census(networks, reduced, features)
    if not len(found):
        return []
    return _handful(found, case) + _told(found, case) + _cells(found, case)


def _handful(found: Census, case: Case) -> list[Result]:
    """R3: networks that were not accepted, or have no graph, are of no type and count in the denominator."""
    vanilla = found.cell == "rate"
    rows, count = np.flatnonzero(vanilla & found.of_types()), int(vanilla.sum())
    if case.task not in HANDFUL or not count:
        return []
    most, must = HANDFUL[case.task]
    sizes = found.by_frequency("authors", rows)[1]
    inside = sum(sizes[:most])
    low, high = wilson_interval(inside, count)
    stable = found.stability[rows]
    detail = {"of those accepted": inside / max(len(rows), 1), "types": float(len(sizes))}
    detail["types, labels counted"] = float(len(found.by_frequency("exact", rows)[0]))
    detail["stability of keys"] = float(np.nanmean(stable)) if np.isfinite(stable).any() else float("nan")
    return [
        Result(
            replace(R3, threshold=must),
            case.task,
            inside / count,
            low,
            high,
            count,
            int(found.accepted[vanilla].sum()),
            detail,
        )
    ]


def _told(found: Census, case: Case) -> list[Result]:
    """R4 and R7, of vanilla networks of types that ten or more have. With fewer than 100 of all kappa alone is told; without two such types nothing is known."""
    vanilla = found.cell == "rate"
    count, accepted = int(vanilla.sum()), int(found.accepted[vanilla].sum())
    nan = float("nan")
    features, keys = found.told_apart(np.flatnonzero(vanilla & found.of_types()))
    if len(np.unique(keys)) < 2:
        return [
            Result(
                R4, case.task, nan, nan, nan, count, accepted, {"types of ten networks": float(len(np.unique(keys)))}
            )
        ]
    told = predict_types(features, keys, case.seed)
    detail = {"kappa": float(told.kappa.mean()), "over splits": float(told.kappa.std())}
    detail |= {
        "accuracy": float(told.accuracy.mean()),
        "majority": told.majority,
        "networks of frequent types": float(len(keys)),
    }
    if count < ENOUGH:
        return [Result(R4, case.task, nan, nan, nan, count, accepted, detail)]
    chance = against_chance(features, keys, case.seed)
    detail |= {"kappa across folds": chance.kappa, "lower end": chance.low, "upper end": chance.high}
    # With a p that is small and an interval that reaches 0 nothing is decided; with one below 0 it fails.
    value = chance.p if chance.low > 0.0 else 1.0
    low = 1.0 if chance.high < 0.0 else chance.p
    results = [Result(R4, case.task, value, low, value, count, accepted, detail, p=chance.p)]
    return results + (_confused(found, keys, chance.told, (count, accepted), case) if case.task == AFTER_GO else [])


def _confused(found: Census, keys: Array, told: Array, counts: tuple[int, int], case: Case) -> list[Result]:
    """R7: of every pair of types the mean share that is taken for the other one, by predictions across folds; the interval is over networks. Nothing where no pair is one up to
    the response, or no other is there to compare with; without any confusion it fails."""
    names = sorted(set(map(str, keys)))
    exact, coarse = found.keys["exact"], found.keys["coarse"]
    up_to = {key: str(coarse[np.flatnonzero(exact == key)[0]]) for key in names}
    pairs = [(one, other) for k, one in enumerate(names) for other in names[:k]]
    alike = [up_to[one] == up_to[other] for one, other in pairs]
    if all(alike) or not any(alike):
        return []

    def mixed(one: str, other: str, rows: Array) -> float:
        """Mean share of either type that is taken for the other."""
        each = [(keys[rows] == a, told[rows] == b) for a, b in ((one, other), (other, one))]
        return float(np.mean([np.mean(is_b[is_a]) if is_a.any() else 0.0 for is_a, is_b in each]))

    def statistic(rows: Array) -> float:
        found = [mixed(*pair, rows) for pair in pairs]
        most = [max(value for value, same in zip(found, alike, strict=True) if same is kind) for kind in (True, False)]
        return most[0] - most[1] if most[0] > 0.0 else -1.0

    value = statistic(np.arange(len(keys)))
    low, high = bootstrap_interval(len(keys), statistic, case.rng("R7"))
    return [Result(R7, case.task, value, low, high, *counts)]


def _cells(found: Census, case: Case) -> list[Result]:
    """R5, over the task's populations of all cells."""
    cells = sorted(set(map(str, found.cell)))
    rows = np.flatnonzero(found.of_types())
    keys, cell = found.keys["exact"][rows], found.cell[rows]
    if len(cells) < 2 or len(set(map(str, cell))) < 2:
        return []
    rng = case.rng("R5")
    kind, type_, units = (np.unique(each, return_inverse=True)[1] for each in (cell, keys, found.units[rows]))
    value = cramers_v(type_, kind)
    chance = np.array([cramers_v(type_, dealt_anew(kind, units, rng)) for _ in range(PERMUTATIONS)])
    p = (1 + int((chance >= value - 1e-12).sum())) / (PERMUTATIONS + 1)
    sets = {name: set(map(str, keys[cell == name])) for name in cells}
    common = set.intersection(*sets.values())
    gru = keys[cell == "gru"]
    own = sets.get("gru", set()) - sets.get("rate", set())
    share = max((float(np.mean(gru == key)) for key in own), default=0.0)
    enough = min(int(np.sum(found.cell == name)) for name in ("gru", "rate")) >= ENOUGH
    detail = {
        "Cramér's V": value,
        "types common to all cells": float(len(common)),
        "largest share in GRU of a type that vanilla lacks": share,
    }
    met = p if common and (share >= FREQUENT or not enough) else 1.0
    return [Result(R5, case.task, met, met, met, len(found), len(rows), detail, p=p)]
