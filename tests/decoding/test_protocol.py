"""Which trials are decoded, in which epoch, and the arrays that come of it."""

from itertools import pairwise

import numpy as np
import pytest

from rnnatlas.artifacts.behaviour_schemas import DECODING
from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.decoding.analysis import decode_networks
from rnnatlas.decoding.protocol import Session, sessions
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.registry import get_task

SMALL = DecodingSettings(angles=6, repeats=4, trials=24, folds=3, reader_trials=16, penalties=[1.0], linear_penalties=[1.0], widths=[0.5])  # fmt: skip


def drawn(task: str, **settings) -> list[Session]:
    return sessions(get_task(task, **settings), SMALL, 0)


def test_memory_pro_holds_all_durations_and_then_frees_the_onset_alone() -> None:
    fixed, jittered = drawn("memory_pro")
    assert (fixed.suffix, jittered.suffix) == ("", "_jittered") and fixed.epoch == jittered.epoch == "delay"
    for session in (fixed, jittered):
        lengths = {name: np.ptp(bounds, axis=1) * 20.0 for name, bounds in session.trials.epochs.items()}
        assert set(lengths["delay"]) == {1600.0} and set(lengths["stimulus"]) == {900.0}
        assert (session.bins, session.steps) == (16, 5)
        np.testing.assert_array_equal(session.start, session.trials.epochs["delay"][:, 0])
    assert len(set(fixed.start)) == 1 and len(set(jittered.start)) > 5


def test_angles_are_equidistant_and_shown_and_answered() -> None:
    session = drawn("memory_pro", input_noise=0.0, modalities=2)[0]
    angle = session.trials.conditions["angle"]
    values, counts = np.unique(np.round(angle, 12), return_counts=True)
    assert counts.tolist() == [4] * 6 and np.allclose([b - a for a, b in pairwise(values)], np.pi / 3)
    for k in range(24):
        onset, go = session.trials.epochs["stimulus"][k, 0], session.trials.epochs["response"][k, 0]
        shown = session.trials.inputs[k, onset, 1:].reshape(2, 2)[int(session.trials.conditions["modality"][k])]
        np.testing.assert_allclose(shown, [np.cos(angle[k]), np.sin(angle[k])], atol=1e-6)
        assert np.abs(session.trials.inputs[k, onset, 1:]).sum() == pytest.approx(np.abs(shown).sum(), abs=1e-6)
        np.testing.assert_allclose(session.trials.targets[k, go, 1:], shown, atol=1e-6)
        assert not session.trials.inputs[k, go:, 1:].any()
    np.testing.assert_array_equal(session.values["angle"], np.repeat(angle[:, None], 16, axis=1))


def test_bits_are_decoded_as_they_stand_in_each_bin() -> None:
    (session,) = drawn("flip_flop")
    assert session.epoch == "trial" and session.bins == 20
    for bit in range(3):
        np.testing.assert_array_equal(session.values[f"bit {bit + 1}"], session.trials.targets[:, 2::5, bit])
    assert np.ptp(session.values["bit 1"], axis=1).max() == 2.0


@pytest.mark.parametrize("target", ["integral", "choice"])
def test_context_integration_is_decoded_in_the_stimulus_by_trial(target: str) -> None:
    (session,) = drawn("context_integration", target=target)
    assert session.epoch == "stimulus" and session.bins == 14 and set(session.start) == {5}
    for name, value in session.values.items():
        np.testing.assert_array_equal(value, np.repeat(session.trials.conditions[name][:, None], 14, axis=1))


def test_rates_are_averaged_in_bins_from_each_trials_own_start() -> None:
    session = drawn("memory_pro")[1]
    since = np.arange(session.trials.times) - session.start[:, None]
    found = session.binned(since[..., None].astype(float))
    np.testing.assert_allclose(found[..., 0], np.broadcast_to(np.arange(16) * 5 + 2.0, found.shape[:2]))


def test_trials_are_reproducible_and_follow_the_seed() -> None:
    one, two, other = (sessions(get_task("context_integration"), SMALL, seed)[0].trials.inputs for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_bin_that_does_not_fit_is_refused() -> None:
    with pytest.raises(AtlasError, match="longer than the epoch 'delay'"):
        sessions(get_task("memory_pro", delay=(200.0, 200.0)), DecodingSettings(bin=300.0), 0)


@pytest.mark.parametrize(
    ("task", "inputs", "outputs", "keys"),
    [
        ("memory_pro", 3, 3, {"cross/angle_jittered", "stability/angle", "potent/delay", "potent/response"}),
        ("context_integration", 4, 1, {"fixed/irrelevant", "context/kernel", "context/logistic", "context/shuffled"}),
        ("flip_flop", 3, 3, {"diagonal/bit 1", "angle/bit 3"}),
    ],
)
def test_an_ensemble_gives_an_artifact_whose_members_do_not_depend_on_each_other(
    make_ensemble, task: str, inputs: int, outputs: int, keys: set[str]
) -> None:
    ensemble = make_ensemble(2, 8, inputs, outputs, noise=0.05)
    table = decode_networks(ensemble, get_task(task), SMALL, 0, TorchEngine())
    DECODING.check("decoding.h5", table)
    assert keys <= table.keys() and ("potent/delay" in table) == (task == "memory_pro")
    assert ("context/kernel" in table) == (task == "context_integration")
    alone = decode_networks(ensemble[1], get_task(task), SMALL, 0, TorchEngine())
    for key in table.keys() - {"time"}:
        np.testing.assert_array_equal(table[key][1:], alone[key], err_msg=key)
    assert table["time"][0] == 50.0 and np.diff(table["time"]) == pytest.approx(100.0)
