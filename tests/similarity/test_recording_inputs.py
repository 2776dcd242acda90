"""Inputs that are not those of the rates are told by a number; text of any encoding names conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from rnnatlas.similarity.recording_inputs import PERMUTATIONS, input_dependence
from rnnatlas.similarity.recordings import Recording, read_recording
from rnnatlas.tasks.registry import get_task

CONDITIONS, REPEATS = 12, 5


def recorded(name: str, make_ensemble: Any, seed: int) -> tuple[Recording, np.ndarray]:
    """Poisson counts of a network's units, at 50 Hz on average, and which steps are trial."""
    task = get_task(name)
    trials = task.trials(CONDITIONS, seed=seed)
    condition = np.repeat(np.arange(CONDITIONS), REPEATS)
    network = make_ensemble(1, 24, len(task.input_names), len(task.output_names), gain=1.2, seed=seed)
    rates = network.simulate(trials.inputs[condition], noise=0.05).rates[0]
    valid = trials.valid()[condition][..., None]
    counts = np.random.default_rng(seed).poisson(1.0 + rates) * valid
    return Recording(counts.astype(float), condition, trials.inputs.astype(float), trials.length), valid


@pytest.mark.parametrize("name", ["flip_flop", "context_integration", "memory_pro"])
def test_rates_depend_on_their_own_inputs_and_not_on_those_of_others(name: str, make_ensemble: Any) -> None:
    other, noise = [], []
    for seed in range(3):
        own, valid = recorded(name, make_ensemble, seed)
        found = input_dependence(own, 0)
        assert 1 / (PERMUTATIONS + 1) <= found.p <= 0.05 and found.r2 > found.permuted and not found.doubtful
        reversed_ = Recording(own.rates[::-1] * valid, own.condition, own.inputs, own.length)
        other.append(input_dependence(reversed_, 0))
        counts = np.random.default_rng(seed).poisson(0.2, own.rates.shape) * valid
        noise.append(input_dependence(Recording(counts.astype(float), own.condition, own.inputs, own.length), 0))
    for wrong in (other, noise):
        assert np.median([found.p for found in wrong]) > 0.05
        assert "by those of other conditions" in str(wrong[0])


def test_the_p_value_is_uniform_where_nothing_depends_on_the_inputs() -> None:
    """Also where trials differ in length."""
    rng, ps = np.random.default_rng(0), []
    for seed in range(40):
        length = rng.integers(20, 41, 8)
        valid = (np.arange(40) < length[:, None])[..., None]
        inputs = rng.standard_normal((8, 1, 2)) * valid
        rates = rng.poisson(1.0, (16, 40, 6)) * np.repeat(valid, 2, axis=0)
        ps.append(input_dependence(Recording(rates.astype(float), np.repeat(np.arange(8), 2), inputs, length), seed).p)
    assert np.mean(np.array(ps) <= 0.1) < 0.1 + 3 * np.sqrt(0.09 / 40)
    assert abs(np.mean(ps) - 0.5) < 4 / np.sqrt(12 * 40)


def test_inputs_that_are_the_same_in_all_conditions_tell_nothing() -> None:
    rates = np.random.default_rng(0).poisson(1.0, (8, 20, 3)).astype(float)
    same = Recording(rates, np.repeat(np.arange(4), 2), np.ones((4, 20, 2)), np.full(4, 20))
    assert input_dependence(same, 0).doubtful


@pytest.mark.parametrize("kind", ["utf-8", "latin-1", "variable"])
def test_names_of_conditions_in_any_encoding(kind: str, tmp_path: Path) -> None:
    names = np.repeat(["Köln", "München", "Münster", "Fürth"], 2)
    trials = get_task("flip_flop", duration=400.0).trials(4, seed=0)
    with h5py.File(tmp_path / "r.h5", "w") as file:
        file["rates"] = np.random.default_rng(0).poisson(1.0, (8, trials.times, 3))
        file["inputs"] = np.repeat(trials.inputs, 2, axis=0)
        if kind == "variable":
            file["conditions/Städte"] = np.array(names, dtype=h5py.string_dtype())
        else:
            group = file.create_group("conditions")
            group["Städte".encode(kind)] = np.array([name.encode(kind) for name in names])
    recording = read_recording(tmp_path / "r.h5", get_task("flip_flop", duration=400.0))
    # In the order of their bytes: F, K, Mü-nc, Mü-ns
    assert recording.condition.tolist() == [1, 1, 2, 2, 3, 3, 0, 0]
