"""Claim T4, on networks of others."""

from __future__ import annotations

import numpy as np

from rnnatlas.artifacts.charting_schemas import COMPARED_NETWORKS
from rnnatlas.artifacts.store import read_artifact
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.evidence.case import Case

MOST = 2e-4  # mean squared error
T4 = Claim(
    "T4", "The authors' networks solve their tasks here", "Turner et al. 2021, released data",
    "share of networks with a mean squared error of at most 2e-4, all trials right and no error of the onset", 1.0, figure="",
)  # fmt: skip


def judge(case: Case) -> list[Result]:
    """T4 for each task in the file, where one was given."""
    results: list[Result] = []
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
    return results
