"""What a task's trials or a file's content tell of a study, before any job starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rnnatlas.config.defaults import DEFAULT
from rnnatlas.config.load import load_study, merged
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.files import write_ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.plan.conditions import check_study
from rnnatlas.tasks.registry import get_task

Values = dict[str, Any]


def of_task(**part: Any) -> Values:
    return {"tasks": ["flip_flop"], "task": {"flip_flop": part}}


IMPOSSIBLE: dict[str, tuple[Values, str, str]] = {
    "no null space": (of_task(network={"units": 2}), "task.flip_flop.network.units", "more units than the 3 outputs"),
    "no null space in a population": (
        of_task() | {"populations": ["g1", "g0.5"], "population": {"g1": {"units": 3}}},
        "population.g1.units",
        "found 3",
    ),
    "a trial shorter than the delays": (
        of_task(trial={"duration": 160.0}),
        "analysis.similarity.delays",
        "trials of 8 to 8 steps",
    ),
    "a rank above the coordinates": (
        of_task() | {"analysis": {"similarity": {"delays": 1, "rank": 500}}},
        "analysis.similarity.rank",
        "units × n_delays = 64",
    ),
    "a stride longer than a trial": (
        of_task(deflation={"stride": 101}),
        "task.flip_flop.deflation.stride",
        "100 steps",
    ),
    "a load with nothing to judge": (of_task(hard={"load": [1.0, 0.01]}), "task.flip_flop.hard.load.1", "judged"),
    "trials with nothing to judge": (
        of_task(trial={"settle": 4000.0, "bits": 2}),
        "task.flip_flop.trial",
        "bits, settle",
    ),
    "more folds than trials": (
        of_task() | {"analysis": {"trials": 8, "hidden": {"folds": 9}, "similarity": {"dsa_trials": 8}}},
        "analysis.hidden.folds",
        "at most 8",
    ),
    "a bin longer than a trial": (
        of_task() | {"analysis": {"decoding": {"bin": 3000.0}}},
        "analysis.decoding.bin",
        "longer than the epoch",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_an_impossible_study_is_told_so(name: str) -> None:
    values, key, words = IMPOSSIBLE[name]
    with pytest.raises(AtlasError) as caught:
        check_study(load_study(values, "my_study.yaml"), "my_study.yaml")
    text = str(caught.value)
    assert text.startswith(f"my_study.yaml › {key}: ") and words in text, text


@pytest.mark.parametrize("task", DEFAULT["tasks"])
@pytest.mark.parametrize("changes", [{}, {"controls": {"run": True}}])
def test_the_default_study_can_be_done(task: str, changes: Values) -> None:
    check_study(load_study({"tasks": [task]} | changes), "study")


@pytest.mark.parametrize("dt", [1.0, 5.0, 10.0])
def test_a_study_at_a_finer_step_can_be_done(dt: float) -> None:
    check_study(load_study({"task": {task: {"trial": {"dt": dt}} for task in DEFAULT["tasks"]}}), "study")


def recording(path: Path, **changes: Any) -> Values:
    """A study with a recording of the flip-flop."""
    trials = get_task("flip_flop").trials(6, seed=0)
    data = {
        "rates": np.random.default_rng(0).poisson(1.0, (12, trials.times, 5)),
        "inputs": np.repeat(trials.inputs, 2, 0),
    }
    data |= {"conditions/number": np.repeat(np.arange(6), 2)} | changes
    with h5py.File(path, "w") as file:
        for key, array in data.items():
            file[key] = array
    return of_task() | {"recording": {"mine": {"task": "flip_flop", "file": str(path)}}}


def test_a_recording_is_read_before_anything_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "mit Leerzeichen ü.h5"
    check_study(load_study(recording(path)), "study")
    for changes in ({"inputs": np.zeros((12, 100, 2))}, {"conditions/number": np.arange(12)}):
        with pytest.raises(AtlasError, match=r"Leerzeichen ü\.h5 › "):
            check_study(load_study(recording(path, **changes)), "study")
    values = merged(recording(path), {"analysis": {"similarity": {"delays": 100}, "trials": 1000}})
    with pytest.raises(AtlasError):
        check_study(load_study(values), "study")
    path.unlink()
    with pytest.raises(AtlasError, match="this file is missing"):
        check_study(load_study(of_task() | {"recording": {"mine": {"task": "flip_flop", "file": str(path)}}}), "study")


def test_networks_of_ones_own_are_read_before_anything_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "meine netze" / "ü.h5"
    path.parent.mkdir()
    values = of_task() | {"chains": ["mine"], "chain": {"mine": {"reference": str(path), "chains": 2}}}
    with pytest.raises(AtlasError, match=r"ü\.h5"):
        check_study(load_study(values), "study")
    for units, members, inputs, words in ((3, 2, 3, "more units than the 3"), (8, 1, 3, "each of 2 chains"), (8, 2, 2, "3 inputs")):  # fmt: skip
        write_ensemble(path, initialise(list(range(members)), units, inputs, 3, 1.0, Cell(0.2), (0,)), {}, "test")
        with pytest.raises(AtlasError, match=words):
            check_study(load_study(values), "study")
    write_ensemble(path, initialise([0, 1], 8, 3, 3, 1.0, Cell(0.2), (0,)), {}, "test")
    check_study(load_study(values), "study")
