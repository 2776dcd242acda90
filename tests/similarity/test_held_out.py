"""Held-out predictivity against scikit-learn, and the ceiling against what a known signal and noise leave."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut

from rnnatlas.similarity.held_out import deal, held_out_predictivity
from rnnatlas.similarity.recording_dynamics import smooth
from rnnatlas.similarity.recordings import Recording
from rnnatlas.similarity.split_halves import lengthening, pooled_correlation, spearman_brown, split

RIDGES = [1e-6, 1e-3, 1e-1, 10.0]


def nested(x: np.ndarray, y: np.ndarray, fold: np.ndarray) -> float:
    """The same by scikit-learn: every map fitted from the data themselves."""
    missed = power = 0.0
    for k in range(fold.max() + 1):
        on, off = fold != k, fold == k
        errors = np.zeros(len(RIDGES))
        for j in sorted(set(fold[on])):
            fit, scored = on & (fold != j), fold == j
            errors += [np.sum((model(x[fit], y[fit], ridge).predict(x[scored]) - y[scored]) ** 2) for ridge in RIDGES]
        chosen = model(x[on], y[on], RIDGES[int(np.argmin(errors))])
        missed += np.sum((chosen.predict(x[off]) - y[off]) ** 2)
        power += np.sum((y[off] - y[on].mean(0)) ** 2)
    return 1.0 - missed / power


def model(x: np.ndarray, y: np.ndarray, ridge: float) -> Ridge:
    centred = x - x.mean(0)
    return Ridge(alpha=ridge * np.sum(centred**2) / x.shape[1], solver="svd").fit(x, y)


@pytest.mark.parametrize("noise", [0.0, 1.0, 5.0])
def test_it_is_an_independent_nested_cross_validation(noise: float) -> None:
    rng = np.random.default_rng(0)
    fold = np.repeat(deal(9, 4, seed=0), 12)
    x = rng.normal(size=(108, 7)) + 3.0
    y = x @ rng.normal(size=(7, 5)) + noise * rng.normal(size=(108, 5)) - 2.0
    found = held_out_predictivity(x, y, fold, RIDGES)
    assert found == pytest.approx(nested(x, y, fold), abs=1e-9)
    # and, for one ridge in absolute terms, scikit-learn's own search agrees that the folds are groups
    search = GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=LeaveOneGroupOut()).fit(x, y, groups=fold)
    assert search.n_splits_ == 4


def test_noise_predicts_nothing_and_copies_all() -> None:
    rng = np.random.default_rng(1)
    x, fold = rng.normal(size=(300, 20)), np.repeat(np.arange(6), 50)
    assert held_out_predictivity(x, rng.normal(size=(300, 20)), fold, RIDGES) < 0.02
    assert held_out_predictivity(x, 2.0 * x[:, ::-1] + 1.0, fold, RIDGES) > 1.0 - 1e-9
    assert np.isnan(held_out_predictivity(x, np.full((300, 3), 0.1), fold, RIDGES))


def test_conditions_are_dealt_evenly_and_reproducibly() -> None:
    fold = deal(22, 8, seed=3)
    assert set(np.bincount(fold)) == {2, 3} and len(np.bincount(fold)) == 8
    assert np.array_equal(fold, deal(22, 8, seed=3)) and not np.array_equal(fold, deal(22, 8, seed=4))
    assert sorted(deal(5, 8, seed=0)) == [0, 1, 2, 3, 4]


def recording(repeats: np.ndarray, signal: float, noise: float, seed: int = 0) -> tuple[Recording, np.ndarray]:
    """Normal signal and noise of these standard deviations, and the signal."""
    rng = np.random.default_rng(seed)
    conditions, times, units = len(repeats), 25, 30
    truth = signal * rng.normal(size=(conditions, times, units))
    condition = rng.permutation(np.repeat(np.arange(conditions), repeats))
    rates = truth[condition] + noise * rng.normal(size=(len(condition), times, units))
    return Recording(rates, condition, np.zeros((conditions, times, 1)), np.full(conditions, times)), truth


@pytest.mark.parametrize("repeats", [np.full(16, 10), np.full(16, 5), np.tile([4, 7], 8)])
def test_the_ceiling_is_the_share_that_the_known_signal_explains(repeats: np.ndarray) -> None:
    made, truth = recording(repeats, signal=1.0, noise=2.0)
    fold = np.repeat(deal(16, 4, seed=0), 25)
    halves = [split(made, number, seed=0) for number in range(10)]
    r = [pooled_correlation(h.a.reshape(400, 30), h.b.reshape(400, 30), fold) for h in halves]
    found = spearman_brown(np.array(r), lengthening(made)).mean()
    assert found == pytest.approx(1.0 / (1.0 + 4.0 * np.mean(1.0 / repeats)), abs=0.02)
    means = made.means().reshape(400, 30)
    about = means - truth.reshape(400, 30)
    assert found == pytest.approx(1.0 - np.sum(about**2) / np.sum((means - means.mean(0)) ** 2), abs=0.02)


def test_halves_share_no_trial_and_use_as_many_of_each_condition() -> None:
    repeats = np.array([2, 3, 6, 7])
    made, _ = recording(repeats, 0.0, 1.0)
    marked = Recording(np.eye(18)[:, None, :].repeat(25, 1), made.condition, made.inputs, made.length)
    for number in range(5):
        a, b = (half[:, 0] for half in split(marked, number, seed=0))
        assert not np.any((a > 0) & (b > 0))
        for half in (a, b):
            assert np.array_equal((half > 0).sum(1), repeats // 2)
            assert np.allclose(half.sum(1), 1.0)
            assert all(
                set(np.flatnonzero(row)) <= set(np.flatnonzero(made.condition == c)) for c, row in enumerate(half)
            )
    assert lengthening(marked) == pytest.approx((1 + 1 + 1 / 3 + 1 / 3) / (1 / 2 + 1 / 3 + 1 / 6 + 1 / 7))


def test_smoothing_keeps_to_each_condition_and_its_steps() -> None:
    rates = np.zeros((2, 21, 1))
    rates[0, 10], rates[1] = 1.0, 5.0
    length = np.array([21, 12])
    found = smooth(rates, length, 2.0)
    gaussian = np.exp(-0.5 * (np.arange(21) - 10) ** 2 / 4.0)
    np.testing.assert_allclose(found[0, 4:17, 0], (gaussian / gaussian.sum())[4:17], atol=2e-3)
    np.testing.assert_allclose(found[1, :12], 5.0)
    assert not found[1, 12:].any()
    np.testing.assert_array_equal(smooth(rates, length, 0.0)[0], rates[0])
