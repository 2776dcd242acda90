"""A4t and A12 on evidence made by hand to pass and to fail, with the counts at finer steps as the analysis makes them."""

from dataclasses import replace

import numpy as np
import pytest
from made_evidence import CHAINS, evidence, rng, rows, with_tables

from rnnatlas.claims.judge import judged
from rnnatlas.claims.time_step_claims import does_not_live_on_the_step, stable_by_step, without_states_at_any_step
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.generalisation.finer_steps import counted_by_step

ALPHA = 0.2  # the leak dt/tau of the networks
SADDLE, TURNS, STATE = 0.5, -0.3 + 2.0j, -0.5  # of TURNS |1 + a lambda| is 1.022 at dt, 0.990 at dt/2
ALT = [f"alternatives/insd_alt{k}" for k in (1, 2, 3)]


def points(members: int, eigenvalue: complex, constant: int = 0) -> dict[str, np.ndarray]:
    """Of each network a saddle at zero input and a point with this eigenvalue and its conjugate at a constant input."""
    return {
        "member": np.repeat(np.arange(members), 2),
        "input": np.tile([0, constant], members),
        "fixed": np.ones(2 * members, bool),
        "counted": np.ones(2 * members, bool),
        "stable": np.tile([False, bool(abs(1 + ALPHA * eigenvalue) < 1)], members),
        "eigenvalues": np.tile([[SADDLE, -1.0], [eigenvalue, np.conj(eigenvalue)]], (members, 1)).astype(complex),
        "spread": np.ones(members),
    }


def with_points(e: Evidence, changed: dict[str, dict[str, np.ndarray]]) -> Evidence:
    """The evidence with these fixed points, and what follows from them at finer steps; performance is 0.97 at all."""
    found = {**e.each("fixed_points"), **changed} if "finer_steps" in e.tables else changed
    finer = {}
    for name, table in found.items():
        members = len(table["spread"])
        counts = counted_by_step(table, ALPHA, members, 2)
        finer[name] = {"factor": np.array([1, 2, 4]), "noisy": np.full((members, 3), 0.97), "stable": counts["stable"]}
    return with_tables(e, fixed_points=found, finer_steps=finer)


def holding(task: str = "flip_flop", rounds: int = 3) -> Evidence:
    """Both claims hold: alternatives have no stable point at any step, and do as well at dt/4."""
    e = evidence(task, rounds)
    names = dict.fromkeys(map(str, e.networks["ensemble"]))
    sizes = {name: len(e.each("fixed_points")[name]["spread"]) for name in names}
    old = {name: name.startswith("standard") for name in names}
    sets = {
        name: {
            "set/member": np.arange(size),
            "set/input": np.zeros(size, int),
            "set/kind": np.array(["fixed point" if old[name] else "limit cycle"] * size),
        }
        for name, size in sizes.items()
    }
    e = with_points(e, {name: points(n, STATE if old[name] else SADDLE) for name, n in sizes.items()})
    return with_tables(e, limit_sets=sets)


# A4t


def test_a4t_holds_where_no_step_has_a_stable_point() -> None:
    found = without_states_at_any_step(holding())
    assert (found.value, found.count, found.verdict) == (1.0, CHAINS, "holds")
    wanted = {"", " dt", " dt/2", " dt/4", " continuous", " limit sets"}
    assert found.detail == {f"alt-{k}{step}": 1.0 for k in (1, 2, 3) for step in wanted}


@pytest.mark.parametrize("round_", [1, 2, 3])
def test_a4t_fails_by_any_round_whose_points_are_unstable_by_the_step_alone(round_: int) -> None:
    e = with_points(holding(), {ALT[round_ - 1]: points(CHAINS, TURNS)})
    found = without_states_at_any_step(e)
    assert (found.value, found.verdict) == (0.0, "fails")
    assert found.detail[f"alt-{round_} dt"] == 1.0  # what A4 asks of alt-1
    assert [found.detail[f"alt-{round_} {step}"] for step in ("dt/2", "dt/4", "continuous")] == [0.0] * 3


def test_a_point_that_no_step_of_the_three_settles_at_may_settle_in_continuous_time() -> None:
    slow = -0.05 + 2.0j  # |1 + (a/4) lambda| is 1.003
    e = with_points(holding(), {ALT[0]: points(CHAINS, slow)})
    network = int(rows(e, 1)[0])
    assert stable_by_step(e, network) == {"dt": False, "dt/2": False, "dt/4": False, "continuous": True}
    assert without_states_at_any_step(e).detail["alt-1"] == 0.0


@pytest.mark.parametrize("flag", ["fixed", "counted", "input"])
def test_a4t_looks_at_counted_fixed_points_at_zero_input_alone(flag: str) -> None:
    table = points(CHAINS, STATE, constant=int(flag == "input"))
    if flag != "input":
        table[flag][1::2] = False
    e = with_points(holding(), {ALT[0]: table})
    assert without_states_at_any_step(e).verdict == "holds"


def test_a4t_fails_where_runs_end_in_a_fixed_point_or_alternatives_are_not_competent() -> None:
    e = holding()
    e.each("limit_sets")[ALT[2]]["set/kind"] = np.array(["fixed point"] * CHAINS)
    found = without_states_at_any_step(e)
    assert found.verdict == "fails" and found.detail["alt-3 limit sets"] == 0.0 and found.detail["alt-3 dt"] == 1.0
    e = holding()
    e.networks["performance"][rows(e, 2)] = 0.5
    found = without_states_at_any_step(e)
    assert (found.value, found.verdict, found.detail["alt-2 continuous"]) == (0.0, "fails", 1.0)


# A12


def test_a12_holds_where_the_finest_step_costs_little() -> None:
    e = holding()
    e.each("finer_steps")["standard/g0.5"]["noisy"][:, 2] = 0.95
    e.each("finer_steps")["standard/g1.5"]["noisy"][:, 2] = 0.95
    e.each("finer_steps")[ALT[1]]["noisy"][:, 2] = 0.95
    e.each("finer_steps")[ALT[0]]["noisy"][:, 1] = 0.1  # dt/2 is not asked about
    found = does_not_live_on_the_step(e, rng())
    assert found.value == pytest.approx(0.02) and (found.verdict, found.count) == ("holds", CHAINS)
    assert found.detail == pytest.approx({
        "alt-1": 0.0, "alt-2": 0.02, "alt-3": 0.0, "alt-1 as measured": 0.0, "alt-2 as measured": 0.02,
        "alt-3 as measured": 0.0, "standard": 0.02,
    })  # fmt: skip


@pytest.mark.parametrize("round_", [1, 2, 3])
def test_a12_fails_by_its_worst_round(round_: int) -> None:
    e = holding()
    e.each("finer_steps")[ALT[round_ - 1]]["noisy"][:, 2] = 0.90
    found = does_not_live_on_the_step(e, rng())
    assert found.value == pytest.approx(0.07) and found.verdict == "fails"


def test_an_alternative_that_is_not_competent_lives_on_the_step() -> None:
    e = holding()
    e.networks["performance"][rows(e, 1)] = 0.5
    found = does_not_live_on_the_step(e, rng())
    assert (found.value, found.verdict) == (1.0, "fails") and found.detail["alt-1 as measured"] == 0.0


def test_standards_of_other_cells_have_no_finer_step() -> None:
    e = holding()
    tables = {name: table for name, table in e.each("finer_steps").items() if name != "standard/g1.5"}
    e = replace(e, tables={**e.tables, "finer_steps": tables})
    assert does_not_live_on_the_step(e, rng()).detail["standard"] == 0.0
    tables = {name: table for name, table in tables.items() if name.startswith("alternatives")}
    assert np.isnan(does_not_live_on_the_step(replace(e, tables={**e.tables, "finer_steps": tables}), rng()).detail["standard"])  # fmt: skip


def test_a12_is_judged_in_every_task_and_a4t_where_there_are_corners() -> None:
    for task, keys in (("flip_flop", ["A4t", "A12"]), ("memory_pro", ["A12"])):
        e = holding(task)
        e = e if task == "flip_flop" else with_tables(e, attractors={"standard/g0.5": {"ring/coverage": np.ones(5)}})
        assert [found.claim.key for found in judged("time_step_claims", Case(task, e))] == keys
    assert judged("time_step_claims", Case("flip_flop", holding(rounds=0))) == []
