from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rnnatlas.deflation.references import choose_references, own_references
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.tasks.registry import get_task

Make = Callable[..., Ensemble]


def population(make: Make, accepted: list[bool], performance: list[float] | None = None) -> Ensemble:
    count = len(accepted)
    curves = np.zeros((count, 1), np.float32)
    score = np.array(performance or [0.5] * count)
    record = TrainingRecord(
        curves, curves[..., None], curves, score, np.array(accepted), np.ones(count, int), np.full(count, -1)
    )
    return replace(make(count), training=record)


def test_chains_go_round_the_populations_and_take_accepted_networks_only(make_ensemble: Make) -> None:
    populations = {
        "b": population(make_ensemble, [False, True, True]),
        "a": population(make_ensemble, [True]),
        "c": population(make_ensemble, [False, False]),
        "d": population(make_ensemble, [True, False, True, True]),
    }
    order = [("b", 1), ("a", 0), ("d", 0), ("b", 2), ("d", 2), ("d", 3)]
    assert choose_references(populations, 6) == order
    assert choose_references(populations, 2) == order[:2]


def test_no_network_serves_twice_before_all_have_served(make_ensemble: Make) -> None:
    populations = {"a": population(make_ensemble, [True, True]), "b": population(make_ensemble, [True])}
    chosen = choose_references(populations, 8)
    assert chosen[:3] == chosen[3:6] and len(set(chosen[:3])) == 3


def test_a_longer_set_of_chains_begins_like_a_shorter_one(make_ensemble: Make) -> None:
    populations = {"a": population(make_ensemble, [True, False, True]), "b": population(make_ensemble, [True])}
    assert choose_references(populations, 7)[:4] == choose_references(populations, 4)


def test_networks_without_a_record_count_as_accepted(make_ensemble: Make) -> None:
    assert choose_references({"mine": make_ensemble(2)}, 2) == [("mine", 0), ("mine", 1)]


def test_if_none_was_accepted_the_message_gives_the_best_performance(make_ensemble: Make) -> None:
    populations = {
        "g0.5": population(make_ensemble, [False, False], [0.2, 0.8125]),
        "g1.5": population(make_ensemble, [False], [0.4]),
    }
    with pytest.raises(AtlasError, match=r"'g0.5': 0.812.*'g1.5': 0.4") as caught:
        choose_references(populations, 3)
    assert "training.steps" in caught.value.remedy


def test_own_networks_begin_chains(make_ensemble: Make, tmp_path: Path) -> None:
    mine = make_ensemble(3, 12, 3, 3)
    mine.to_file(tmp_path / "mine.h5")
    found = own_references(tmp_path / "mine.h5", get_task("flip_flop"), 2)
    assert np.array_equal(found.parameters.recurrent, mine.parameters.recurrent[:2]) and found.training is None


def test_whoever_gives_another_file_is_told_how_to_write_one(tmp_path: Path) -> None:
    (tmp_path / "mine.h5").write_text("something else")
    with pytest.raises(AtlasError, match=r"mine.h5.*something else") as error:
        own_references(tmp_path / "mine.h5", get_task("flip_flop"), 2)
    assert "if it is your own, write it with Ensemble.to_file" in error.value.remedy


@pytest.mark.parametrize(
    ("members", "inputs", "outputs", "key", "found"),
    [
        (2, 4, 3, "weights/input", "3 inputs"),
        (2, 3, 1, "weights/readout", "found 1"),
        (1, 3, 3, "recurrent", "found 1"),
    ],
)
def test_own_networks_that_do_not_fit_are_refused(
    make_ensemble: Make, tmp_path: Path, members: int, inputs: int, outputs: int, key: str, found: str
) -> None:
    make_ensemble(members, 12, inputs, outputs).to_file(tmp_path / "mine.h5")
    with pytest.raises(AtlasError) as error:
        own_references(tmp_path / "mine.h5", get_task("flip_flop"), 2)
    assert key in str(error.value) and found in str(error.value) and "mine.h5" in str(error.value)
