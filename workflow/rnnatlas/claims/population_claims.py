"""Claim T5, on populations that are trained alike."""

from __future__ import annotations

import json

from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case

PAPER = "Turner et al. 2021"
T5 = Claim(
    "T5", "Networks of each cell learn the task", f"{PAPER}, methods",
    "accepted share of all attempts, in the cell where it is lowest", 0.9, figure="extrapolation",
)  # fmt: skip


def judge(case: Case) -> list[Result]:
    """T5, without populations that repeat another; a Wilson interval of the lowest share over attempts. ``detail`` has the share of each cell, and of each population."""
    counts: dict[str, list[int]] = {}
    detail: dict[str, float] = {}
    networks = accepted = 0
    for name, file in case.of_part("charted", "networks").items():
        stored = read_artifact(file, NETWORKS)
        if json.loads(stored.attributes["cfg"]).get("population", {}).get("repeats"):
            continue  # the same weights once more
        good, tried = int(stored.data["training/accepted"].sum()), int(stored.data["training/attempts"].sum())
        detail[name.removeprefix("standard/")] = good / tried
        mine = counts.setdefault(str(stored.attributes["cell"]), [0, 0])
        mine[0], mine[1] = mine[0] + good, mine[1] + tried
        networks, accepted = networks + len(stored.data["training/accepted"]), accepted + good
    if not counts:
        return []
    shares = {kind: good / tried for kind, (good, tried) in counts.items()}
    lowest = min(shares, key=lambda kind: shares[kind])
    low, high = wilson_interval(*counts[lowest])
    every = {f"cell {kind}": share for kind, share in shares.items()} | detail
    return [Result(T5, case.task, shares[lowest], low, high, networks, accepted, every)]
