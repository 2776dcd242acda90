"""The figure of robustness, from artifacts made by hand."""

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.evidence.evidence import Evidence
from rnnatlas.figures.robustness import NO_DELAY, draw
from rnnatlas.figures.robustness_data import median_with_interval, robustness_data

LEVEL = np.array([0.0, 0.01, 0.1])
STANDARD, MATCHED, FIRST = "standard/g1.0", "standard/matched", "alternatives/insd_alt1"
BEGUN = "standard/insd_reference"


def table(members: int, kick: float, kicks: bool = True) -> dict[str, np.ndarray]:
    weights = np.array([0.98, 0.97, 0.9]) + 1e-3 * np.arange(members)[:, None]
    found = {"level": LEVEL, "weights": weights}
    if not kicks:
        return found
    median = np.full(members, kick)
    median[-1] = np.inf
    return found | {"kick/size": np.array([0.1, 10.0]), "kick/median": median, "kick/spread": np.full(members, 3.0)}


def evidence(names: dict[str, int], kicks: bool = True, members: int = 4) -> Evidence:
    """``names`` to rounds; the first network of alt-1 is not competent."""
    places = [(name, k) for name in names for k in range(members)]
    round_ = np.repeat(list(names.values()), members)
    networks = {
        "ensemble": np.array([name for name, _ in places]),
        "member": np.array([k for _, k in places]),
        "chains": np.where(round_ != 0, "insd", "-"),
        "round": round_,
        "performance": np.array([0.2 if place == (FIRST, 0) else 0.97 for place in places]),
    }
    tables = {name: table(members, 2.0 if k < 1 else 0.5, kicks) for name, k in names.items() if name != BEGUN}
    return Evidence("flip_flop", networks, {"similarity": networks, "robustness": tables})


def drawn(folder, *data) -> str:
    draw([Artifact(part) for part in data], [folder / "r.svg"])
    return (folder / "r.svg").read_text()


def test_groups_with_medians_of_the_competent_and_intervals() -> None:
    data = robustness_data(evidence({STANDARD: 0, FIRST: 1}), 0, evidence({STANDARD: 0, MATCHED: 0}))
    assert data["group/label"].tolist() == ["standard", "matched", "alt-1"]
    assert data["group/round"].tolist() == [0, 0, 1] and data["group/matched"].tolist() == [False, True, False]
    assert data["network/group"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert data["network/competent"].tolist() == [True] * 8 + [False, True, True, True]
    assert data["group/weights"].shape == (3, 3, 3)
    assert data["group/weights"][2, 0] == pytest.approx([0.982, 0.981, 0.983])  # of three networks
    assert data["network/beyond"].sum() == 3 and data["largest"] == 10.0
    assert data["network/kick"][:4].tolist() == [2.0, 2.0, 2.0, 10.0] and data["network/kick_in_x"][3] == 30.0
    assert data["group/kick"][0, 0] == 2.0 and data["group/kick_in_x"][2, 0] == 1.5


def test_matched_standards_among_the_studys_own_are_a_group_and_gated_references_are_left_out() -> None:
    data = robustness_data(evidence({STANDARD: 0, MATCHED: 0, BEGUN: -1, FIRST: 1}), 0)
    assert data["group/label"].tolist() == ["standard", "matched", "alt-1"]


def test_one_network_has_no_interval_and_none_no_median() -> None:
    assert median_with_interval(np.array([0.5]), (0,))[0] == 0.5
    assert np.isnan(median_with_interval(np.array([0.5]), (0,))[1:]).all()
    assert np.isnan(median_with_interval(np.zeros(0), (0,))).all()


def test_it_is_drawn_alike_twice_with_and_without_a_delay(tmp_path) -> None:
    with_delay = robustness_data(evidence({STANDARD: 0, FIRST: 1}), 0, evidence({STANDARD: 0, MATCHED: 0}))
    without = robustness_data(evidence({STANDARD: 0, FIRST: 1}, kicks=False), 0)
    assert not [key for key in without if "kick" in key]
    text = drawn(tmp_path, with_delay, without)
    assert text == drawn(tmp_path, with_delay, without)
    for words in (
        "matched standard",
        "not competent",
        "state spreads",
        "units of x",
        NO_DELAY.split("\n")[0],
        "weight noise",
    ):
        assert words in text
    assert "too few" not in text and "beyond the largest kick" in text
    assert "beyond" not in drawn(tmp_path, without)


@pytest.mark.parametrize(("names", "members", "words"), [({STANDARD: 0}, 1, "standard"), ({STANDARD: 0, FIRST: 1}, 2, "2 chains: too few")])  # fmt: skip
def test_few_networks_are_drawn(tmp_path, names: dict[str, int], members: int, words: str) -> None:
    for kicks in (True, False):
        assert words in drawn(tmp_path, robustness_data(evidence(names, kicks, members), 0))
