"""Claims T7 and T8: what training hides, extrapolation reveals; and the start decides it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int, Shaped
from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION, REDUCED
from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.evidence.case import Case

PERMUTATIONS, LARGEST_P = 999, 0.009  # p is a multiple of 0.001: below 0.01 is 0.009 at most
T7 = Claim(
    "T7", "Extrapolation reveals what training hides", "Turner et al. 2021, section 4.1",
    "p, below 0.01, of the association (Cramér's V, permutation within populations) between a network's limit sets without input and what it does beyond the trained range, "
    "over accepted networks", LARGEST_P, figure="extrapolation", above=False, smallest=20,
)  # fmt: skip

T8 = Claim(
    "T8", "Initial conditions largely determine the solution", "Turner et al. 2021, section 4.3",
    "p, below 0.01, of the share of networks that are of the same type (reduced graph, labels counted) after training once more from the same weights in another "
    "order of batches (against pairs dealt anew)", LARGEST_P, figure="types", above=False, smallest=20,
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


def dealt_anew(values: Array, groups: Int[Array, "network"], rng: np.random.Generator) -> Array:
    """``values`` shuffled within their groups: what sets populations apart is no evidence for what goes on within them."""
    found = np.empty_like(values)
    found[np.argsort(groups, kind="stable")] = values[np.lexsort((rng.random(len(groups)), groups))]
    return found


def agreement(
    types: Shaped[Array, "pair two"], groups: Int[Array, "pair"], rng: np.random.Generator
) -> tuple[float, float, float]:
    """The share of pairs of one type, that of pairs dealt anew within their groups (populations), and p of a share as large by chance."""
    share = float((types[:, 0] == types[:, 1]).mean())
    dealt = np.empty(PERMUTATIONS)
    for k in range(PERMUTATIONS):
        dealt[k] = (types[:, 0] == dealt_anew(types[:, 1], groups, rng)).mean()
    return share, float(dealt.mean()), (1 + int((dealt >= share - 1e-12).sum())) / (PERMUTATIONS + 1)


def spread(answers: Float[Array, "network trial"], trained: Array) -> tuple[float, float]:
    """Variance between networks of the answers, clipped to ±1, averaged over trials inside and outside the trained range."""
    variance = np.clip(np.nan_to_num(answers), -1.0, 1.0).var(0)
    return float(variance[trained].mean()), float(variance[~trained].mean())


@dataclass(frozen=True)
class Population:
    """What is known of the networks of one charted population."""

    chart: dict[str, Array]
    limit_sets: dict[str, Array]
    types: Array
    accepted: Bool[Array, "network"]
    attempts: Int[Array, "network"]
    repeats: str


def populations(case: Case) -> dict[str, Population]:
    """The charted populations of a task, by name."""
    charts, sets, graphs = (case.of_part("charted", kind) for kind in ("extrapolation", "limit_sets", "reduced"))
    found: dict[str, Population] = {}
    for ensemble, file in case.of_part("charted", "networks").items():
        networks = read_artifact(file, NETWORKS)
        own = json.loads(networks.attributes["cfg"]).get("population", {})
        found[ensemble.removeprefix("standard/")] = Population(
            read_artifact(charts[ensemble], EXTRAPOLATION).data,
            read_artifact(sets[ensemble], LIMIT_SETS).data,
            read_artifact(graphs[ensemble], REDUCED).data["network/exact"].astype(str),
            networks.data["training/accepted"].astype(bool),
            networks.data["training/attempts"],
            str(own.get("repeats", "")),
        )
    return found


def extrapolated(own: list[Population], case: Case) -> list[Result]:
    """T7, over accepted networks of populations that repeat none; the interval is the value, which rests on permutations. ``detail``: V, the
    variance between networks inside and outside, and their ratio."""
    accepted = sum(int(one.accepted.sum()) for one in own)
    if accepted < 2:
        return []
    keys = [key for key in own[0].chart if key in ("answer", "right") or key.startswith("habits/")]
    chart = {key: np.concatenate([one.chart[key][one.accepted] for one in own]) for key in keys}
    chart["trained"] = trained = own[0].chart["trained"].astype(bool)
    inside = np.concatenate([dynamics(one.limit_sets, len(one.accepted))[one.accepted] for one in own])
    outside, rng = habits(chart), case.rng("T7")
    value = cramers_v(outside, inside)
    groups = np.repeat(np.arange(len(own)), [int(one.accepted.sum()) for one in own])
    chance = np.array([cramers_v(outside, dealt_anew(inside, groups, rng)) for _ in range(PERMUTATIONS)])
    p = (1 + int((chance >= value - 1e-12).sum())) / (PERMUTATIONS + 1)
    within, beyond = spread(chart["answer"], trained)
    detail = {"Cramér's V": value, "variance inside": within, "variance outside": beyond}
    detail["outside over inside"] = beyond / max(within, 1e-12)
    return [Result(T7, case.task, p, p, p, accepted, accepted, detail, p=p)]


def repeated(charted: dict[str, Population], case: Case) -> list[Result]:
    """T8, over pairs of which both were accepted, at the same attempt: only these began with the same weights."""
    types: list[Array] = []
    groups: list[Array] = []
    for number, one in enumerate(charted.values()):
        if one.repeats not in charted:
            continue
        first = charted[one.repeats]
        both = one.accepted & first.accepted & (one.attempts == first.attempts)
        types.append(np.stack([first.types[both], one.types[both]], axis=1))
        groups.append(np.full(int(both.sum()), number))
    pairs = sum(map(len, groups))
    if pairs < 2:
        return []
    share, chance, p = agreement(np.concatenate(types), np.concatenate(groups), case.rng("T8"))
    detail = {"share of one type": share, "by chance": chance}
    return [Result(T8, case.task, p, p, p, pairs, pairs, detail, p=p)]


def judge(case: Case) -> list[Result]:
    """T7 and T8."""
    charted = populations(case)
    return extrapolated([one for one in charted.values() if not one.repeats], case) + repeated(charted, case)
