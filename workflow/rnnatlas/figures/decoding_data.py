"""What the figure of decoding shows: what a linear decoder reads from activity, when, and how it turns."""

from __future__ import annotations

import re

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.claims.competence import competent
from rnnatlas.claims.decoding_claims import CHANCE, DELAY_BOUND, RESPONSE_BOUND, S7
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.tasks.registry import get_task

# Of tasks with many variables, those that the claims are about; of others, all.
SHOWN = {"context_integration": ("relevant", "irrelevant", "context")}
MOST = 3  # variables of a task beyond those
JITTERED = "_jittered"
THRESHOLDS = {"ratio": S7.threshold, "delay": DELAY_BOUND, "response": RESPONSE_BOUND, "chance": CHANCE}


def decoding_data(evidence: Evidence) -> dict[str, Array]:
    """The arrays of one task. ``round`` and ``competent`` [network]; for each row (a variable, or numbered ones such as bits together,
    averaged for each network) ``<row>/diagonal`` [network, bin], ``<row>/turned`` [network, lag], the mean angle between decoders by
    the time between them, ``<row>/stability`` and ``<row>/fixed`` [network], and for each solution with competent networks
    ``<row>/cross/<k>`` [bin, bin], their median. ``context/*`` (means over folds) and ``potent/*`` where the task has them."""
    table = evidence.networks
    chosen = evidence.shown()
    good = competent(evidence, chosen) | (table["round"][chosen] == 0)
    tables = [evidence.of(int(network), "decoding") for network in chosen]
    task = get_task(evidence.task)
    scales = {variable.name: variable.scale for variable in task.variables()}
    data = {
        "title": np.array(evidence.title),
        "round": table["round"][chosen],
        "competent": good,
        "time": evidence.of_ensemble(int(chosen[0]), "decoding")["time"],
        **{f"threshold/{name}": np.array(value) for name, value in THRESHOLDS.items()},
    }
    names = [key.removeprefix("diagonal/") for key in tables[0] if key.startswith("diagonal/")]
    rows = _rows(evidence.task, [name for name in names if not name.endswith(JITTERED)])
    data["rows"] = np.array(list(rows))
    for row, variables in rows.items():

        def mean(kind: str, variables: tuple[str, ...] = variables) -> Float[Array, "network ..."]:
            return np.mean([[t[f"{kind}/{name}"] for t in tables] for name in variables], axis=0)

        data[f"{row}/scale"] = np.array(scales[variables[0]])
        data |= {f"{row}/{kind}": mean(kind) for kind in ("diagonal", "stability", "fixed")}
        data[f"{row}/turned"] = by_lag(mean("angle"))
        if all(f"diagonal/{name}{JITTERED}" in tables[0] for name in variables):
            jittered = tuple(name + JITTERED for name in variables)
            data |= {f"{row}/{kind}{JITTERED}": mean(kind, jittered) for kind in ("diagonal", "stability")}
        data |= _crosses(row, mean("cross"), data["round"], good)
    for key in (key for key in tables[0] if key.startswith(("context/", "potent/"))):
        data[key] = np.array([np.mean(t[key]) for t in tables])
    return data


def _rows(task: str, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Rows of the figure: names that differ in a number alone (``bit 1``, ``bit 2``) make one row."""
    shown = [name for name in SHOWN.get(task, ()) if name in names]
    rows: dict[str, tuple[str, ...]] = {}
    for name in shown or names:
        row = re.sub(r" \d+$", "s", name)
        rows[row] = (*rows.get(row, ()), name)
    return rows if shown else dict(list(rows.items())[:MOST])


def _crosses(
    row: str, cross: Float[Array, "network bin bin"], rounds: Int[Array, "network"], good: Array
) -> dict[str, Array]:
    """The median matrix of each solution, over its competent networks."""
    kept = {int(k): cross[(rounds == k) & good] for k in np.unique(rounds)}
    return {f"{row}/cross/{k}": np.median(part, axis=0) for k, part in kept.items() if len(part)}


def by_lag(matrix: Float[Array, "network bin bin"]) -> Float[Array, "network bin"]:
    """Means over pairs of bins 0, 1, 2, … bins apart; pairs that are not defined are left out, and NaN where none is."""
    lags = [matrix.diagonal(lag, axis1=1, axis2=2) for lag in range(matrix.shape[1])]
    defined = [np.isfinite(values) for values in lags]
    sums = [np.where(here, values, 0.0).sum(axis=1) for values, here in zip(lags, defined, strict=True)]
    counts = np.stack([here.sum(axis=1) for here in defined], axis=1)
    return np.stack(sums, axis=1) / np.where(counts > 0, counts, np.nan)


def collect(case: Case) -> dict[str, Array]:
    """The arrays of one task."""
    return decoding_data(case.evidence)
