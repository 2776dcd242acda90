"""Claim A10 on tables made by hand, and its figure."""

from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.hidden_claims import (
    HIDDEN_KERNEL,
    HIDDEN_LINEAR,
    absent_or_hidden,
    hidden_and_absent,
    readings,
    steps,
)
from rnnatlas.claims.intervals import wilson_interval
from rnnatlas.claims.judge import judged
from rnnatlas.evidence.case import Case
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures.hidden import draw
from rnnatlas.figures.hidden_data import KINDS, hidden_data

CHAINS = 6
ALT1, ALT2, STANDARD = range(7, 13), range(13, 19), 6  # standards 0-5 are the references, 6 is outside


def evidence(task: str = "flip_flop") -> Evidence:
    """Each alternative hides every earlier solution: kernel 0.9, linear 0.05, untrained 0.6."""
    rounds = np.repeat([0, 1, 2], [7, CHAINS, CHAINS])
    networks = {
        "ensemble": np.array(["standard/g1"] * 7 + ["alternatives/insd_alt1"] * 6 + ["alternatives/insd_alt2"] * 6),
        "chains": np.array(["-"] * 7 + ["insd"] * 12),
        "round": rounds,
        "member": np.concatenate([np.arange(7), np.arange(6), np.arange(6)]),
        "reference": np.concatenate([np.full(7, -1), np.arange(6), np.arange(6)]),
        "accepted": np.ones(19, bool),
        "performance": np.where(rounds == 0, 0.98, 0.96),
        "null": np.full((19, 19), 0.04),
    }
    values: dict[tuple[int, int], tuple[float, float]] = {}  # linear, kernel
    for c in range(CHAINS):
        for pair in ((ALT1[c], c), (ALT2[c], c), (ALT2[c], ALT1[c])):
            values[pair] = (0.05, 0.9)
        for old in (c, ALT1[c]):
            values |= {(STANDARD, old): (0.97, 0.97), (old, old): (0.99, 0.99), (-1, old): (0.5, 0.6)}
    last = np.array(list(values.values()))
    rows = np.array(list(values))
    table = {
        "source": rows[:, 0],
        "target": rows[:, 1],
        "samples": np.array([500, 4000]),
        "linear": np.stack([last[:, 0] - 0.1, last[:, 0]], axis=1),
        "kernel": np.stack([last[:, 1] - 0.2, last[:, 1]], axis=1),
        "slow_overlap": np.full(len(rows), 0.3),
        "slow_floor": np.full(len(rows), 0.2),
    }
    return Evidence(task, networks, {"similarity": networks, "hidden": table})


def put(e: Evidence, pairs: list[tuple[int, int]], key: str, value: float) -> None:
    for source, target in pairs:
        row = np.flatnonzero((e.hidden["source"] == source) & (e.hidden["target"] == target))
        e.hidden[key][row, -1] = value


def shares(e: Evidence, step: str = "alt-1>reference") -> dict[str, float]:
    detail = absent_or_hidden(e).detail
    return {kind: detail[f"{step} {kind}"] for kind in ("hidden", "absent", "both", "neither")}


def test_the_steps_are_pairs_of_one_chain() -> None:
    found = steps(evidence())
    assert list(found) == ["alt-1>reference", "alt-2>reference", "alt-2>alt-1"]
    assert found["alt-2>alt-1"] == list(zip(ALT2, ALT1, strict=True))


def test_a_state_is_hidden_where_only_the_kernel_finds_it() -> None:
    found = absent_or_hidden(evidence())
    assert (found.value, found.count, found.accepted) == (1.0, CHAINS, CHAINS)
    assert (found.low, found.high) == wilson_interval(CHAINS, CHAINS)
    for step in steps(evidence()):
        assert shares(evidence(), step) == {"hidden": 1.0, "absent": 0.0, "both": 0.0, "neither": 0.0}


@pytest.mark.parametrize(
    ("linear", "kernel", "untrained", "expected"),
    [
        (0.05, 0.9, 0.6, "hidden"),
        (0.1, 0.8, 0.6, "hidden"),  # at both thresholds
        (0.11, 0.9, 0.6, "neither"),  # a linear reader finds it
        (0.05, 0.79, 0.6, "neither"),
        (0.05, 0.3, 0.6, "absent"),
        (0.05, 0.6, 0.6, "neither"),  # absent is below, not at, the untrained networks' value
        (0.5, 0.55, 0.6, "absent"),
        (0.05, 0.9, 0.95, "both"),
        (0.05, np.nan, 0.6, "neither"),
        (0.05, 0.3, np.nan, "neither"),
    ],
)
def test_definitions(linear: float, kernel: float, untrained: float, expected: str) -> None:
    e = evidence()
    put(e, [(ALT1[2], 2)], "linear", linear)
    put(e, [(ALT1[2], 2)], "kernel", kernel)
    put(e, [(-1, 2)], "kernel", untrained)
    hidden, absent = hidden_and_absent(e, [(ALT1[2], 2)])
    assert (bool(hidden[0]), bool(absent[0])) == (expected in ("hidden", "both"), expected in ("absent", "both"))


def test_the_value_is_the_share_of_chains_and_its_complements_add_up() -> None:
    e = evidence()
    put(e, [(ALT1[0], 0), (ALT1[1], 1)], "kernel", 0.2)
    put(e, [(ALT1[2], 2)], "linear", 0.4)
    found = absent_or_hidden(e)
    assert found.value == 0.5 and (found.low, found.high) == wilson_interval(3, 6)
    assert shares(e) == pytest.approx({"hidden": 1 / 2, "absent": 1 / 3, "both": 0.0, "neither": 1 / 6})
    low, high = wilson_interval(2, 6)
    assert (found.detail["alt-1>reference absent from"], found.detail["alt-1>reference absent to"]) == (low, high)
    assert shares(e, "alt-2>reference")["hidden"] == 1.0  # another step has values of its own


def test_an_incompetent_alternative_is_neither_hidden_nor_absent() -> None:
    e = evidence()
    e.networks["performance"][list(ALT1)[:2]] = 0.5
    put(e, [(ALT1[0], 0)], "kernel", 0.1)
    assert shares(e) == pytest.approx({"hidden": 4 / 6, "absent": 0.0, "both": 0.0, "neither": 2 / 6})
    e.networks["accepted"][ALT1[5]] = False
    assert absent_or_hidden(e).accepted == 5


def test_an_open_question_has_no_verdict() -> None:
    e = evidence()
    assert absent_or_hidden(e).verdict not in ("holds", "fails")
    put(e, list(zip(ALT1, range(CHAINS), strict=True)), "kernel", 0.0)
    assert absent_or_hidden(e).verdict not in ("holds", "fails")


def test_it_is_asked_where_there_are_alternatives() -> None:
    e = evidence()
    assert [found.claim.key for found in judged("hidden_claims", Case(e.task, e))] == ["A10"]
    alone = Evidence(e.task, e.networks | {"chains": np.full(19, "-")}, e.tables)
    assert judged("hidden_claims", Case(e.task, alone)) == []


def test_the_values_stand_beside_what_they_are_judged_against() -> None:
    e = evidence()
    put(e, [(ALT2[0], ALT1[0])], "kernel", 0.4)
    detail = absent_or_hidden(e).detail
    expected = {
        "kernel": 0.9, "climb": 0.2, "linear": 0.05, "linear as in A1": 0.04, "untrained": 0.6, "ceiling": 0.99,
        "slow overlap": 0.3, "slow floor": 0.2,
    }  # fmt: skip
    for key, value in expected.items():
        assert detail[f"alt-2>alt-1 {key}"] == pytest.approx(value), key
    assert readings(e, [(ALT2[0], ALT1[0]), (0, 1)], "kernel") == pytest.approx([0.4, np.nan], nan_ok=True)


def test_the_figure_draws_each_pair_in_its_panel_once(tmp_path: Path) -> None:
    part = hidden_data(evidence())
    counts = {
        (r, p): [int(((part["round"] == r) & (part["earlier"] == p) & (part["kind"] == k)).sum()) for k in range(len(KINDS))]
        for r, p in {(int(r), int(p)) for r, p in zip(part["round"], part["earlier"], strict=True)}
    }  # fmt: skip
    assert counts == {(1, 0): [6] * 4, (2, 0): [6] * 4, (2, 1): [6] * 4}
    for kind, kernel in enumerate((0.9, 0.6, 0.97, 0.99)):
        assert (part["kernel"][part["kind"] == kind, -1] == kernel).all(), KINDS[kind]
    assert (part["threshold/kernel"], part["threshold/linear"]) == (HIDDEN_KERNEL, HIDDEN_LINEAR) == (0.8, 0.1)
    file = tmp_path / "hidden.svg"
    draw([Artifact(part)], [file])
    text = file.read_text()
    assert all(word in text for word in ("Flip-flop", "alt-2 → alt-1", "kernel reader", "untrained"))
    assert "too few" not in text


def test_three_rounds_have_six_panels_and_what_follows_none(tmp_path: Path) -> None:
    part = hidden_data(evidence())
    again = part["round"] == 2
    for later in (3, 4):
        for earlier in range(later):  # the panels of round 2 as those of a later one
            mine = again & (part["earlier"] == min(earlier, 1))
            size = len(part["round"])
            columns = {
                k: np.concatenate([a, a[mine[: len(a)]]]) if a.shape[:1] == (size,) else a for k, a in part.items()
            }
            columns["round"][size:], columns["earlier"][size:] = later, earlier
            again, part = np.concatenate([again, np.zeros(int(mine.sum()), bool)]), columns
    file = tmp_path / "hidden.svg"
    draw([Artifact(part)], [file])
    text = file.read_text()
    assert all(f"alt-3 → {name}" in text for name in ("ref.", "alt-1", "alt-2")) and "alt-4" not in text
    assert text.count("kernel reader") == 1
