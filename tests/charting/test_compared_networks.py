"""Networks of others: the authors' own where they are at hand, and files that cannot be judged."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rnnatlas.artifacts.charting_schemas import COMPARED_NETWORKS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.compared import compared_networks
from rnnatlas.claims.compared_claims import judge
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.evidence.case import Case
from rnnatlas.tasks.registry import get_task

TASKS = {
    name: get_task(name) for name in ("delayed_discrimination", "interval_discrimination", "interval_reproduction")
}
COUNTS = {"delayed_discrimination": 8, "interval_discrimination": 8, "interval_reproduction": 25}


def case(table: dict[str, np.ndarray], folder: Path) -> Case:
    file = folder / "compared_networks.h5"
    write_artifact(file, COMPARED_NETWORKS, table, {}, "test")
    cfg = {"seed": 0, "declared": {"study": ["compared_networks", "compared_features"]}}
    return Case.of("flip_flop", [["study", "", "compared_networks"]], [str(file)], cfg)


def test_the_authors_networks_solve_their_tasks(shared: Path, tmp_path: Path) -> None:
    file = shared / "reference" / "turner2021_networks.h5"
    found = compared_networks(file, TASKS, NativeEngine())
    results = judge(case(found, tmp_path))
    for key in ("T4", "R1"):
        assert {one.task: one.count for one in results if one.claim.key == key} == COUNTS
    assert all(one.value >= 1.0 and one.verdict == "holds" for one in results)


def test_networks_that_fail_are_counted(tmp_path: Path) -> None:
    names = np.array([f"interval_reproduction/gru/{k}" for k in range(5)])
    table = {
        "network": names,
        "error": np.array([1e-4, 3e-4, 1e-4, 1e-4, 1e-4]),
        "right": np.array([1, 1, 0.9, 1, 1.0]),
    }
    none: dict[str, np.ndarray] = {"network": np.zeros(0, int), "same": np.zeros(0, bool)}
    none |= {"ours": np.zeros(0, "U1"), "theirs": np.zeros(0, "U1")}
    table |= {"onset_error": np.array([0, 0, 0, 20.0, np.nan])} | {f"graph/{key}": each for key, each in none.items()}
    (found,) = judge(case(table, tmp_path))
    assert (found.value, found.accepted, found.count) == (0.2, 1, 5) and found.verdict == "fails"


def test_without_a_file_nothing_is_judged() -> None:
    assert (
        judge(
            Case.of("flip_flop", [], [], {"seed": 0, "declared": {"study": ["compared_networks", "compared_features"]}})
        )
        == []
    )


def state(units: int, inputs: int, gates: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = {
        "weight_ih_l0": (gates * units, inputs),
        "weight_hh_l0": (gates * units, units),
        "bias_ih_l0": (gates * units,),
    }
    shapes |= {"bias_hh_l0": (gates * units,), "weight": (1, units), "bias": (1,)}
    return {("rnn." if "l0" in key else "linear.") + key: rng.normal(size=shape) for key, shape in shapes.items()}


def stored(folder: Path, path: str, weights: dict[str, Any]) -> Path:
    file = folder / "others.h5"
    with h5py.File(file, "w") as opened:
        group = opened.create_group(path)
        for key, array in weights.items():
            group[key] = array
    return file


@pytest.mark.parametrize(
    ("make", "where", "said"),
    [
        (lambda folder: folder / "absent.h5", "", "HDF5 file is expected"),
        (lambda folder: stored(folder, "flip_flop/gru/a/weights", {}), "", "found none"),
        (lambda folder: stored(folder, "interval_reproduction/liquid/a/weights", {}), "liquid/a", "a cell among"),
        (lambda folder: stored(folder, "interval_reproduction/gru/a/other", {}), "gru/a", "its weights"),
        (lambda folder: stored(folder, "interval_reproduction/vanilla/a/weights", state(4, 3)), "vanilla/a", "2 inputs and 1 outputs"),
        (lambda folder: stored(folder, "interval_reproduction/gru/a/weights", state(4, 2)), "gru/a", "expected"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_judged_is_refused_by_name(
    make: Callable[[Path], Path], where: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(AtlasError, match=said) as caught:
        compared_networks(make(tmp_path), TASKS, NativeEngine())
    assert caught.value.file and where in str(caught.value.key or "") and "charting.compare" in caught.value.remedy


def test_a_network_that_fits_is_judged(tmp_path: Path) -> None:
    found = compared_networks(
        stored(tmp_path, "interval_reproduction/gru/a/weights", state(4, 2, 3)), TASKS, NativeEngine()
    )
    assert list(found["network"]) == ["interval_reproduction/gru/a"] and np.isfinite(found["error"]).all()
