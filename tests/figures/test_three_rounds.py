"""Figures of chains of three rounds, where each round has a panel, from data made by hand; tasks have different numbers of chains."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from rnnatlas.artifacts.store import Artifact
from rnnatlas.figures.hard import draw
from rnnatlas.figures.solutions import _places

AXES = {"load": [0.5, 1.0], "private_noise": [1.0, 2.0, 4.0], "input_noise": [1.0, 2.0]}


def hard_part(chains: int, rounds: int) -> dict[str, np.ndarray]:
    """A task of three standard networks and this many chains, alternatives 5 points better everywhere."""
    round_ = np.repeat(range(rounds + 1), [3, *[chains] * rounds])
    shape = tuple(len(levels) for levels in AXES.values())
    part = {"title": np.array("Task"), "load_name": np.array("load"), "matched": np.array(True), "round": round_}
    part |= {name: np.array(levels) for name, levels in AXES.items()}
    part |= {"performance": np.full((len(round_), *shape), 0.9), "accepted": np.ones(len(round_), bool)}
    part |= {"competent": np.ones(len(round_), bool)}
    for k in range(1, rounds + 1):
        part[f"alt-{k}/count"] = np.array([chains, chains])
        part |= {
            f"alt-{k}/{name}": np.full(shape, value)
            for name, value in (("difference", 0.05), ("low", 0.01), ("high", 0.09))
        }
    return part


def test_hard_conditions_have_a_map_for_each_of_three_rounds(tmp_path: Path) -> None:
    draw([Artifact(hard_part(4, 4)), Artifact(hard_part(1, 4))], [tmp_path / "h.svg"])
    text = (tmp_path / "h.svg").read_text()
    for k in (1, 2, 3):
        assert text.count(f"alt-{k} (4/4)") == text.count(f"alt-{k} (1/1)") == 2  # private and input noise
    assert "alt-4 (" not in text and "alt-4" in text  # it has a line, and no map
    assert text.count("1 chain: too few") == 1


@pytest.mark.parametrize("panels", [1, 2, 3, 4])
def test_state_spaces_are_of_one_width_however_many(panels: int) -> None:
    figure = Figure()
    widths = {round(place.get_position(figure).width, 6) for place in _places(figure, panels)[0]}
    assert len(widths) == 1
