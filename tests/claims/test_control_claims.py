"""Controls on evidence made by hand: control networks that look like alternatives, and some that do not."""

import numpy as np
import pytest
from made_evidence import cubes, evidence, with_networks, with_tables

from rnnatlas.claims.control_claims import control_groups, controls_beside, judge
from rnnatlas.claims.finer_step_claims import at_finer_steps
from rnnatlas.claims.judge import judged
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence

MEMBERS, CHAINS = 4, 6


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def without_states(table: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return table | {"stable": np.zeros_like(table["stable"])}


def limit_sets(members: int, kind: str) -> dict[str, np.ndarray]:
    return {
        "set/member": np.arange(members),
        "set/input": np.zeros(members, int),
        "set/kind": np.array([kind] * members),
    }


def with_limit_sets(e: Evidence) -> Evidence:
    """The study itself: standards end in points, alternatives in cycles, without stable points."""
    names = dict.fromkeys(map(str, e.networks["ensemble"]))
    old = {name: name.startswith("standard") for name in names}
    sizes = {name: len(e.each("fixed_points")[name]["spread"]) for name in names}
    points = {name: t if old[name] else without_states(t) for name, t in e.each("fixed_points").items()}
    sets = {name: limit_sets(sizes[name], "fixed point" if old[name] else "limit cycle") for name in names}
    return with_tables(e, fixed_points=points, limit_sets=sets)


def controls(oscillating: tuple[str, ...]) -> Evidence:
    """Two populations of the study, then two control populations and a set of sham chains. Those named in ``oscillating``
    have no stable points and end in cycles, as the alternatives do, and lie far from the standards in DSA."""
    e = evidence(rounds=0)
    own, places = len(e.networks["round"]), []
    places += [(f"standard/{name}", "-", 0, k) for name in ("matched", "norm_matched") for k in range(MEMBERS)]
    places += [("alternatives/sham_alt1", "sham", 1, c) for c in range(CHAINS)]
    table = {
        "network": [f"{name}#{k}" for name, _, _, k in places],
        "ensemble": [name for name, *_ in places],
        "chains": [chains for _, chains, *_ in places],
        "round": [round_ for *_, round_, _ in places],
        "member": [k for *_, k in places],
        "reference": [-1] * len(places),
        "accepted": [True] * len(places),
        "performance": [0.98] * len(places),
    }
    networks = {key: np.concatenate([e.networks[key], np.array(column)]) for key, column in table.items()}
    far = np.array([False] * own + [name.split("/")[1].removesuffix("_alt1") in oscillating for name, *_ in places])
    distance = np.where(far[:, None] ^ far[None], 5.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    sizes = {name: MEMBERS if name.startswith("standard") else CHAINS for name, *_ in places}
    turns = {name: name.split("/")[1].removesuffix("_alt1") in oscillating for name in sizes}
    points = {name: without_states(cubes(n)) if turns[name] else cubes(n) for name, n in sizes.items()}
    sets = {name: limit_sets(n, "limit cycle" if turns[name] else "fixed point") for name, n in sizes.items()}
    attractors = {name: {"cube/branches": np.ones(n)} for name, n in sizes.items()}
    return with_tables(
        with_networks(e, networks),
        embedding={"distance": distance},
        fixed_points={**e.each("fixed_points"), **points},
        limit_sets=sets,
        attractors={**e.each("attractors"), **attractors},
    )


def test_each_control_is_a_group_of_its_own() -> None:
    groups = control_groups(controls(()))
    assert {name: len(rows) for name, rows in groups.items()} == {"matched": 4, "norm_matched": 4, "sham": 6}


@pytest.mark.parametrize("oscillating", [(), ("sham",), ("matched", "norm_matched")])
def test_a_control_that_looks_like_an_alternative_is_seen(oscillating: tuple[str, ...]) -> None:
    found = {r.claim.key: r for r in controls_beside(with_limit_sets(evidence()), controls(oscillating))}
    names = {"Ca": "norm_matched", "Cb": "matched", "Cc": "sham"}
    assert {key: found[key].value for key in names} == {key: float(n in oscillating) for key, n in names.items()}
    for key, name in names.items():
        assert found[key].detail["DSA over within g"] == (5.0 if name in oscillating else 1.0)
        assert found[key].detail["alt-1"] == 1.0 and found[key].detail["competent"] == 1.0
        assert found[key].verdict == "open"


def test_competence_of_controls_refers_to_the_studys_own_standards() -> None:
    e = controls(())
    poor = np.isin(e.networks["ensemble"], ["standard/matched", "standard/norm_matched"])
    e.networks["performance"][poor] = 0.5  # half of all networks of round 0: a median over all would fall
    found = {r.claim.key: r.detail["competent"] for r in controls_beside(with_limit_sets(evidence()), e)}
    assert found == {"Ca": 0.0, "Cb": 0.0, "Cc": 1.0}


def finer(members: int, noisy: tuple[float, ...], stable: tuple[int, ...]) -> dict[str, np.ndarray]:
    return {
        "factor": np.array([1, 2, 4]),
        "noisy": np.tile(noisy, (members, 1)),
        "stable": np.tile(stable, (members, 1, 1)),
    }


def test_what_the_euler_step_made_is_seen_at_finer_steps() -> None:
    e = evidence()
    tables = {name: finer(10, (0.98, 0.98, 0.98), (8, 8, 8)) for name in e.each("fixed_points")}
    tables["alternatives/insd_alt1"] = finer(CHAINS, (0.97, 0.96, 0.96), (0, 8, 8))
    tables["alternatives/insd_alt2"] = finer(CHAINS, (0.97, 0.87, 0.67), (0, 0, 0))
    e = with_tables(e, finer_steps=tables)
    result = at_finer_steps(e, rng())
    assert result.detail["alt-1 gain stable points"] == 1.0 and result.detail["alt-2 gain stable points"] == 0.0
    assert result.detail["standard gain stable points"] == 0.0
    assert result.value == pytest.approx(np.median([-0.01] * CHAINS + [-0.30] * CHAINS))
    assert result.low == pytest.approx(-0.30) and result.high == pytest.approx(-0.01)
    assert [r.claim.key for r in judged("finer_step_claims", Case(e.task, e))] == ["Cd"]
    assert judged("finer_step_claims", Case(e.task, with_tables(evidence(rounds=0), finer_steps=tables))) == []


def test_controls_are_judged_where_they_were_trained() -> None:
    study, e = with_limit_sets(evidence()), controls(())
    assert [r.claim.key for r in judge(Case(study.task, study, e))] == ["Cb", "Ca", "Cc"]
    assert judge(Case(study.task, study)) == []
