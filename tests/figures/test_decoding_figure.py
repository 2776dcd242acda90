"""The figure of decoding, from scores made by hand; at the size of the default study and of a tiny one."""

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.claims.decoding_claims import DELAY_BOUND, RESPONSE_BOUND, S7
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures.decoding import draw
from rnnatlas.figures.decoding_data import by_lag, decoding_data

BINS = 6
VARIABLES = {
    "flip_flop": ("bit 1", "bit 2", "bit 3"),
    "context_integration": ("context", "colour", "motion", "relevant", "irrelevant", "choice"),
    "memory_pro": ("angle", "angle_jittered"),
}


def evidence(task: str, standards: int = 4, chains: int = 3, bad: int = 1, rounds: int = 2) -> Evidence:
    """Scores that are the network's number plus the variable's / 10; the first ``bad`` alternatives are not competent."""
    ensembles = {"standard/g1.0": standards} | {f"alternatives/insd_alt{k}": chains for k in range(1, rounds + 1)}
    decoding = {}
    for name, members in ensembles.items():
        number = np.arange(members, dtype=float)
        table = {"time": 100.0 * (np.arange(BINS) + 0.5)}
        for k, variable in enumerate(VARIABLES[task]):
            cross = number[:, None, None] + k / 10.0 + np.zeros((members, BINS, BINS))
            lag = np.abs(np.arange(BINS)[:, None] - np.arange(BINS))
            table |= {f"cross/{variable}": cross, f"diagonal/{variable}": cross[:, 0]}
            table |= {f"angle/{variable}": np.where(cross > -1, 9.0 * lag, 0.0)}
            table |= {f"fixed/{variable}": cross[:, 0, 0], f"stability/{variable}": cross[:, 0, 0]}
        if task == "context_integration":
            table |= {f"context/{n}": np.full((members, 3), 0.5) for n in ("kernel", "logistic", "shuffled")}
        if task == "memory_pro":
            table |= {f"potent/{n}": np.full(members, 0.2) for n in ("delay", "response")}
        decoding[name] = table
    places = [(name, k) for name, members in ensembles.items() for k in range(members)]
    round_ = np.repeat(range(rounds + 1), [standards, *[chains] * rounds])
    networks = {
        "ensemble": np.array([name for name, _ in places]),
        "member": np.array([k for _, k in places]),
        "chains": np.where(round_ > 0, "insd", "-"),
        "round": round_,
        "performance": np.where((round_ > 0) & (np.array([k for _, k in places]) < bad), 0.1, 0.97),
    }
    return Evidence(task, networks, {"similarity": networks, "decoding": decoding})


def drawn(folder, *parts: dict[str, np.ndarray]) -> str:
    draw([Artifact(part) for part in parts], [folder / "d.svg"])
    return (folder / "d.svg").read_text()


def test_bits_are_averaged_and_medians_leave_incompetent_alternatives_out() -> None:
    data = decoding_data(evidence("flip_flop"))
    assert [data[f"threshold/{name}"] for name in ("ratio", "delay", "response")] == [
        S7.threshold,
        DELAY_BOUND,
        RESPONSE_BOUND,
    ]
    assert data["rows"].tolist() == ["bits"]
    assert data["bits/diagonal"][:, 0] == pytest.approx([0.1, 1.1, 2.1, 3.1, 0.1, 1.1, 2.1, 0.1, 1.1, 2.1])
    assert data["bits/cross/0"] == pytest.approx(np.full((BINS, BINS), 1.6))
    assert data["bits/cross/1"] == pytest.approx(np.full((BINS, BINS), 1.6))  # of 1.1 and 2.1
    assert data["competent"].tolist() == [True] * 4 + [False, True, True] * 2
    assert data["bits/turned"][0] == pytest.approx(9.0 * np.arange(BINS))


def test_rows_of_context_are_those_of_the_claims() -> None:
    data = decoding_data(evidence("context_integration"))
    assert data["rows"].tolist() == ["relevant", "irrelevant", "context"]
    assert data["context/kernel"].shape == (10,) and data["relevant/fixed"][0] == pytest.approx(0.3)


def test_angles_by_lag_leave_out_what_is_not_defined() -> None:
    matrix = np.array([[[0.0, 1.0, 5.0], [1.0, 0.0, 2.0], [5.0, 2.0, 0.0]]] * 2)
    matrix[1, 2] = matrix[1, :, 2] = np.nan
    found = by_lag(matrix)
    assert found[0] == pytest.approx([0.0, 1.5, 5.0])
    assert found[1, :2] == pytest.approx([0.0, 1.0]) and np.isnan(found[1, 2])


def test_the_figure_says_what_is_few(tmp_path) -> None:
    text = drawn(tmp_path, decoding_data(evidence("context_integration")))
    assert "3 chains: too few" in text and "alt-1 (2/3)" in text and "standard (4/4)" in text
    assert ">kernel<" in text and ">competent<" not in text


def test_the_figure_of_a_whole_study_and_of_incompetent_alternatives(tmp_path) -> None:
    text = drawn(tmp_path, decoding_data(evidence("memory_pro", 40, 8, bad=8)))
    assert "too few" not in text and "alt-2 (0/8)" in text and ">competent<" in text
    assert "jittered onset" in text and ">response<" in text


def test_tasks_stand_one_below_the_other(tmp_path) -> None:
    parts = [decoding_data(evidence(task)) for task in VARIABLES]
    text = drawn(tmp_path, *parts)
    letters = [letter for letter in "ABCDEF" if f">{letter}<" in text]
    assert letters == list("ABCDE")  # bits, three variables of context, angle
    assert "Flip-flop" in text and "MemoryPro" in text


def test_the_figure_of_standards_alone(tmp_path) -> None:
    text = drawn(tmp_path, decoding_data(evidence("flip_flop", chains=0)))
    assert "standard (4/4)" in text and "alt-1" not in text


def test_three_rounds_have_a_panel_each_and_a_fourth_none(tmp_path) -> None:
    parts = [
        decoding_data(evidence(task, chains=n, bad=0, rounds=4)) for task, n in (("flip_flop", 4), ("memory_pro", 1))
    ]
    text = drawn(tmp_path, *parts)
    assert all(f"alt-{k} (4/4)" in text and f"alt-{k} (1/1)" in text for k in (1, 2, 3)) and "alt-4" not in text
    assert text.count("1 chain: too few") == 1  # of the task that has one, and not of the other
