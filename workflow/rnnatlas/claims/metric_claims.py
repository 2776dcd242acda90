"""Claim M1: which measures irrelevant dynamics can fool."""

from __future__ import annotations

import numpy as np

from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.table_schemas import METRIC_ASYMMETRY
from rnnatlas.claims.claim import Claim, Result
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.stored import Table

FALLS, STAYS = 0.2, 0.9
FOOLED = ("CKA", "RSA", "earlier → new")
M1 = Claim(
    "M1", "Irrelevant dynamics fool CKA, RSA and earlier → new predictivity, not new → earlier", "INSD, key design 2",
    "smallest margin of four: CKA, RSA and earlier → new under 0.2 with the largest irrelevant block, new → earlier at least 0.9 with each",
    0.0, smallest=1,
    figure="metric",
    bounds=dict.fromkeys(FOOLED, f"≤ {FALLS:g}") | {"new → earlier": f"≥ {STAYS:g}"},
)  # fmt: skip


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


def judge(case: Case) -> list[Result]:
    """M1, once a study: of the task that its network was trained on."""
    files = case.of_part("study", "metric_asymmetry")
    return [irrelevant_dynamics(read_artifact(file, METRIC_ASYMMETRY).data, case.task) for file in files.values()]
