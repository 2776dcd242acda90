"""T1-T3 and T6 on tables made by hand to pass and to fail."""

from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.charting_schemas import TWO_NEURON
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.charting.two_neuron.chart import chart
from rnnatlas.charting.two_neuron.outcome import STUCK
from rnnatlas.charting.two_neuron.problem import Problem
from rnnatlas.claims.two_neuron_claims import authors, beginnings, islands, judge, solutions
from rnnatlas.config.charting import TwoNeuronSettings
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.stored import Table


def made(count: int = 1200) -> dict[str, np.ndarray]:
    """Solutions on a plane, of three classes; beginnings that tell nearly all."""
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(count, 4)) * np.array([3.0, 1.0, 0.1, 0.1])
    solved = np.arange(count) % 5 > 0
    kind = np.where(solved, np.arange(count) % 3, STUCK)
    guess = np.where(rng.random(count) < 0.9, kind, 0)
    pairs = np.arange(60) < 30
    return {
        "weights": flat.reshape(-1, 2, 2), "solved": solved, "class": kind, "class_by_eigenvalues": kind, "basin": kind,
        "predicted_class": guess, "predicted_basin": guess, "plane/share": np.linspace(0.5, 0.9, 11),
        "pairs/same": pairs, "pairs/connected": pairs & (np.arange(60) != 3),
    }  # fmt: skip


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_t2_holds_and_each_of_its_bounds_can_fail_it() -> None:
    table = made()
    found = solutions(table, rng())
    assert found.verdict == "holds" and found.detail["solved"] == pytest.approx(0.8) and found.detail["classes"] == 3
    assert found.detail["in the plane of a random triple, median"] == pytest.approx(0.72)
    few = table | {"solved": np.arange(1200) % 2 > 0}
    round_ = table | {"weights": np.random.default_rng(0).normal(size=(1200, 2, 2))}
    two = table | {"class": np.where(table["class"] == 2, 0, table["class"])}
    assert [solutions(one, rng()).verdict for one in (few, round_, two)] == ["fails"] * 3
    assert solutions({name: array[:100] for name, array in table.items()}, rng()).verdict == "too small"


def test_t3_is_the_lower_bound_of_the_lower_kappa() -> None:
    table = made()
    found = beginnings(table, rng())
    assert found.verdict == "holds" and found.value == min(v for name, v in found.detail.items() if "lower" in name)
    chance = table | {"predicted_basin": np.random.default_rng(0).permutation(table["basin"])}
    assert beginnings(chance, rng()).verdict == "fails"


def test_t6_asks_for_paths_within_islands_and_for_none_between() -> None:
    table = made()
    found = islands(table, rng())
    assert found.detail == {"within": pytest.approx(29 / 30), "between": 0.0} and found.verdict == "holds"
    assert islands(table | {"pairs/connected": np.ones(60, bool)}, rng()).verdict == "fails"
    assert islands(table | {"pairs/connected": np.zeros(60, bool)}, rng()).verdict == "fails"
    assert islands(table | {"pairs/same": np.ones(60, bool)}, rng()).verdict == "fails", "no pairs between islands"


def test_t1_compares_with_what_the_authors_found_and_is_silent_without_their_solutions(shared: Path) -> None:
    settings = TwoNeuronSettings(networks=200, steps=60, linear=20, grid=16, starts=4, trees=5, triples=5, pairs=2, solved=0.4, compare=str(shared / "reference" / "turner2021_two_neuron.h5"))  # fmt: skip
    table: Table = chart(settings, 0)
    (found,) = authors(table, Problem(), 1e-4)
    assert found.verdict == "holds" and found.value <= 0.02 and found.count == 5000
    (shifted,) = authors(dict(table) | {"compared/loss": table["compared/loss"] * 1e3}, Problem(), 1e-4)
    assert shifted.verdict == "fails"
    assert authors({name: array for name, array in table.items() if "compared" not in name}, Problem(), 1e-4) == []


def test_the_group_is_judged_once_of_the_study(tmp_path: Path) -> None:
    settings = TwoNeuronSettings(
        networks=200, steps=60, linear=20, grid=16, starts=4, trees=5, triples=5, pairs=2, solved=0.4
    )
    file, told = tmp_path / "two_neuron.h5", {"end": 10.0, "step": 0.1, "largest": 1.5, "solved": 0.4}
    write_artifact(file, TWO_NEURON, chart(settings, 0), {}, "test", told)
    cfg = {"seed": 0, "declared": {"study": ["two_neuron"]}}
    found = judge(Case.of("flip_flop", [["study", "", "two_neuron"]], [str(file)], cfg))
    assert [(one.claim.key, one.task) for one in found] == [(key, "two_neuron") for key in ("T2", "T3", "T6")]
    assert judge(Case.of("memory_pro", [], [], cfg)) == []
