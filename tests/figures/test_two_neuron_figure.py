"""Figure C1 on a small chart: what it says, and that it holds what a larger one may lack."""

from pathlib import Path

import numpy as np
import pytest

from rnnatlas.artifacts.store import Artifact
from rnnatlas.charting.two_neuron.chart import chart
from rnnatlas.charting.two_neuron.outcome import STUCK
from rnnatlas.config.charting import TwoNeuronSettings
from rnnatlas.figures.two_neuron import draw

SMALL = TwoNeuronSettings(networks=200, steps=60, linear=20, grid=24, starts=6, trees=5, triples=5, pairs=2, solved=0.4)
TOLD = {"end": 10.0, "solved": 0.4}


@pytest.fixture(scope="module")
def data() -> dict[str, np.ndarray]:
    return chart(SMALL, 0)


def test_it_says_how_many_networks_are_solutions_and_how_flat_they_lie(
    data: dict[str, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "c1.svg"
    draw([Artifact(data, TOLD)], [file])
    text = file.read_text()
    assert (
        f"{data['solved'].mean():.0%} of 200 networks are solutions; {data['plane/share'][0]:.0%} of their variance"
        in text
    )
    for words in (
        "fixed point: λ(W) =",
        "limit cycle: λ(W) =",
        "decay: λ(W) =",
        "origin stable",
        "no solution",
        "−3.5 π",
    ):
        assert words in text, words


def test_a_map_on_which_nothing_was_solved_and_turns_beyond_the_legend_are_drawn(
    data: dict[str, np.ndarray], tmp_path: Path
) -> None:
    stuck = np.full_like(data["starts/class"], STUCK)
    far = np.where(np.arange(stuck.size).reshape(stuck.shape) % 2, 7, -5)
    draw([Artifact(data | {"starts/class": stuck, "starts/basin": far}, TOLD)], [tmp_path / "c1.png"])
    assert (tmp_path / "c1.png").stat().st_size > 20_000
