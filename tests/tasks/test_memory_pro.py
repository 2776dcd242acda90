"""MemoryPro against slow loops over its own epochs."""

import numpy as np
import pytest

from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.memory_pro import MemoryPro, Settings
from rnnatlas.tasks.registry import get_task

LONGEST = 35 + 80 + 80 + 35  # steps of the longest trial of the default settings
RANGES = {"fixation": (15, 35), "stimulus": (10, 80), "delay": (10, 80), "response": (15, 35)}


def make(**settings: object) -> MemoryPro:
    return MemoryPro(Settings(**settings))  # type: ignore[arg-type]


def rotated(targets: np.ndarray, angle: float) -> np.ndarray:
    """Outputs whose angle is off by ``angle``; the fixation output stays."""
    outputs = targets.copy()
    outputs[..., 1] = np.cos(angle) * targets[..., 1] - np.sin(angle) * targets[..., 2]
    outputs[..., 2] = np.sin(angle) * targets[..., 1] + np.cos(angle) * targets[..., 2]
    return outputs


@pytest.mark.parametrize("modalities", [1, 2])
def test_inputs_targets_and_weights_step_by_step(modalities: int) -> None:
    trials = make(modalities=modalities).draw(30, generator(1, "test"))
    assert trials.inputs.shape == (30, LONGEST, 1 + 2 * modalities) and trials.targets.shape == (30, LONGEST, 3)
    for k in range(30):
        theta, (on, off) = trials.conditions["angle"][k], trials.epochs["stimulus"][k]
        go, stop = trials.epochs["response"][k]
        channel = 1 + 2 * (int(trials.conditions["modality"][k]) if modalities == 2 else 0)
        for t in range(LONGEST):
            shown, target, weight = np.zeros(1 + 2 * modalities), np.zeros(3), 0.0
            if t < go:
                shown[0], target[0], weight = 1.0, 0.8, float(t >= 5)
            elif t < stop:
                target[1:], weight = [np.cos(theta), np.sin(theta)], 5.0 * (t >= go + 5)
            if on <= t < off:
                shown[channel : channel + 2] = np.cos(theta), np.sin(theta)
            np.testing.assert_allclose(trials.inputs[k, t], shown, atol=1e-6)
            np.testing.assert_allclose(trials.targets[k, t], target, atol=1e-6)
            np.testing.assert_array_equal(trials.weight[k, t], [2 * weight, weight, weight])
            assert np.all(trials.judged[k, t] == (stop - 5 <= t < stop))


def test_epochs_follow_each_other_and_cover_their_ranges() -> None:
    trials = make().draw(4000, generator(2, "test"))
    end = np.zeros(4000, dtype=int)
    for name, (low, high) in RANGES.items():
        start, stop = trials.epochs[name].T
        np.testing.assert_array_equal(start, end)
        durations, end = stop - start, stop
        assert durations.min() == low and durations.max() == high
        assert abs(durations.mean() - (low + high) / 2) < 4 * (high - low) / np.sqrt(12 * 4000)
    np.testing.assert_array_equal(end, trials.length)
    np.testing.assert_array_equal(trials.epochs["trial"], np.stack([0 * end, end], axis=1))
    np.testing.assert_array_equal(trials.conditions["delay"], 20.0 * np.diff(trials.epochs["delay"])[:, 0])


def test_angles_are_uniform_and_modalities_balanced() -> None:
    trials = make(modalities=2).draw(4000, generator(3, "test"))
    angle = trials.conditions["angle"]
    assert angle.min() >= 0 and angle.max() < 2 * np.pi
    np.testing.assert_allclose(np.histogram(angle, 8, (0, 2 * np.pi))[0] / 4000, 1 / 8, atol=0.025)
    assert set(trials.conditions["modality"]) == {0.0, 1.0}
    assert abs(trials.conditions["modality"].mean() - 0.5) < 0.04
    assert not (trials.inputs[:, :, 1:3].any((1, 2)) & trials.inputs[:, :, 3:].any((1, 2))).any()


def test_padding_carries_nothing() -> None:
    trials = make().trials(200, seed=1)
    beyond = ~trials.valid()
    assert beyond.any() and trials.times == LONGEST
    for array in (trials.inputs, trials.targets, trials.weight, trials.judged):
        assert not array[beyond].any()


def test_number_of_steps_does_not_depend_on_the_trials_drawn() -> None:
    task = make()
    assert {task.draw(count, generator(seed, "test")).times for count in (1, 2, 64) for seed in range(5)} == {LONGEST}


def test_noise_is_on_all_inputs_within_the_trial_and_leaves_targets() -> None:
    task, rng = make(), generator(4, "test")
    clean = task.draw(400, rng)
    for factor in (1.0, 8.0):
        noisy = task.with_noise(clean, rng, factor)
        noise = noisy.inputs - clean.inputs
        inside = noise[clean.valid()]
        assert np.allclose(inside.std(0), factor * 0.03, rtol=0.02)
        assert np.all(np.abs(inside.mean(0)) < 4 * factor * 0.03 / np.sqrt(len(inside)))
        assert np.abs(np.corrcoef(inside.T) - np.eye(3)).max() < 0.03
        assert not noise[~clean.valid()].any()
        np.testing.assert_array_equal(noisy.targets, clean.targets)
    np.testing.assert_array_equal(task.noisy_inputs(), np.ones(3))


def test_ideal_and_wrong_outputs() -> None:
    task = make()
    trials = task.trials(300, seed=2)
    ideal = task.score(trials.targets, trials)
    assert ideal["performance"].min() == 1.0 and ideal["angular_error"].max() < 1e-5
    for angle, expected in ((0.099, 1.0), (-0.099, 1.0), (0.101, 0.0), (-0.101, 0.0), (1.0, 0.0)):
        scores = task.score(rotated(trials.targets, angle * np.pi), trials)
        np.testing.assert_array_equal(scores["performance"], np.full(300, expected))
        np.testing.assert_allclose(scores["angular_error"], abs(angle) * np.pi, atol=1e-5)
    for fixation, expected in ((0.49, 1.0), (0.51, 0.0)):
        held = trials.targets.copy()
        held[..., 0] = fixation
        np.testing.assert_array_equal(task.score(held, trials)["performance"], np.full(300, expected))


def test_chance_of_constant_and_random_outputs() -> None:
    task = make()
    trials = task.trials(4000, seed=3)
    constant = np.broadcast_to(np.array([0.0, 0.6, -0.8]), trials.targets.shape)
    assert abs(task.performance(constant, trials) - 0.1) < 0.02
    assert abs(task.score(constant, trials)["angular_error"].mean() - np.pi / 2) < 0.06
    noise = generator(1, "output").standard_normal((4000, 1, 3)) * [0.0, 1.0, 1.0]
    assert abs(task.performance(np.broadcast_to(noise, trials.targets.shape), trials) - 0.1) < 0.02


def test_the_mean_over_the_last_100_ms_decides() -> None:
    task = make()
    trials = task.trials(50, seed=4)
    spoilt = np.where(trials.judged, trials.targets, 100.0)
    assert task.score(spoilt, trials)["performance"].min() == 1.0
    for wrong, expected in ((2, 1.0), (3, 0.0)):  # of five steps, with the opposite angle
        outputs = trials.targets.copy()
        for k, stop in enumerate(trials.length):
            outputs[k, stop - wrong : stop, 1:] *= -1
        np.testing.assert_array_equal(task.score(outputs, trials)["performance"], np.full(50, expected))


def test_score_broadcasts_over_members() -> None:
    task = make(modalities=2)
    trials = task.trials(20, seed=5)
    outputs = generator(2, "output").standard_normal((2, 3, *trials.targets.shape)).astype(np.float32)
    outputs[1, 2] = trials.targets
    scores = task.score(outputs, trials)
    assert scores["performance"].shape == scores["angular_error"].shape == (2, 3, 20)
    assert task.performance(outputs, trials).shape == (2, 3) and task.performance(outputs, trials)[1, 2] == 1.0
    for name, values in task.score(outputs[0, 1], trials).items():
        np.testing.assert_allclose(values, scores[name][0, 1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("load", "steps"), [(0.5, 40), (1.0, 80), (2.0, 160)])
def test_load_fixes_the_delay_alone(load: float, steps: int) -> None:
    task = make()
    assert task.load_name == "delay"
    trials = task.draw(500, generator(7, "test"), load)
    assert set(np.diff(trials.epochs["delay"])[:, 0]) == {steps}
    assert set(trials.conditions["delay"]) == {20.0 * steps}
    assert trials.times == LONGEST - 80 + steps and trials.length.max() <= trials.times
    for name in ("fixation", "stimulus", "response"):
        durations = np.diff(trials.epochs[name])[:, 0]
        low, high = RANGES[name]
        assert low <= durations.min() and durations.max() <= high and len(set(durations)) > (high - low) / 2
    held = trials.inputs[0, trials.epochs["delay"][0, 0] : trials.epochs["delay"][0, 1]]
    np.testing.assert_array_equal(held, np.tile([1.0, 0.0, 0.0], (steps, 1)))


def test_fixed_timing_can_be_set() -> None:
    trials = make(onset=(500, 500), stimulus=(400, 400), delay=(1600, 1600), response=(300, 300)).trials(5, seed=0)
    assert set(trials.length) == {trials.times} == {25 + 20 + 80 + 15}


def test_seeds() -> None:
    task = make()
    first, again, other = task.trials(16, seed=7), task.trials(16, seed=7), task.trials(16, seed=8)
    for name in ("inputs", "targets", "weight", "judged", "length"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.conditions["angle"], other.conditions["angle"])
    assert not np.array_equal(first.length, other.length)


def test_types_names_constant_inputs_and_variables() -> None:
    task = get_task("memory_pro", modalities=2)
    trials = task.trials(4, seed=0)
    assert trials.inputs.dtype == trials.targets.dtype == trials.weight.dtype == np.float32
    assert trials.judged.dtype == bool and trials.length.dtype == int
    assert all(array.dtype == int and array.shape == (4, 2) for array in trials.epochs.values())
    assert all(array.dtype == np.float64 and array.shape == (4,) for array in trials.conditions.values())
    assert task.input_names == ("fixation", "cos 1", "sin 1", "cos 2", "sin 2")
    assert make().input_names == ("fixation", "cos 1", "sin 1")
    assert list(task.constant_inputs()) == ["delay", "response"]
    clean = task.draw(1, generator(8, "test"))
    for name, constant in task.constant_inputs().items():
        start, stop = clean.epochs[name][0]
        np.testing.assert_array_equal(clean.inputs[0, start:stop], np.tile(constant, (stop - start, 1)))
    assert [(variable.name, variable.scale) for variable in task.variables()] == [("angle", "circular")]
    assert task.colour_variable() in trials.conditions


@pytest.mark.parametrize(
    "settings",
    [{"delay": (300, 200)}, {"onset": (-20, 100)}, {"stimulus": (0, 100)}, {"modalities": 3}, {"modalities": 0},
     {"input_noise": -0.1}, {"response": (100, 300)}, {"delay": 400}, {"angle_limit": 0}, {"durations": 1}],
)  # fmt: skip
def test_settings_out_of_bounds_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(AtlasError):
        get_task("memory_pro", **settings)
