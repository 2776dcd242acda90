"""Claims on types: a handful, told from activity, by cell; where they are built in, and where they are not."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.charting_schemas import FEATURES, REDUCED
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.prediction import predict_types
from rnnatlas.claims.type_claims import judge
from rnnatlas.evidence.case import Case
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.networks.files import write_ensemble
from rnnatlas.networks.initial_weights import initialise


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer splits, draws and trees: what is told apart here is told by any number."""
    monkeypatch.setattr("rnnatlas.claims.type_claims.predict_types", partial(predict_types, splits=4))
    for name, few in (("DRAWS", 20), ("TREES", 5)):
        monkeypatch.setattr(f"rnnatlas.charting.prediction.{name}", few)


KINDS = ("networks", "reduced", "features")


def population(
    folder: Path, name: str, keys: list[str], feature: np.ndarray, cell: str = "rate", coarse: list[str] | None = None
) -> list[str]:
    """A population whose networks are of these types and have one feature beside noise."""
    size, none = len(keys), np.zeros(0, int)
    fresh = initialise(list(range(size)), 3, 2, 1, 1.0, Cell(1.0, 0.0, cell), ("x",))  # type: ignore[arg-type]
    curve = np.zeros((size, 2))
    record = TrainingRecord(
        curve, curve[..., None], curve, curve[:, 0], np.ones(size, bool), np.ones(size, int), -np.ones(size, int)
    )
    files = [folder / f"{name}_{kind}.h5" for kind in KINDS]
    write_ensemble(files[0], Ensemble(fresh.parameters, fresh.cell, record), {"population": {"repeats": ""}}, "test")
    graphs = {f"edge/{each}": none for each in ("member", "source", "target", "kind")}
    graphs |= {"node/member": none, "node/root": none.astype(bool), "node/output": np.zeros((0, 1), int)}
    graphs |= {f"network/{level}": np.array(keys) for level in ("exact", "authors")} | {
        "network/coarse": np.array(coarse or keys)
    }
    graphs |= {"network/reason": np.full(size, ""), "network/stability": np.full(size, 0.9)}
    write_artifact(files[1], REDUCED, graphs, {}, "test", {"kinds": "time, set"})
    noise = np.random.default_rng(len(name)).normal(size=size)
    write_artifact(files[2], FEATURES, {"feature/one": feature, "feature/noise": noise}, {}, "test")
    return [str(file) for file in files]


def judged(files: dict[str, list[str]], task: str = "interval_reproduction") -> dict[str, object]:
    items = [["charted", f"standard/{name}", kind] for name in files for kind in KINDS]
    cfg = {"seed": 0, "declared": {"charted": list(KINDS)}}
    found = judge(Case.of(task, items, [file for each in files.values() for file in each], cfg))
    return {one.claim.key: one for one in found}


def number(keys: list[str]) -> np.ndarray:
    return np.array([float(ord(key)) for key in keys])


def test_a_handful_of_types_and_the_rest(tmp_path: Path) -> None:
    few, many = list("aaaabbbccd" * 12), [str(k) for k in range(120)]
    found = judged({"v": population(tmp_path, "v", few, number(few))})["R3"]
    assert found.value == 1.0 and found.verdict == "holds" and found.detail["types"] == 4.0  # type: ignore[attr-defined]
    scattered = judged({"w": population(tmp_path, "w", many, np.zeros(120))})
    assert scattered["R3"].verdict == "fails" and scattered["R4"].verdict == "undecided"  # type: ignore[attr-defined]
    small = judged({"x": population(tmp_path, "x", few[:40], number(few[:40]))})["R3"]
    assert small.verdict == "too small"  # type: ignore[attr-defined]


def test_types_are_told_from_a_feature_that_tells_them_and_from_no_other(tmp_path: Path) -> None:
    keys = list("aabbc" * 24)
    coarse = ["s" if key in "ab" else "t" for key in keys]  # a and b are one up to the response
    told = judged({"v": population(tmp_path, "v", keys, number(keys), coarse=coarse)})
    assert told["R4"].verdict == "holds" and told["R4"].detail["kappa"] > 0.9  # type: ignore[attr-defined]
    chance = judged({"w": population(tmp_path, "w", keys, np.random.default_rng(1).normal(size=120))})
    assert chance["R4"].verdict == "fails" and abs(chance["R4"].detail["kappa"]) < 0.3  # type: ignore[attr-defined]
    # A feature that does not tell a from b, and c from both.
    mixed = np.array([0.0 if key in "ab" else 1.0 for key in keys])
    alike = judged({"y": population(tmp_path, "y", keys, mixed, coarse=coarse)})
    assert alike["R7"].value > 0.2 and alike["R7"].verdict == "holds"  # type: ignore[attr-defined]


def test_cells_bias_types_where_they_do(tmp_path: Path) -> None:
    vanilla, gru, same = list("aaab" * 15), list("aabc" * 15), list("ab" * 30)
    biased = judged(
        {
            "v": population(tmp_path, "v", vanilla, number(vanilla)),
            "g": population(tmp_path, "g", gru, number(gru), "gru"),
        }
    )["R5"]
    assert biased.verdict == "holds" and biased.detail["largest share in GRU of a type that vanilla lacks"] == 0.25  # type: ignore[attr-defined]
    alike = judged(
        {"w": population(tmp_path, "w", same, number(same)), "h": population(tmp_path, "h", same, number(same), "gru")}
    )["R5"]
    assert alike.verdict == "fails"  # type: ignore[attr-defined]
    apart = judged(
        {
            "x": population(tmp_path, "x", ["a"] * 30, np.zeros(30)),
            "i": population(tmp_path, "i", ["c"] * 30, np.zeros(30), "gru"),
        }
    )["R5"]
    assert apart.verdict == "fails" and apart.p == 0.001  # no type is common to both  # type: ignore[attr-defined]
