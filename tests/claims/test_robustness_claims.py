"""K1 on tables made by hand: what is compared with what, in which units, and what is not there."""

import numpy as np
import pytest
from made_evidence import CHAINS, MEMBERS, POPULATIONS, evidence, rows, with_networks, with_tables

from rnnatlas.claims.judge import judged
from rnnatlas.claims.robustness_claims import measured, robustness
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

LEVEL = np.array([0.0, 0.005, 0.1])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(members: int, lost: float, kick: float, spread: float, kicks: bool = True) -> dict[str, np.ndarray]:
    """Performance 0.98, less ``lost`` at the largest weight noise, a thousandth better from network to network."""
    weights = np.array([0.98, 0.98, 0.98 - lost]) + 1e-3 * np.arange(members)[:, None]
    found = {"level": LEVEL, "weights": weights}
    if not kicks:
        return found
    sizes = {"kick/size": np.array([0.1, 1.0, 10.0]), "kick/median": np.full(members, kick)}
    return found | sizes | {"kick/spread": np.full(members, spread)}


def measured_networks(kicks: bool = True, task: str = "flip_flop", rounds: int = 2) -> Evidence:
    """Alt-1 loses 0.1 where standards lose 0.02, and is kicked out at half of their kick, in states that spread four times as far;
    alt-2 is as they are, but for kicks, which it bears all."""
    e = evidence(task, rounds=rounds)
    tables = {name: table(MEMBERS, 0.02, 2.0, 3.0, kicks) for name in POPULATIONS}
    tables["alternatives/insd_alt1"] = table(CHAINS, 0.1, 1.0, 12.0, kicks)
    tables["alternatives/insd_alt2"] = table(CHAINS, 0.02, np.inf, 3.0, kicks)
    return with_tables(e, robustness=tables)


def test_differences_of_each_round_with_intervals() -> None:
    e = measured_networks()
    result = robustness(e, rng())
    assert result.verdict == "open" and result.count == CHAINS and result.claim.key == "K1"
    assert result.value == pytest.approx(-0.0795) and -0.085 < result.low < result.value < result.high < -0.075
    d = result.detail
    assert d["alt-1 weights 10 %"] == result.value and d["alt-1 weights 10 % from"] == result.low
    assert abs(d["alt-1 weights 0 %"]) < 2e-3 and abs(d["alt-2 weights 10 %"]) < 2e-3 and "alt-1 weights 0.5 % to" in d
    assert d["alt-1 kick"] == -1.0 and d["alt-1 kick from"] == d["alt-1 kick to"] == -1.0
    assert d["alt-1 kick in x"] == 6.0  # in units of x it is the larger one
    assert d["alt-2 kick"] == 8.0 and d["alt-2 median kick"] == 10.0  # beyond the largest counts with the largest
    assert d["standards"] == 10.0 and d["unmatched"] == 1.0 and d["standards median kick"] == 2.0


def test_matched_standards_come_first() -> None:
    e = measured_networks()
    names = {**e.networks, "ensemble": np.where(e.networks["ensemble"] == POPULATIONS[0], "standard/matched", e.networks["ensemble"])}  # fmt: skip
    controls = with_networks(evidence(rounds=0), {k: a[: 2 * MEMBERS] for k, a in names.items()})
    controls = with_tables(controls, robustness={"standard/matched": table(MEMBERS, 0.1, 0.5, 3.0), POPULATIONS[1]: {}})
    result = robustness(e, rng(), controls)
    assert "unmatched" not in result.detail and result.detail["standards"] == MEMBERS
    assert result.value == pytest.approx(0.0, abs=2e-3) and result.detail["alt-1 kick"] == 0.5


def test_a_task_without_a_delay_has_no_kicks() -> None:
    e = measured_networks(kicks=False, task="context_integration")
    result = robustness(e, rng())
    assert np.isfinite(result.value) and not [key for key in result.detail if "kick" in key]
    assert list(measured(e, rows(e, 1))) == ["weights 0 %", "weights 0.5 %", "weights 10 %"]


def test_without_competent_alternatives_nothing_is_compared() -> None:
    e = measured_networks()
    e.networks["performance"][rows(e, 1)] = 0.5
    result = robustness(e, rng())
    assert np.isnan(result.value) and result.low == -np.inf and result.count == 0 and result.verdict == "open"
    assert (
        result.detail["alt-1 trained"] == CHAINS and "alt-1 kick" not in result.detail and "alt-2 kick" in result.detail
    )


def test_it_is_judged_for_each_set_of_chains() -> None:
    e = measured_networks()
    found = judged("robustness_claims", Case(e.task, e))
    assert [(r.claim.key, r.chains) for r in found] == [("K1", "insd")]
    none = measured_networks(rounds=0)
    assert judged("robustness_claims", Case(none.task, none)) == []
