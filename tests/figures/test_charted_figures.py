"""Figures of charted populations: what is collected of trained networks, and that it is drawn."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION, FEATURES, REDUCED
from rnnatlas.artifacts.figure_schema import FIGURE
from rnnatlas.artifacts.store import Artifact, read_artifact, write_artifact
from rnnatlas.charting.extrapolation import extrapolation
from rnnatlas.charting.features import features
from rnnatlas.charting.reduced.reduce import branching_of
from rnnatlas.charting.reduced.table import reduced_table
from rnnatlas.config.reduced import ReducedSettings
from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.evidence.case import Case
from rnnatlas.figures import (
    architectures,
    architectures_data,
    charted_tasks,
    charted_tasks_data,
    extrapolation_data,
    types,
    types_data,
)
from rnnatlas.figures import extrapolation as extrapolation_figure
from rnnatlas.networks.files import write_ensemble
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks

KINDS = ("networks", "extrapolation", "reduced", "features")
TASKS = ("delayed_discrimination", "interval_discrimination", "interval_reproduction")
TRIAL: dict[str, dict[str, Any]] = {
    "delayed_discrimination": {"beyond": [0.0, 12.0], "beyond_delays": [100.0, 480.0, 700.0]},
    "interval_discrimination": {"beyond": [100.0, 900.0]},
    "interval_reproduction": {"beyond": [200.0, 1400.0]},
}
SETTINGS = TrainingSettings(trials="complete", epochs=2, batch=16, optimiser="adam", learning_rate=1e-3, acceptance=0.0, acceptance_trials=8)  # fmt: skip


def case(task: str, folder: Path, accepted: bool = True, populations: int = 2) -> Case:
    own = get_task(task, **TRIAL[task])
    items, files = [], []
    for name, units, cell in (("vanilla_8", 8, "rate"), ("vanilla_10", 10, "rate"), ("gru_6", 6, "gru"))[:populations]:
        members = [Member((0, name), k) for k in range(2)]
        network = NetworkSettings(cell=cell, units=units, tau=20.0, noise=0.0, weights="uniform")
        engine = NativeEngine()
        networks = fit(fresh_networks(own, network, 1.0, members), own, SETTINGS, TrainingRun(members, engine))
        assert networks.training is not None
        networks.training.accepted[:] = accepted
        kinds = ", ".join(("time", *branching_of(own).names))
        for kind in KINDS:
            file = folder / f"{task}_{name}_{kind}.h5"
            if kind == "networks":
                write_ensemble(file, networks, {}, "test")
            elif kind == "extrapolation":
                write_artifact(file, EXTRAPOLATION, extrapolation(networks, own, engine), {}, "test")
            elif kind == "reduced":
                graphs = reduced_table(networks, own, ReducedSettings(orders=0))
                write_artifact(file, REDUCED, graphs, {}, "test", {"kinds": kinds})
            else:
                felt = {f"feature/{key}": each for key, each in features(networks, own).items()}
                write_artifact(file, FEATURES, felt, {}, "test")
            items.append(["charted", f"standard/{name}", kind])
            files.append(str(file))
    cfg = {"seed": 0, "declared": {"charted": list(KINDS)}, "engine": "native", "trial": TRIAL[task]}
    return Case.of(task, items, files, cfg)


def drawn(module: Any, collect: Any, cases: list[Case], folder: Path) -> list[Artifact]:
    parts = []
    for one in cases:
        file = folder / f"{one.task}_{module.__name__}.h5"
        write_artifact(file, FIGURE, collect(one), {}, "test")
        parts.append(read_artifact(file, FIGURE))
    picture = folder / f"{module.__name__}.png"
    module.draw(parts, [picture])
    assert picture.stat().st_size > 20_000
    return parts


def test_the_charted_tasks_are_drawn(tmp_path: Path) -> None:
    parts = drawn(charted_tasks, charted_tasks_data.collect, [case(task, tmp_path) for task in TASKS], tmp_path)
    for task, part in zip(TASKS, parts, strict=True):
        every = get_task(task).complete()
        assert every is not None and part.data["map/answer"].shape == (every.count,)
        assert set(np.unique(part.data["map/answer"])) == ({1.0} if task == "interval_reproduction" else {-1.0, 1.0})
        assert ("map/outputs" in part.data) == (task == "interval_reproduction")


@pytest.mark.parametrize("accepted", [True, False])
def test_networks_beyond_their_training_are_drawn(tmp_path: Path, accepted: bool) -> None:
    cases = [case(task, tmp_path, accepted) for task in TASKS]
    parts = drawn(extrapolation_figure, extrapolation_data.collect, cases, tmp_path)
    for part in parts:
        data = part.data
        assert (int(data["shown"]), int(data["networks"]), int(data["accepted"])) == (2, 4, 4 * accepted)
        assert str(data["network 0/name"]) != str(data["network 1/name"])
        for k in range(2):
            components = data[f"network {k}/components"].reshape(-1, 2)
            assert 0.0 < data[f"network {k}/share"].sum() <= 1.0 + 1e-6
            np.testing.assert_allclose(components.mean(0), 0.0, atol=1e-5)
            assert components.var(0)[0] >= components.var(0)[1]
        inside = {key for key in data if key.startswith("network 0/inside/")}
        assert len(inside) == len([key for key in data if key.startswith("network 0/map/condition/")])


def test_the_two_that_differ_most_are_shown() -> None:
    answers = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, -3.0], [0.1, 0.1]])  # beyond ±1 a response is one
    assert extrapolation_data.furthest(answers) == (2, 3)
    assert extrapolation_data.furthest(np.zeros((1, 5))) == (0, 0)
    assert extrapolation_data.furthest(np.array([[np.nan, 0.0], [0.0, 1.0]])) == (0, 1)


def test_types_are_drawn_with_an_example_of_each(tmp_path: Path) -> None:
    parts = drawn(types, types_data.collect, [case(task, tmp_path) for task in TASKS], tmp_path)
    for part in parts:
        data = part.data
        assert data["count"].sum() + data["other"] == data["networks"] == 4 and list(data["count"]) == sorted(
            data["count"], reverse=True
        )
        shown = range(int(data["shown"]))
        assert [str(data[f"type {k}/graph/key"]) for k in shown] == [str(key) for key in data["types"][: len(shown)]]


@pytest.mark.parametrize("populations", [2, 3])
def test_architectures_are_drawn(tmp_path: Path, populations: int) -> None:
    tasks = TASKS[2:] if populations == 3 else TASKS
    parts = drawn(
        architectures,
        architectures_data.collect,
        [case(task, tmp_path, populations=populations) for task in tasks],
        tmp_path,
    )
    for part in parts:
        assert part.data["share"].shape == (populations - 1, len(part.data["types"]))
        assert np.all(part.data["share"].sum(1) <= 1.0 + 1e-9) and part.data["networks"].sum() == 2 * populations
        assert [str(cell) for cell in part.data["cells"]] == ["rate", "gru"][: populations - 1]
