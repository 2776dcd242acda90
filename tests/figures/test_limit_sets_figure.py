"""The figure of limit sets, from runs whose ends are known."""

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.limit_set_claims import ZERO
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures.limit_sets import draw
from rnnatlas.figures.limit_sets_data import KINDS, limit_sets_data, shares


def table(members: int, kind: str = "fixed point") -> dict[str, np.ndarray]:
    """At each of two inputs: ``kind`` draws two of four runs from visited states and chaos one, one is not told apart; a limit
    cycle draws only the run from a fixed point. At the second input of the last member, ``kind`` draws all."""
    runs: list[tuple[int, int, bool, int]] = []
    sets: list[tuple[int, int, str, float]] = []
    for member in range(members):
        for constant in range(2):
            first = len(sets)
            everything = member == members - 1 and constant == 1
            ends = [first] * 4 if everything else [first, first, first + 1, -1]
            runs += [(member, constant, True, end) for end in ends] + [(member, constant, False, first + 2)]
            reached = (1.0, 0.0) if everything else (0.5, 0.25)
            kinds = zip((kind, "chaos", "limit cycle"), (*reached, 0.0), strict=True)
            sets += [(member, constant, name, share) for name, share in kinds]
    columns = [np.array(column) for column in zip(*runs, strict=True)]
    names = ["run/member", "run/input", "run/visited", "run/set"]
    found: dict[str, np.ndarray] = dict(zip(names, columns, strict=True))
    columns = [np.array(column) for column in zip(*sets, strict=True)]
    names = ["set/member", "set/input", "set/kind", "set/share"]
    found |= dict(zip(names, columns, strict=True))
    found["set/period"] = np.where(found["set/kind"] == "limit cycle", 3.0 + found["set/member"], np.nan)
    for name, value in (("before", -1.0), ("before_error", 0.01), ("after", 0.05), ("after_error", 0.001)):
        found[f"exponent/{name}"] = value * np.arange(1, 2 * members + 1).reshape(members, 2)
    return found


def evidence(chains: int = 2) -> Evidence:
    """Three standard networks with fixed points; alternatives with limit cycles, the first of which is not competent."""
    round_ = np.repeat([0, 1], [3, chains])
    networks = {
        "ensemble": np.where(round_ > 0, "alternatives/insd_alt1", "standard/g1.0"),
        "member": np.concatenate([np.arange(3), np.arange(chains)]),
        "round": round_,
        "chains": np.where(round_ > 0, "insd", "-"),
        "performance": np.where(np.arange(3 + chains) == 3, 0.1, 0.97),
    }
    limit_sets = {"standard/g1.0": table(3), "alternatives/insd_alt1": table(max(chains, 1), "limit cycle")}
    return Evidence("memory_pro", networks, {"similarity": networks, "limit_sets": limit_sets})


def test_shares_count_runs_from_visited_states_alone() -> None:
    found = shares(table(2), np.arange(2), 2)
    assert found[0] == pytest.approx([0.5, 0.0, 0.0, 0.25, 0.25])
    assert found[1] == pytest.approx([0.75, 0.0, 0.0, 0.125, 0.125])  # the mean of both members
    assert shares(table(2), np.array([1]), 2)[1] == pytest.approx([1.0, 0.0, 0.0, 0.0, 0.0])
    assert found.sum(axis=1) == pytest.approx(1.0)


def test_every_group_has_its_share_exponents_counts_and_periods() -> None:
    data = limit_sets_data(evidence(), {"gru": table(2, "torus")})
    assert data["group/label"].tolist() == ["g1.0", "alt-1", "GRU"] and data["zero"] == ZERO
    assert data["group/round"].tolist() == [0, 1, 0] and data["group/trained"].tolist() == [3, 2, 2]
    assert data["group/competent"].tolist() == [3, 1, -1]
    assert [KINDS[i] for i in data["share"][:, 0].argmax(axis=1)] == ["fixed point", "limit cycle", "torus"]
    gru = data["exponent/group"] == 2
    assert data["exponent/input"][gru].tolist() == [0, 1, 0, 1]
    assert data["exponent/before"][gru].tolist() == [-1.0, -2.0, -3.0, -4.0]
    assert data["exponent/count"][gru].tolist() == [2, 2, 2, 1]  # those that runs from visited states reach
    assert set(data["cycle/group"]) == {1} and data["cycle/period"].tolist() == [3.0, 3.0, 4.0, 4.0]


@pytest.mark.parametrize("chains", [2, 5])
def test_it_is_drawn_alike_twice_and_says_where_chains_are_too_few(chains: int, tmp_path) -> None:
    data = limit_sets_data(evidence(chains), {"lstm": table(2)})
    for name in ("a", "b"):
        draw([Artifact(data)], [tmp_path / f"{name}.svg", tmp_path / f"{name}.png"])
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    text = (tmp_path / "a.svg").read_text()
    assert "LSTM (2)" in text and f"alt-1 ({chains - 1}/{chains})" in text and "delay" in text
    assert ("2 chains: too few" in text) == (chains == 2)


def test_a_task_without_alternatives_or_cycles_is_drawn(tmp_path) -> None:
    data = limit_sets_data(evidence(0))
    assert not len(data["cycle/period"])
    draw([Artifact(data)], [tmp_path / "l.svg"])
    assert "no limit cycle" in (tmp_path / "l.svg").read_text()
