"""What the figure of training curves shows: task loss and similarity of every network, with what was accepted."""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.evidence.case import Case
from rnnatlas.networks.files import read_ensemble

POINTS = 200  # a curve is averaged over this many stretches of steps


def curves(loss: Array, similarities: Array, accepted: Array, round_: int) -> dict[str, Array]:
    """Curves [member, point], each point the mean over a stretch of steps; of the similarities to earlier solutions the largest."""
    edges = np.linspace(0, loss.shape[1], min(POINTS, loss.shape[1]) + 1).astype(int)
    counts = np.diff(edges)

    def smooth(curve: Array) -> Array:
        return np.add.reduceat(curve.astype(np.float64), edges[:-1], axis=1) / counts

    step = (edges[:-1] + edges[1:]) / 2
    return {
        "step": step,
        "loss": smooth(loss),
        "similarity": np.max([smooth(one) for one in np.moveaxis(similarities, 2, 0)], axis=0),
        "accepted": accepted,
        "round": np.array(round_),
    }


def collect(case: Case) -> dict[str, Array]:
    """``ensembles`` by name, and the curves of each under its name; what chains begin with and was not trained here has none."""
    table = case.evidence.networks
    rounds = dict(zip(map(str, table["ensemble"]), map(int, table["round"]), strict=True))
    records = {name: read_ensemble(file).training for name, file in case.of_part("own", "networks").items()}
    trained = {name: record for name, record in records.items() if record is not None}
    data = {"title": np.array(case.evidence.title), "ensembles": np.array(list(trained))}
    for name, record in trained.items():
        part = curves(record.loss, record.penalty, record.accepted, rounds[name])
        data |= {f"{name}/{key}": array for key, array in part.items()}
    return data
