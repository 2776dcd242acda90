"""Context-dependent integration against slow loops over its own inputs."""

import numpy as np
import pytest

from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.context_integration import ContextIntegration, Settings
from rnnatlas.tasks.registry import get_task
from rnnatlas.tasks.trials import Trials

TARGETS = ["integral", "choice"]
BOUND = 0.5 * 0.2 * 70  # half of the largest drift of the default settings


def make(target: str = "integral", **settings: object) -> ContextIntegration:
    return ContextIntegration(Settings(target=target, **settings))  # type: ignore[arg-type]


def slow_targets(trials: Trials, target: str) -> np.ndarray:
    """The targets, one trial and step at a time, from nothing but the inputs and the epochs."""
    wanted = np.zeros((trials.count, trials.times, 1))
    for k in range(trials.count):
        start, stop = trials.epochs["stimulus"][k]
        stream = 0 if trials.inputs[k, 0, 2] == 1.0 else 1
        total = 0.0
        for t in range(trials.times):
            if start <= t < stop:
                total += float(trials.inputs[k, t, stream])
            if target == "integral":
                wanted[k, t] = min(max(total / BOUND, -1.0), 1.0)
            elif t >= stop:
                wanted[k, t] = 1.0 if total > 0 else -1.0
    return wanted


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("load", [None, 0.5, 2.0])
def test_targets_follow_the_noisy_relevant_stream(target: str, load: float | None) -> None:
    task, rng = make(target), generator(1, "test")
    trials = task.with_noise(task.draw(40, rng, load), rng)
    np.testing.assert_allclose(trials.targets, slow_targets(trials, target), atol=1e-5)
    last = slow_targets(trials, target)[:, -1, 0]
    np.testing.assert_array_equal(trials.conditions["choice"], np.sign(last))


def test_noise_changes_targets_and_choices_but_not_the_drawn_trials() -> None:
    task, rng = make(), generator(2, "test")
    clean = task.draw(400, rng)
    before = clean.targets.copy()
    noisy = task.with_noise(clean, rng)
    np.testing.assert_array_equal(clean.targets, before)
    np.testing.assert_array_equal(np.sign(clean.conditions["relevant"]), clean.conditions["choice"])
    assert np.mean(clean.conditions["choice"] != noisy.conditions["choice"]) > 0.02
    for name in ("motion", "colour", "relevant", "irrelevant", "context"):
        np.testing.assert_array_equal(clean.conditions[name], noisy.conditions[name])
    assert task.with_noise(clean, rng, factor=0.0) is clean


@pytest.mark.parametrize("target", TARGETS)
def test_noise_has_the_set_deviation_on_both_streams_and_only_in_the_stimulus(target: str) -> None:
    task, rng = make(target), generator(3, "test")
    clean = task.draw(400, rng)
    for factor in (1.0, 4.0):
        noise = task.with_noise(clean, rng, factor).inputs - clean.inputs
        inside = noise[:, 5:75, :2]
        assert np.allclose(inside.std((0, 1)), factor * 0.32, rtol=0.02)
        assert np.all(np.abs(inside.mean((0, 1))) < 4 * factor * 0.32 / np.sqrt(400 * 70))
        assert abs(np.corrcoef(inside[:, :, 0].ravel(), inside[:, :, 1].ravel())[0, 1]) < 0.03
        assert abs(np.corrcoef(inside[:, 1:, 0].ravel(), inside[:, :-1, 0].ravel())[0, 1]) < 0.03
        assert not noise[:, :5].any() and not noise[:, 75:].any() and not noise[:, :, 2:].any()


@pytest.mark.parametrize(("target", "times"), [("integral", 75), ("choice", 85)])
def test_epochs_and_conditions_agree_with_the_clean_inputs(target: str, times: int) -> None:
    trials = make(target).draw(101, generator(4, "test"))
    assert trials.inputs.shape == (101, times, 4) and trials.targets.shape == (101, times, 1)
    assert ("response" in trials.epochs) == (target == "choice")
    for k in range(101):
        start, stop = trials.epochs["stimulus"][k]
        assert (start, stop) == (5, 75) and tuple(trials.epochs["trial"][k]) == (0, times) and trials.length[k] == times
        context = int(trials.conditions["context"][k])
        streams = [trials.conditions["motion"][k], trials.conditions["colour"][k]]
        for t in range(times):
            shown = streams if start <= t < stop else [0.0, 0.0]
            cue = [1.0, 0.0] if context == 0 else [0.0, 1.0]
            np.testing.assert_allclose(trials.inputs[k, t], [*shown, *cue], atol=1e-7)
        assert trials.conditions["relevant"][k] == streams[context]
        assert trials.conditions["irrelevant"][k] == streams[1 - context]
    if target == "choice":
        np.testing.assert_array_equal(trials.epochs["response"], np.tile([75, 85], (101, 1)))


def test_contexts_are_balanced_and_coherences_uniform_and_unrelated() -> None:
    trials = make().draw(4000, generator(5, "test"))
    assert trials.conditions["context"].mean() == 0.5
    for name in ("motion", "colour"):
        values = trials.conditions[name]
        assert np.abs(values).max() <= 0.2
        np.testing.assert_allclose(np.histogram(values, 8, (-0.2, 0.2))[0] / 4000, 1 / 8, atol=0.025)
    table = np.corrcoef([trials.conditions[name] for name in ("motion", "colour", "context")])
    assert np.abs(table - np.eye(3)).max() < 0.06
    assert 0.2 < np.abs(np.diff(trials.conditions["context"])).mean() < 0.8  # in random order


@pytest.mark.parametrize("target", TARGETS)
def test_weight_and_judged_steps(target: str) -> None:
    trials = make(target).trials(3, seed=0)
    if target == "integral":
        assert trials.weight.min() == 1.0
        assert trials.judged.sum() == 3 and trials.judged[:, -1].all()
    else:
        expected = np.r_[np.ones(5), np.zeros(70), np.ones(10)]
        np.testing.assert_array_equal(trials.weight[:, :, 0], np.tile(expected, (3, 1)))
        np.testing.assert_array_equal(trials.judged[:, :, 0], np.tile(np.r_[np.zeros(75), np.ones(10)] > 0, (3, 1)))
        assert not trials.targets[:, :75].any()


@pytest.mark.parametrize("target", TARGETS)
def test_ideal_wrong_and_constant_outputs(target: str) -> None:
    task = make(target)
    trials = task.trials(2000, seed=1)
    ideal = task.score(trials.targets, trials)
    assert ideal["performance"].min() == 1.0 and ideal["error"].max() == 0.0
    wrong = task.score(-trials.targets, trials)
    assert wrong["performance"].max() == 0.0
    np.testing.assert_allclose(wrong["error"], 4 * trials.targets[:, -1, 0] ** 2, rtol=1e-5)
    constant = np.full_like(trials.targets, 0.3)
    assert abs(task.performance(constant, trials) - 0.5) < 0.05
    noise = generator(1, "output").standard_normal(trials.targets.shape)
    assert abs(task.performance(noise, trials) - 0.5) < 0.05
    assert task.performance(np.zeros_like(constant), trials) == 0.0  # silence is no answer


@pytest.mark.parametrize("target", TARGETS)
def test_only_judged_steps_count(target: str) -> None:
    task = make(target)
    trials = task.trials(50, seed=2)
    spoilt = np.where(trials.judged, trials.targets, -100.0 * np.sign(trials.targets[:, -1:]))
    assert task.score(spoilt, trials)["performance"].min() == 1.0
    assert task.score(spoilt, trials)["error"].max() == 0.0
    if target == "choice":  # the mean decides: 6 of 10 steps right is right, 4 is wrong
        for right, expected in ((6, 1.0), (4, 0.0)):
            outputs = trials.targets.copy()
            outputs[:, 75 + right :] *= -1
            np.testing.assert_array_equal(task.score(outputs, trials)["performance"], np.full(50, expected))


def test_the_irrelevant_stream_does_not_earn_performance() -> None:
    task = make()
    trials = task.trials(2000, seed=3)
    other = np.where(trials.conditions["context"] == 0, trials.inputs[:, :, 1].sum(1), trials.inputs[:, :, 0].sum(1))
    outputs = np.broadcast_to(other[:, None, None], trials.targets.shape)
    assert abs(task.performance(outputs, trials) - 0.5) < 0.05


def test_score_broadcasts_over_members() -> None:
    task = make("choice")
    trials = task.trials(20, seed=4)
    outputs = generator(2, "output").standard_normal((2, 3, *trials.targets.shape)).astype(np.float32)
    outputs[1, 2] = trials.targets
    scores = task.score(outputs, trials)
    assert scores["performance"].shape == scores["error"].shape == (2, 3, 20)
    assert task.performance(outputs, trials).shape == (2, 3) and task.performance(outputs, trials)[1, 2] == 1.0
    for name, values in task.score(outputs[0, 1], trials).items():
        np.testing.assert_allclose(values, scores[name][0, 1], rtol=1e-6)


@pytest.mark.parametrize("target", TARGETS)
def test_load_changes_the_stimulus_alone(target: str) -> None:
    task = make(target)
    assert task.load_name == "stimulus duration"
    plain, same, twice = (task.draw(8, generator(6, "test"), load) for load in (None, 1.0, 2.0))
    np.testing.assert_array_equal(plain.inputs, same.inputs)
    np.testing.assert_array_equal(twice.epochs["stimulus"], np.tile([5, 145], (8, 1)))
    assert twice.times - plain.times == 70
    np.testing.assert_array_equal(twice.conditions["motion"], plain.conditions["motion"])
    if target == "integral":  # the scale of the integral stays as trained, so that only the clipping sees more
        np.testing.assert_array_equal(twice.targets[:, :75], plain.targets)


def test_seeds() -> None:
    task = make()
    first, again, other = task.trials(16, seed=7), task.trials(16, seed=7), task.trials(16, seed=8)
    for name in ("inputs", "targets", "weight", "judged", "length"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.inputs, other.inputs)
    assert not np.array_equal(first.conditions["motion"], other.conditions["motion"])


def test_a_selection_of_trials_can_be_retargeted() -> None:
    task = make("choice")
    trials = task.trials(30, seed=9)
    some = task.retarget(trials[[3, 1, 20]])
    np.testing.assert_array_equal(some.targets, trials.targets[[3, 1, 20]])


def test_types_names_constant_inputs_and_variables() -> None:
    task = get_task("context_integration", target="choice")
    trials = task.trials(4, seed=0)
    assert trials.inputs.dtype == trials.targets.dtype == trials.weight.dtype == np.float32
    assert trials.judged.dtype == bool and trials.length.dtype == int
    assert all(array.dtype == int and array.shape == (4, 2) for array in trials.epochs.values())
    assert all(array.dtype == np.float64 and array.shape == (4,) for array in trials.conditions.values())
    assert len(task.output_names) == 1 and len(task.input_names) == 4
    assert {variable.name for variable in task.variables()} == set(trials.conditions)
    assert list(task.constant_inputs()) == ["motion context", "colour context"]
    for context, cue in enumerate(task.constant_inputs().values()):
        shown = trials.inputs[trials.conditions["context"] == context][:, 0]
        np.testing.assert_array_equal(shown, np.tile(cue, (len(shown), 1)))
    np.testing.assert_array_equal(task.noisy_inputs(), [1, 1, 0, 0])


@pytest.mark.parametrize(
    "settings",
    [{"duration": 0}, {"onset": -20}, {"max_coherence": 0}, {"input_noise": -0.1}, {"target": "sign"}, {"dt": 0},
     {"response": 0}, {"coherence": 0.1}],
)  # fmt: skip
def test_settings_out_of_bounds_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(AtlasError):
        get_task("context_integration", **settings)
