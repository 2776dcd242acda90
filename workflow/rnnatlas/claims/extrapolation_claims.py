"""Claim T7: what training hides, extrapolation reveals."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION
from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.evidence.case import Case

PERMUTATIONS = 999  # p is a multiple of 0.001: below 0.01 is 0.009 at most
T7 = Claim(
    "T7", "Extrapolation reveals what training hides", "Turner et al. 2021, section 4.1",
    "1 - p, for p below 0.01, of the association (Cramér's V, permutation) between a network's limit sets without input and what it does beyond the trained range, "
    "over accepted networks", 1.0 - 0.009, figure="extrapolation", smallest=20,
)  # fmt: skip


def cramers_v(one: Int[Array, "network"], other: Int[Array, "network"]) -> float:
    """Cramér's V of two classifications, ``√(χ² / (n (min(rows, columns) − 1)))``, in [0, 1]; 0 where one has a single class."""
    a, b = (np.unique(each, return_inverse=True)[1] for each in (one, other))
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1.0)
    expected = table.sum(1, keepdims=True) * table.sum(0) / len(a)
    least = min(table.shape) - 1
    return 0.0 if least == 0 else float(np.sqrt(((table - expected) ** 2 / expected).sum() / len(a) / least))


def habits(chart: dict[str, Array]) -> Int[Array, "network"]:
    """What networks do beyond the trained range, as a number for each combination: whether half of the trials with longer intervals bring an
    output before Set, half of those a second one, and half of all a row of them (interval reproduction); else, in which third of the networks
    its share of right trials outside lies."""
    counted = [
        chart[f"habits/{name}"] for name in ("spontaneous", "second", "oscillating") if f"habits/{name}" in chart
    ]
    if counted:
        return np.sum([(np.nan_to_num(each) >= 0.5) << k for k, each in enumerate(counted)], axis=0)
    right = chart["right"][:, ~chart["trained"].astype(bool)].mean(1)
    return np.searchsorted(np.quantile(right, [1 / 3, 2 / 3]), right)


def dynamics(table: dict[str, Array], members: int) -> Int[Array, "network"]:
    """Limit sets of each network without input, as a number: no, one, two, three or more fixed points, and whether it has others."""
    found = np.zeros(members, dtype=np.int64)
    for member in range(members):
        kinds = table["set/kind"][(table["set/member"] == member) & (table["set/input"] == 0)].astype(str)
        points = int((kinds == "fixed point").sum())
        found[member] = min(points, 3) + 4 * (len(kinds) > points)
    return found


def spread(answers: Float[Array, "network trial"], trained: Array) -> tuple[float, float]:
    """Variance between networks of the answers, clipped to ±1, averaged over trials inside and outside the trained range."""
    variance = np.clip(np.nan_to_num(answers), -1.0, 1.0).var(0)
    return float(variance[trained].mean()), float(variance[~trained].mean())


def judge(case: Case) -> list[Result]:
    """T7; the interval is the value, which rests on permutations. ``detail``: V, the variance between networks inside and outside, and their
    ratio."""
    charts = {
        name: read_artifact(f, EXTRAPOLATION).data for name, f in case.of_part("charted", "extrapolation").items()
    }
    sets = {name: read_artifact(f, LIMIT_SETS).data for name, f in case.of_part("charted", "limit_sets").items()}
    good = {
        name: read_artifact(f, NETWORKS).data["training/accepted"].astype(bool)
        for name, f in case.of_part("charted", "networks").items()
    }
    networks = sum(map(len, good.values()))
    accepted = sum(int(each.sum()) for each in good.values())
    if accepted < 2:
        return []
    joined = {
        key: np.concatenate([chart[key][good[name]] for name, chart in charts.items()])
        for key, array in next(iter(charts.values())).items()
        if key in ("answer", "right") or key.startswith("habits/")
    }
    joined["trained"] = trained = next(iter(charts.values()))["trained"].astype(bool)
    outside, inside = (
        habits(joined),
        np.concatenate([dynamics(sets[name], len(good[name]))[good[name]] for name in charts]),
    )
    rng, value = case.rng("T7"), cramers_v(outside, inside)
    chance = np.array([cramers_v(outside, rng.permutation(inside)) for _ in range(PERMUTATIONS)])
    p = (1 + int((chance >= value - 1e-12).sum())) / (PERMUTATIONS + 1)
    within, beyond = spread(joined["answer"], trained)
    detail = {
        "Cramér's V": value,
        "variance inside": within,
        "variance outside": beyond,
        "outside over inside": beyond / max(within, 1e-12),
    }
    return [
        Result(
            T7, case.task, 1.0 - p, 1.0 - p, 1.0 - p, accepted, accepted, detail | {"networks": float(networks)}, p=p
        )
    ]
