"""Kernel readers: against scikit-learn, and on systems made to hide a state or to lack it."""

from itertools import product

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.kernel_predictivity import LearningCurve, Targets, learning_curve
from rnnatlas.similarity.kernel_ridge import gaussian, kernel_reading, linear_reading, squared_distances

SETTINGS = HiddenSettings(tuned=200, widths=[0.25, 0.5, 1.0, 2.0], ridges=[1e-4, 1e-2, 1e-1, 1.0, 10.0])


def curve(
    x: np.ndarray, y: list[np.ndarray], trial: np.ndarray, sizes: list[int], settings: HiddenSettings = SETTINGS
) -> LearningCurve:
    """The first two thirds of the rows fit, the last third scores."""
    cut = 2 * len(x) // 3
    targets = Targets([a[:cut] for a in y], [a[cut:] for a in y], trial[:cut])
    return learning_curve(x[:cut], x[cut:], targets, sizes, settings)


def trials_of(samples: int, each: int = 5) -> np.ndarray:
    return np.arange(samples) // each


# Against scikit-learn


@pytest.mark.parametrize(("ridge", "error"), [(1e-5, 1e-9), (1e-3, 1e-9), (1e-2, 1e-4), (1.0, 1e-5)])
def test_kernel_reading_is_kernel_ridge_regression(ridge: float, error: float) -> None:
    draws = np.random.default_rng(0)
    x, new = draws.normal(size=(300, 4)), draws.normal(size=(40, 4))
    y = np.sin(x) @ draws.normal(size=(4, 3)) + 2.0
    width = 1.7
    found = kernel_reading(
        gaussian(squared_distances(x, x), width), gaussian(squared_distances(new, x), width), y, ridge
    )
    oracle = KernelRidge(alpha=ridge, kernel="rbf", gamma=0.5 / width**2).fit(x, y - y.mean(0))
    assert np.allclose(found, oracle.predict(new) + y.mean(0), atol=error, rtol=0)


@pytest.mark.parametrize("kappa", [1e-8, 1e-2, 1.0])
def test_linear_reading_is_ridge_regression_with_an_intercept(kappa: float) -> None:
    draws = np.random.default_rng(1)
    x, new = draws.normal(size=(60, 5)) + 3.0, draws.normal(size=(20, 5))
    y = x @ draws.normal(size=(5, 2)) + draws.normal(size=(60, 2)) - 1.0
    alpha = kappa * np.sum((x - x.mean(0)) ** 2) / 5
    oracle = Ridge(alpha=alpha, solver="svd").fit(x, y)
    assert np.allclose(linear_reading(x, new, y, kappa), oracle.predict(new), atol=1e-9)


def test_squared_distances_far_from_the_origin() -> None:
    draws = np.random.default_rng(2)
    a, b = draws.normal(size=(7, 3)) + 1e4, draws.normal(size=(5, 3)) + 1e4
    assert np.allclose(squared_distances(a, b), np.sum((a[:, None] - b[None]) ** 2, axis=2), atol=1e-8)
    assert (squared_distances(a, a) >= 0.0).all()


@pytest.mark.parametrize("tuned", [120, 60])  # 60: the choices of 120 samples are found from neighbour to neighbour
def test_the_curve_is_that_of_an_exhaustive_search_with_trials_left_out(tuned: int) -> None:
    draws = np.random.default_rng(3)
    x = draws.normal(size=(180, 3))
    y = [np.sin(2 * x[:, :2]) + 0.3 * draws.normal(size=(180, 2)), x @ draws.normal(size=(3, 3)) + 1.0]
    trial, cut, sizes = trials_of(180), 120, [60, 120]
    settings = HiddenSettings(
        tuned=tuned, folds=4, widths=[0.5, 1.0, 3.0], ridges=[1e-4, 1e-3, 5e-3], linear_ridges=[1e-8, 1e-1, 1.0]
    )
    found = curve(x, y, trial, sizes, settings)
    distances = np.linalg.norm(x[:cut, None] - x[None, :cut], axis=2)
    unit = np.median(distances[:tuned, :tuned][np.triu_indices(tuned, 1)])
    for t, target in enumerate(y):
        for place, n in enumerate(sizes):

            def fitted(rows: np.ndarray, new: np.ndarray, choice: tuple, target: np.ndarray = target) -> np.ndarray:
                mean = target[rows].mean(0)
                gamma = 0.5 / (choice[0] * unit) ** 2
                model = KernelRidge(alpha=choice[1], kernel="rbf", gamma=gamma).fit(x[rows], target[rows] - mean)
                return model.predict(x[new]) + mean

            def error(choice: tuple, n: int = n, target: np.ndarray = target) -> float:
                parts = [np.flatnonzero(trial[:n] % 4 == k) for k in range(4)]
                rest = [np.setdiff1d(np.arange(n), part) for part in parts]
                return sum(np.sum((fitted(a, b, choice) - target[b]) ** 2) for a, b in zip(rest, parts, strict=True))

            best = min(product(settings.widths, settings.ridges), key=error)
            off = np.arange(cut, 180)
            power = np.sum((target[off] - target[:n].mean(0)) ** 2)
            score = 1.0 - np.sum((fitted(np.arange(n), off, best) - target[off]) ** 2) / power
            assert (found.width[t, place], found.ridge[t, place]) == best
            assert found.kernel[t, place] == pytest.approx(score, abs=1e-8)


def test_a_choice_made_on_few_samples_is_mended_on_more() -> None:
    # Few samples cannot resolve five harmonics, and choose to predict the mean; many can.
    draws = np.random.default_rng(8)
    angle = draws.uniform(0.0, 2 * np.pi, 1500)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    y = np.cos(5 * angle)[:, None] + 0.3 * draws.normal(size=(1500, 1))
    given = {"widths": [0.0625, 0.125, 0.25, 0.5, 1.0], "ridges": [1e-2, 1e-1, 1.0, 10.0]}
    few, all_at_once, alone = (
        curve(x, [y], trials_of(1500), sizes, HiddenSettings(tuned=tuned, **given))
        for sizes, tuned in (([15, 1000], 15), ([1000], 1000), ([1000], 15))
    )
    assert (few.width[0, 0], few.ridge[0, 0]) != (few.width[0, 1], few.ridge[0, 1])
    for found in (few, alone):
        assert (found.width[0, -1], found.ridge[0, -1]) == (all_at_once.width[0, 0], all_at_once.ridge[0, 0])
        assert found.kernel[0, -1] == pytest.approx(all_at_once.kernel[0, 0], abs=0.02) and found.kernel[0, -1] > 0.7


# Hidden, absent


def phase_code(samples: int = 1500, noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Y is an angle's (cos, sin); X its second and third harmonics, which determine it and are orthogonal to it."""
    draws = np.random.default_rng(4)
    angle = draws.uniform(0.0, 2 * np.pi, samples)
    x = np.stack([np.cos(2 * angle), np.sin(2 * angle), np.cos(3 * angle), np.sin(3 * angle)], axis=1)
    return x + noise * draws.normal(size=x.shape), np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_a_state_in_another_code_is_hidden_from_the_linear_reader_only() -> None:
    x, y = phase_code()
    found = curve(x, [y], trials_of(1500), [100, 300, 1000])
    assert found.kernel[0, -1] > 0.97 and abs(found.linear[0, -1]) < 0.02
    assert found.kernel[0, 0] < found.kernel[0, -1]


def test_products_hide_their_factors_signs_from_the_linear_reader() -> None:
    draws = np.random.default_rng(5)
    a, b, c = draws.uniform(0.5, 1.5, (3, 1500)) * draws.choice([-1.0, 1.0], (3, 1500))
    x = np.stack([a * b, b * c, a * b * c], axis=1)  # c = abc / ab, and so on: injective
    found = curve(x, [np.stack([a, b, c], axis=1)], trials_of(1500), [1000])
    assert found.kernel[0, 0] > 0.85 and abs(found.linear[0, 0]) < 0.05


def test_a_state_that_is_not_there_is_found_by_neither_reader() -> None:
    draws = np.random.default_rng(6)
    x, y = draws.normal(size=(2, 1500, 4))
    found = curve(x, [y], trials_of(1500), [100, 1000])
    assert (np.abs(found.kernel) < 0.05).all() and (np.abs(found.linear) < 0.05).all()


def test_whole_trials_are_left_out_when_settings_are_chosen() -> None:
    # Source and target are constant within a trial and unrelated between trials. With a trial on both sides a narrow kernel
    # with a small ridge would win by remembering; with trials apart nothing can be read, and the least harmful is chosen.
    draws = np.random.default_rng(7)
    x, y = (np.repeat(draws.normal(size=(150, 3)), 6, axis=0) + 0.01 * draws.normal(size=(900, 3)) for _ in range(2))
    settings = HiddenSettings(tuned=600, widths=[0.25, 0.5, 1.0, 2.0], ridges=[1e-4, 1e-2, 1.0, 100.0])
    found = curve(x, [y], trials_of(900, each=6), [600], settings)
    assert found.ridge[0, 0] == 100.0 and abs(found.kernel[0, 0]) < 0.1
    scattered = curve(x, [y], np.arange(900), [600], settings)  # what goes wrong with each sample a trial of its own
    assert scattered.ridge[0, 0] < 1.0 and scattered.kernel[0, 0] < -0.3


def test_scored_samples_decide_nothing() -> None:
    x, y = phase_code(300)
    settings = (SETTINGS, trials_of(200), [200])
    one, two = (
        learning_curve(x[:200], x[200:] * s, Targets([y[:200]], [y[200:] * s], settings[1]), settings[2], SETTINGS)
        for s in (1.0, 3.0)
    )
    assert (one.width, one.ridge) == (two.width, two.ridge) and one.kernel != two.kernel


# Properties


def test_directions_with_hardly_any_variance_do_not_show_in_the_choice() -> None:
    x, y = phase_code(600)
    faint = 1e-4 * np.random.default_rng(9).normal(size=(600, 30))
    alone, beside = (curve(x, [target], trials_of(600), [100, 400]) for target in (y, np.hstack([y, faint])))
    assert np.array_equal(alone.width, beside.width) and np.array_equal(alone.ridge, beside.ridge)
    assert np.allclose(alone.kernel, beside.kernel, atol=1e-5)


def test_targets_side_by_side_are_read_as_each_alone() -> None:
    x, y = phase_code(450)
    other = x[:, :2] + 0.5 * np.random.default_rng(8).normal(size=(450, 2))
    trial = trials_of(450)
    both = curve(x, [y, other], trial, [150, 300])
    for t, target in enumerate((y, other)):
        alone = curve(x, [target], trial, [150, 300])
        for name in LearningCurve._fields:
            assert np.allclose(getattr(both, name)[t], getattr(alone, name)[0], atol=1e-5), name
    assert both.ridge[0, 1] != both.ridge[1, 1]  # each has settings of its own


def test_rotation_scale_and_offset_do_not_show() -> None:
    x, y = phase_code(450)
    turn = np.linalg.qr(np.random.default_rng(9).normal(size=(4, 4)))[0]
    one = curve(x, [y], trials_of(450), [300])
    two = curve(7.0 * x @ turn + 5.0, [0.1 * y - 3.0], trials_of(450), [300])
    for name in LearningCurve._fields:
        assert np.allclose(getattr(one, name), getattr(two, name), atol=1e-5), name


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_silence_reads_nothing_and_has_nothing_to_read(rate: float) -> None:
    x, y = phase_code(300)
    settings = HiddenSettings(tuned=100, widths=SETTINGS.widths, ridges=SETTINGS.ridges)
    silent = curve(np.full_like(x, rate), [y], trials_of(300), [100, 200], settings)
    assert (silent.width == 2.0).all() and (silent.ridge == 10.0).all()  # all are tied: the most regularised is taken
    # Both readers predict the mean. All entries of K are 1, and single precision (6e-8) is off by the condition (n + ρ)/ρ = 21
    # times a few roundings, R² by no more than twice that; the linear reader works in double precision.
    assert np.allclose(silent.kernel, 0.0, atol=1e-5) and np.allclose(silent.linear, 0.0, atol=1e-12)
    constant = curve(x, [np.full_like(y, 0.3)], trials_of(300), [200])
    assert np.isnan(constant.kernel[0, 0]) and np.isnan(constant.linear[0, 0])
    assert (constant.width[0, 0], constant.ridge[0, 0]) == (2.0, 10.0)


def test_rates_that_are_not_finite_and_too_few_trials_are_refused() -> None:
    x, y = phase_code(30)
    with pytest.raises(AtlasError, match="at least 3 trials"):
        curve(x, [y], np.zeros(30, int), [20])
    x[4, 1] = np.nan
    with pytest.raises(AtlasError, match="finite rates"):
        curve(x, [y], trials_of(30), [20])
