"""Claim T7: the association against SciPy's, classes as defined, and populations with and without one."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats.contingency import association

from rnnatlas.artifacts.charting_schemas import EXTRAPOLATION, REDUCED
from rnnatlas.artifacts.dynamics_schemas import LIMIT_SETS
from rnnatlas.artifacts.store import write_artifact
from rnnatlas.claims.extrapolation_claims import agreement, cramers_v, dynamics, habits, judge, spread
from rnnatlas.evidence.case import Case
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.networks.files import write_ensemble
from rnnatlas.networks.initial_weights import initialise


@pytest.mark.parametrize("seed", range(4))
def test_cramers_v_is_that_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 3, 40), rng.integers(5, 9, 40)
    table = np.array([[np.sum((one == a) & (other == b)) for b in np.unique(other)] for a in np.unique(one)])
    assert cramers_v(one, other) == pytest.approx(association(table, method="cramer"))
    assert cramers_v(one, one) == pytest.approx(1.0) and cramers_v(one, np.zeros(40, int)) == 0.0


def test_what_networks_do_is_told_apart_by_habits_or_by_thirds() -> None:
    chart = {
        "habits/spontaneous": np.array([0.0, 1.0, 1.0, 0.4]),
        "habits/second": np.array([np.nan, 0.0, 0.5, np.nan]),
        "habits/oscillating": np.array([0.0, 0.0, 0.0, 0.9]),
    }
    assert habits(chart).tolist() == [0, 1, 3, 4]
    right = np.zeros((6, 4), dtype=bool)
    for k in range(6):
        right[k, 1 : 1 + k // 2] = True
    assert habits({"right": right, "trained": np.array([True, False, False, False])}).tolist() == [0, 0, 1, 1, 2, 2]


def sets(kinds: list[list[str]]) -> dict[str, np.ndarray]:
    member = np.repeat(np.arange(len(kinds)), [len(each) for each in kinds])
    flat = [kind for each in kinds for kind in each]
    return {"set/member": member, "set/input": np.zeros(len(flat), int), "set/kind": np.array(flat, dtype=str)}


def test_limit_sets_are_counted() -> None:
    table = sets([["fixed point"], [], ["fixed point"] * 5, ["fixed point", "limit cycle"], ["chaos"]])
    assert dynamics(table, 5).tolist() == [1, 0, 3, 5, 4]
    table["set/input"][0] = 1
    assert dynamics(table, 5)[0] == 0


def test_the_variance_between_networks_is_inside_and_outside() -> None:
    answers = np.array([[1.0, 1.0, 5.0], [1.0, -1.0, -5.0]])
    assert spread(answers, np.array([True, True, False])) == (0.5, 1.0)


def population(
    folder: Path,
    spontaneous: np.ndarray,
    kinds: list[list[str]],
    accepted: np.ndarray,
    attempts: np.ndarray,
    repeats: str = "",
) -> list[Path]:
    count = len(spontaneous)
    folder.mkdir()
    fresh = initialise(list(range(count)), 4, 2, 1, 1.0, Cell(1.0), ("x",))
    curve = np.zeros((count, 3))
    record = TrainingRecord(curve, curve[..., None], curve, curve[:, 0], accepted, attempts, -np.ones(count, int))  # fmt: skip
    files = [folder / f"{kind}.h5" for kind in ("networks", "extrapolation", "limit_sets", "reduced")]
    write_ensemble(
        files[0], Ensemble(fresh.parameters, fresh.cell, record), {"population": {"repeats": repeats}}, "test"
    )
    rng = np.random.default_rng(0)
    chart = {
        "conditions/interval": np.arange(4.0), "target": np.ones(4), "trained": np.array([True, True, False, False]),
        "answer": np.concatenate([np.ones((count, 2)), rng.uniform(-1, 1, (count, 2))], axis=1),
        "right": np.ones((count, 4), dtype=bool), "complete": np.zeros(count), "performance": np.ones(count),
        "habits/spontaneous": spontaneous, "habits/second": np.zeros(count), "habits/oscillating": np.zeros(count),
    }  # fmt: skip
    write_artifact(files[1], EXTRAPOLATION, chart, {}, "test")
    own = sets(kinds)
    n, nothing = len(own["set/kind"]), np.zeros((0,))
    own |= {f"set/{name}": np.zeros(n) for name in ("period", "exponent", "error", "share")}
    own |= {"set/state": np.zeros((n, 4)), "set/output": np.zeros((n, 1)), "set/range": np.zeros((n, 1))}
    own |= {"run/member": nothing.astype(int), "run/input": nothing.astype(int), "run/visited": nothing.astype(bool)}
    own |= {"run/held": np.zeros((0, 1)), "run/set": nothing.astype(int), "run/epoch": nothing.astype(int)}
    own |= {f"exponent/{name}": np.zeros((count, 1)) for name in ("before", "before_error", "after", "after_error")}
    write_artifact(files[2], LIMIT_SETS, own, {}, "test")
    write_artifact(files[3], REDUCED, of_types(spontaneous.astype(int).astype(str)), {}, "test")
    return files


def of_types(keys: np.ndarray) -> dict[str, np.ndarray]:
    """A ``reduced`` artifact of networks of these types, without their graphs."""
    none = np.zeros(0, int)
    found = {f"edge/{name}": none for name in ("member", "source", "target", "kind")}
    found |= {"node/member": none, "node/root": none.astype(bool), "node/output": np.zeros((0, 1), int)}
    found |= {f"network/{level}": keys for level in ("exact", "coarse", "authors")}
    return found | {"network/reason": np.full(len(keys), ""), "network/stability": np.full(len(keys), np.nan)}


def case(populations: dict[str, list[Path]]) -> Case:
    kinds = ("networks", "extrapolation", "limit_sets", "reduced")
    items = [["charted", f"standard/{name}", kind] for name in populations for kind in kinds]
    cfg = {"seed": 0, "declared": {"charted": kinds}}
    return Case.of("interval_reproduction", items, [str(file) for files in populations.values() for file in files], cfg)


def made(folder: Path, spontaneous: np.ndarray, kinds: list[list[str]], accepted: np.ndarray) -> Case:
    return case({"vanilla_4": population(folder / "one", spontaneous, kinds, accepted, np.ones(len(accepted), int))})


def test_an_association_is_found_where_there_is_one_among_accepted_networks(tmp_path: Path) -> None:
    spontaneous = np.tile([0.0, 1.0], 15)
    kinds = [["fixed point"] if one else ["limit cycle"] for one in spontaneous]
    kinds[0], accepted = ["fixed point"], np.arange(30) > 0
    (found,) = judge(made(tmp_path, spontaneous, kinds, accepted))
    assert found.detail["Cramér's V"] == pytest.approx(1.0) and found.p == 0.001 and found.verdict == "holds"
    assert found.detail["variance inside"] == 0.0 and found.detail["variance outside"] > 0.1 and found.count == 29


def test_none_is_found_where_there_is_none(tmp_path: Path) -> None:
    spontaneous = np.tile([0.0, 1.0], 15)
    kinds = [["fixed point"] if k % 4 < 2 else ["limit cycle"] for k in range(30)]
    (found,) = judge(made(tmp_path, spontaneous, kinds, np.ones(30, dtype=bool)))
    assert found.p > 0.2 and found.verdict == "fails"


def test_what_sets_populations_apart_is_no_association(tmp_path: Path) -> None:
    """One population has a fixed point and is silent, the other a cycle and is not: V is 1, and nothing is known within either."""
    one = population(tmp_path / "a", np.zeros(15), [["fixed point"]] * 15, np.ones(15, dtype=bool), np.ones(15, int))
    other = population(tmp_path / "b", np.ones(15), [["limit cycle"]] * 15, np.ones(15, dtype=bool), np.ones(15, int))
    (found,) = judge(case({"a": one, "b": other}))
    assert found.detail["Cramér's V"] == pytest.approx(1.0) and found.p == 1.0 and found.verdict == "fails"


def test_without_accepted_networks_nothing_is_judged(tmp_path: Path) -> None:
    assert judge(made(tmp_path, np.zeros(3), [["chaos"], [], []], np.zeros(3, dtype=bool))) == []


def test_pairs_agree_more_than_pairs_dealt_anew() -> None:
    rng = np.random.default_rng(0)
    one = np.tile([0, 1, 2], 10)
    groups = np.repeat([0, 1], 15)
    share, chance, p = agreement(np.stack([one, one], axis=1), groups, rng)
    assert share == 1.0 and chance == pytest.approx(1 / 3, abs=0.02) and p == 0.001
    # Groups that differ, within which nothing agrees: no evidence, although pairs across groups would make it seem so.
    types = np.stack([groups, groups], axis=1)
    assert agreement(types, groups, rng) == (1.0, 1.0, 1.0)
    assert agreement(np.stack([one, (one + 1) % 3], axis=1), groups, rng)[0] == 0.0


@pytest.mark.parametrize("alike", [True, False])
def test_networks_trained_again_are_compared_with_those_that_began_alike(tmp_path: Path, alike: bool) -> None:
    spontaneous, every = np.tile([0.0, 1.0], 15), np.ones(30, dtype=bool)
    kinds = [["fixed point"]] * 30
    first, again = np.ones(30, int), np.ones(30, int)
    again[:2] = 2  # an attempt of its own, from other weights
    accepted = every.copy()
    accepted[2] = False
    other = spontaneous if alike else np.tile([0.0, 0.0, 1.0, 1.0], 8)[:30]
    found = judge(case({
        "a": population(tmp_path / "a", spontaneous, kinds, every, first),
        "a_again": population(tmp_path / "b", other, kinds, accepted, again, "a"),
    }))  # fmt: skip
    assert [one.claim.key for one in found] == ["T7", "T8"]
    assert found[0].count == 30 and found[1].count == 27
    assert found[1].verdict == ("holds" if alike else "fails")
    assert found[1].detail["share of one type"] == (1.0 if alike else pytest.approx(14 / 27, abs=0.04))
