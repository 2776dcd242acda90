"""Networks of others that were trained on charted tasks, judged here: the authors', or one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.charting.compared_graphs import ComparedGraph, compare_graph
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.task import Task

_REMEDY = "mend charting.compare (docs/charting.md says what such a file holds), or leave it empty"
_CELLS = {"vanilla": "rnn", "rnn": "rnn", "gru": "gru", "lstm": "lstm"}


def compared_networks(
    file: Path, tasks: dict[str, Task[Any]], engine: Engine, reduced: ReducedSettings | None = None
) -> dict[str, Array]:
    """How each network of ``file`` does on all trials of its task as trained, without noise: mean squared error over all steps, share of
    trials that are right, and largest error of the onset in ms (0 of tasks without onsets, NaN where the output never begins).

    The file has groups ``<task>/<cell>/<network>/weights`` whose datasets are a PyTorch state dict of ``nn.RNN`` (cell ``vanilla``), ``nn.GRU`` or
    ``nn.LSTM`` with a linear readout; tasks that are not among ``tasks`` are left out. Where a network has a reduced graph beside, ``<network>/graph``, ours is
    compared with it (``compared_graphs.py``). Raises ``AtlasError`` for a file that cannot be read,
    has no network of these tasks, or networks that do not fit.
    """
    names: list[str] = []
    rows: list[tuple[float, float, float]] = []
    graphs: list[tuple[int, ComparedGraph]] = []
    try:
        with h5py.File(file) as stored:
            for name, task in tasks.items():
                for cell, networks in _groups(stored, name):
                    for network, group in _groups(networks):
                        where = f"{name}/{cell}/{network}"
                        own = _network(file, where, cell, group, task)
                        rows.append(_judged(own, task, engine))
                        beside = compare_graph(file, where, group, own, task, reduced or ReducedSettings())
                        graphs += [(len(names), beside)] if beside else []
                        names.append(where)
    except OSError as error:
        raise AtlasError(file, None, f"an HDF5 file is expected: {error}", _REMEDY) from None
    if not rows:
        raise AtlasError(file, None, f"networks of one of {', '.join(tasks)} are expected, found none", _REMEDY)
    error, right, late = np.array(rows).T
    found = {"network": np.array(names), "error": error, "right": right, "onset_error": late}
    columns = {"same": bool, "ours": str, "theirs": str}
    found["graph/network"] = np.array([number for number, _ in graphs], dtype=int)
    found |= {
        f"graph/{k}": np.array([getattr(graph, k) for _, graph in graphs], dtype=kind) for k, kind in columns.items()
    }
    return found


def _groups(group: h5py.Group, name: str = "") -> list[tuple[str, h5py.Group]]:
    """The groups within ``group``, or within that of this name; none where it is none."""
    inside = group.get(name) if name else group
    found = inside.items() if isinstance(inside, h5py.Group) else ()
    return [(str(key), each) for key, each in found if isinstance(each, h5py.Group)]


def _network(file: Path, where: str, cell: str, group: Any, task: Task[Any]) -> Ensemble:
    if cell not in _CELLS or "weights" not in group:
        raise AtlasError(file, where, f"a cell among {', '.join(_CELLS)} and its weights are expected", _REMEDY)
    try:
        network = Ensemble.from_torch({key: array[:] for key, array in group["weights"].items()}, _CELLS[cell])
    except AtlasError as error:
        raise AtlasError(file, f"{where}/{error.key or 'weights'}", error.expected, _REMEDY) from None
    if network.axes | task.axes != network.axes:
        raise AtlasError(file, where, f"{task.axes['input']} inputs and {task.axes['output']} outputs are expected, found {network.inputs} and {network.outputs}", _REMEDY)  # fmt: skip
    return network


def _judged(network: Ensemble, task: Task[Any], engine: Engine) -> tuple[float, float, float]:
    trials = task.complete()
    assert trials is not None  # of what is charted, as the plan has checked
    outputs = engine.outputs(network.parameters, network.cell, trials.inputs[None], None)
    found = task.score(outputs, trials)
    late = np.abs(found["onset_error"]).max() if "onset_error" in found else 0.0
    return float(np.mean((outputs - trials.targets) ** 2)), float(task.performance(outputs, trials)[0]), float(late)
