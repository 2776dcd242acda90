"""Claim T5: attempts are counted, and the cell that learns least decides."""

from pathlib import Path

import numpy as np
import pytest

from rnnatlas.claims.population_claims import judge
from rnnatlas.evidence.case import Case
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.networks.files import write_ensemble
from rnnatlas.networks.initial_weights import initialise


def networks(kind: str, accepted: list[bool], attempts: list[int]) -> Ensemble:
    fresh = initialise(list(range(len(accepted))), 4, 2, 1, 1.0, Cell(1.0, 0.0, kind), ("x",))
    curve = np.zeros((len(accepted), 3))
    record = TrainingRecord(curve, curve[..., None], curve, curve[:, 0], np.array(accepted), np.array(attempts), -np.ones(len(accepted), int))  # fmt: skip
    return Ensemble(fresh.parameters, fresh.cell, record)


def test_the_share_of_attempts_is_that_of_the_cell_where_it_is_lowest(tmp_path: Path) -> None:
    populations = {
        "vanilla_4": networks("rate", [True] * 4, [1, 1, 1, 2]),
        "vanilla_5": networks("rate", [True, False, True], [1, 3, 1]),
        "gru_4": networks("gru", [True] * 10, [1] * 10),
        "vanilla_5_again": networks("rate", [False] * 3, [3] * 3),
    }
    files = []
    for name, ensemble in populations.items():
        files.append(str(tmp_path / f"{name}.h5"))
        write_ensemble(files[-1], ensemble, {"population": {"repeats": "vanilla_5" if "again" in name else ""}}, "test")
    items = [["charted", f"standard/{name}", "networks"] for name in populations]
    (found,) = judge(Case.of("interval_reproduction", items, files, {"seed": 0, "declared": {"charted": ["networks"]}}))
    assert found.value == pytest.approx(6 / 10) and found.low < 0.6 < found.high < 0.9 and found.verdict == "fails"
    assert (found.count, found.accepted) == (17, 16)
    assert found.detail == pytest.approx({"cell rate": 0.6, "cell gru": 1.0, "vanilla_4": 0.8, "vanilla_5": 0.4, "gru_4": 1.0})  # fmt: skip


def test_without_populations_nothing_is_judged() -> None:
    assert judge(Case.of("flip_flop", [], [], {"seed": 0, "declared": {"charted": ["networks"]}})) == []
