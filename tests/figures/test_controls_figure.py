"""The figure of controls, from artifacts made by hand."""

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.class_claims import A7
from rnnatlas.claims.measure_claims import KEPT, REACHED
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures.controls import draw
from rnnatlas.figures.controls_data import controls_data

OWN, FIRST = ("standard/g0.5", "standard/g1.0"), "alternatives/insd_alt1"
GROUPS = {"standard/matched": 0, "standard/norm_matched": 0, **{f"alternatives/{n}_alt1": 1 for n in ("sham", "unprojected", "reverse", "cka")}}  # fmt: skip
LEVELS = {"load": np.array([1.0]), "private_noise": np.array([1.0, 2.0, 4.0]), "input_noise": np.array([1.0])}
# Accuracy at each level of private noise, and the spot on a line that DSA distances are taken from.
HARD = {OWN[0]: (0.98, 0.9, 0.6), OWN[1]: (0.98, 0.9, 0.6), FIRST: (0.97, 0.96, 0.9)}
SPOT = {OWN[0]: 0.0, OWN[1]: 0.0, FIRST: 10.0, "standard/matched": 1.0}


def evidence(names: dict[str, int], members: int = 3) -> Evidence:
    """Flip-flop: alternatives without stable states; alt-1's second chain gains a stable point at dt/2 and is not competent."""
    places = [(name, k) for name in names for k in range(members)]
    round_ = np.repeat(list(names.values()), members)
    spot = np.array([SPOT.get(name, 3.0) + 0.5 * k for name, k in places])
    sets = [name.split("/")[1].removesuffix("_alt1") if r else "-" for (name, _), r in zip(places, round_, strict=True)]
    size = len(places)
    networks = {
        "ensemble": np.array([name for name, _ in places]),
        "member": np.array([k for _, k in places]),
        "chains": np.array(sets),
        "round": round_,
        "reference": np.where(round_ > 0, 0, -1),
        "accepted": np.ones(size, bool),
        "performance": np.array([0.2 if place == (FIRST, 1) else 0.97 for place in places]),
        "null": np.tile(np.arange(size) / 100.0, (size, 1)).T,
    }
    grids, finer, points, sets_, cubes = {}, {}, {}, {}, {}
    for name, number in names.items():
        rates = np.array(HARD.get(name, (0.97, 0.7, 0.6)))
        score = (np.arange(100)[None, :] < 100 * rates[:, None]).astype(np.float32)[:, None]
        grids[name] = LEVELS | {"score/0": np.stack([score] * members)}
        stable = np.full((members, 1, 3), 0 if number else 8)
        if name == FIRST:
            stable[1, 0, 1:] = 1
        finer[name] = {"factor": np.array([1, 2, 4]), "stable": stable, "noisy": np.full((members, 3), 0.9), "clean": np.full((members, 3), 0.95)}  # fmt: skip
        count = 0 if number else members
        points[name] = {
            "member": np.arange(count), "input": np.zeros(count, int), "stable": np.ones(count, bool),
            "fixed": np.ones(count, bool), "counted": np.ones(count, bool), "output": np.ones((count, 3)),
        }  # fmt: skip
        kind = "limit cycle" if number else "fixed point"
        sets_[name] = {"set/member": np.arange(members), "set/input": np.zeros(members, int), "set/kind": np.array([kind] * members)}  # fmt: skip
        cubes[name] = {"cube/branches": np.ones(members)}
    tables = {
        "similarity": networks,
        "embedding": {"distance": np.abs(spot[:, None] - spot)},
        "fixed_points": points,
        "generalisation": grids,
        "limit_sets": sets_,
        "attractors": cubes,
        "finer_steps": finer,
        "networks": {name: training(name, members) for name in names},
    }
    return Evidence("flip_flop", networks, tables)


def training(name: str, members: int) -> dict[str, np.ndarray]:
    """Curves that end at 0.01 for alt-1, 0.02 for the first of the controls, and so on; of the penalty at twice that."""
    order = [FIRST, *GROUPS]
    k = order.index(name) if name in order else len(order)
    curve = np.full((members, 200), 0.1 + k, np.float32)
    curve[:, -100:] = 0.01 * (k + 1)
    return {
        "training/loss": curve,
        "training/penalty": 2 * curve[..., None],
        "training/accepted": np.ones(members, bool),
    }


@pytest.fixture
def both() -> tuple[Evidence, Evidence]:
    """The study's evidence, and that of its controls."""
    return evidence(dict.fromkeys(OWN, 0) | {FIRST: 1}), evidence(dict.fromkeys(OWN, 0) | GROUPS)


def drawn(data, folder) -> str:
    draw([Artifact(data)], [folder / "c.svg"])
    return (folder / "c.svg").read_text()


def test_stable_points_gained_at_finer_steps(both) -> None:
    data = controls_data(both[0])
    assert data["finer/gains"].tolist() == [False] * 7 + [True, False]
    assert data["finer/competent"].tolist() == [True] * 7 + [False, True]
    assert not any(key.startswith(("M2", "standard", "groups")) for key in data)
    assert [data[f"threshold/{name}"] for name in ("distinct", "reached", "kept")] == [A7.threshold, REACHED, KEPT]


def test_controls_stand_beside_alternatives_and_standards(both) -> None:
    data = controls_data(*both)
    assert data["groups"].tolist() == ["standard", "alt-1", "matched", "norm_matched", "sham"]
    assert data["standard/meets"].tolist() == [False] * 6 and data["alt-1/meets"].all() and data["sham/meets"].all()
    assert not data["matched/meets"].any()
    assert data["alt-1/competent"].tolist() == [True, False, True]
    # spots 0, 0.5, 1 in either population: median within 0.5; alt-1 at 10, 10.5, 11; matched at 1, 1.5, 2
    assert data["alt-1/distance"] == pytest.approx([19.0, 20.0, 21.0])
    assert data["matched/distance"] == pytest.approx([1.0, 2.0, 3.0])
    assert data["standard/distance"][1] == pytest.approx(1.0)  # of 0, 0.5 (4 times), from itself left out
    assert str(data["hard/kind"]) == "private noise"
    # matched standards, 0.7 at twice the noise: (0.7 − 0.5) is below three quarters of (0.97 − 0.5)
    assert float(data["hard/level"]) == 2.0
    assert data["alt-1/hard"] == pytest.approx(np.full(3, 0.96)) and data["matched/hard"] == pytest.approx([0.7] * 3)


def test_wrong_measures_and_the_projection(both) -> None:
    own, controls = both
    data = controls_data(own, controls)
    assert data["M2/insd/penalty"] == pytest.approx([0.02] * 3)
    for name in ("reverse", "cka"):
        rows = np.flatnonzero(controls.networks["chains"] == name)
        assert data[f"M2/{name}/kept"] == pytest.approx(rows / 100.0)
    assert data["M3/insd"] == pytest.approx([0.01] * 3) and data["M3/unprojected"] == pytest.approx([0.05] * 3)


def test_the_figure_with_and_without_controls(both, tmp_path) -> None:
    own, controls = both
    text = drawn(controls_data(own, controls), tmp_path)
    for words in (
        "controls: (a) norm",
        "(b) steps",
        "(c) sham",
        "M2, Flip-flop",
        "3 chains: too few",
        "1/3",
        "private noise × 2",
    ):
        assert words in text
    assert "not trained" not in text
    text = drawn(controls_data(own), tmp_path)
    assert "not trained (make controls)" in text and "(a) activity norm" not in text and "without private noise" in text
