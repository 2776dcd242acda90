"""Decoders against scikit-learn, and codes made by hand: fixed, rotating, absent."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifier

from rnnatlas.decoding.coding import encode, score
from rnnatlas.decoding.ridge import cross_predictions, fit_decoders, fixed_predictions, trial_folds
from rnnatlas.decoding.stability import largest_angles, stability_ratio

TRIALS, BINS, UNITS = 90, 6, 12
TIME = (np.arange(BINS) + 0.5) * 100.0


def noisy(seed: int = 0) -> np.ndarray:
    """Rates of unequal scales with offsets that change over time."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(TRIALS, BINS, UNITS)) * np.geomspace(1, 1e-3, UNITS) + rng.normal(size=(BINS, UNITS))


def angle_code(turn: float, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rates, angles): the angle on a circle in a random plane, turned by ``turn`` radians a bin."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, TRIALS)
    phase = angle[:, None] + turn * np.arange(BINS)
    plane = np.linalg.qr(rng.normal(size=(UNITS, 2)))[0]
    rates = np.stack([np.cos(phase), np.sin(phase)], axis=-1) @ plane.T
    return rates + noise * rng.normal(size=rates.shape), np.repeat(angle[:, None], BINS, axis=1)


def across(rates: np.ndarray, values: np.ndarray, scale, ridge: float = 1e-2) -> np.ndarray:
    folds = trial_folds(len(rates), 5, np.random.default_rng(1))
    return score(cross_predictions(rates, encode(values, scale), folds, ridge), values[:, None], scale)


@pytest.mark.parametrize("ridge", [1e-4, 1e-2, 1.0])
def test_held_out_predictions_across_time_are_those_of_scikit_learn(ridge: float) -> None:
    rates, targets = noisy(), np.random.default_rng(2).normal(size=(TRIALS, BINS, 3))
    folds = trial_folds(TRIALS, 4, np.random.default_rng(3))
    found = cross_predictions(rates, targets, folds, ridge)
    for fold in range(4):
        train, test = folds != fold, folds == fold
        for i in range(BINS):
            x = rates[train, i]
            alpha = ridge * np.sum((x - x.mean(0)) ** 2) / UNITS
            model = Ridge(alpha=alpha, solver="svd").fit(x, targets[train, i])
            for j in range(BINS):
                np.testing.assert_allclose(found[test, i, j], model.predict(rates[test, j]), atol=1e-9)


def test_the_fixed_decoder_is_scikit_learns_on_all_bins() -> None:
    rates, targets = noisy(), np.random.default_rng(2).normal(size=(TRIALS, BINS, 2))
    folds = trial_folds(TRIALS, 3, np.random.default_rng(3))
    found = fixed_predictions(rates, targets, folds, 0.01)
    for fold in range(3):
        x, y = rates[folds != fold].reshape(-1, UNITS), targets[folds != fold].reshape(-1, 2)
        model = Ridge(alpha=0.01 * np.sum((x - x.mean(0)) ** 2) / UNITS, solver="svd").fit(x, y)
        np.testing.assert_allclose(
            found[folds == fold], model.predict(rates[folds == fold].reshape(-1, UNITS)).reshape(-1, BINS, 2), atol=1e-9
        )


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_classes_are_told_as_by_scikit_learns_ridge_classifier(classes: int) -> None:
    rng = np.random.default_rng(4)
    rates, label = noisy()[:, :1], rng.integers(0, classes, TRIALS).astype(float)
    rates[..., :classes] += 0.8 * np.eye(classes)[label.astype(int)][:, None]
    train = np.arange(TRIALS) < 60
    folds = np.where(train, 1, 0)
    said = cross_predictions(rates, encode(label[:, None], "class"), folds, 0.01)[~train, 0, 0]
    x = rates[train, 0]
    model = RidgeClassifier(alpha=0.01 * np.sum((x - x.mean(0)) ** 2) / UNITS, solver="svd").fit(x, label[train])
    told = model.predict(rates[~train, 0])
    corners = np.stack([encode(np.arange(classes, dtype=float), "class")[k] for k in range(classes)])
    np.testing.assert_array_equal(np.argmax(said @ corners.T, axis=1), told)
    recall = np.mean([np.mean(told[label[~train] == c] == c) for c in range(classes)])
    expected = (recall - 1 / classes) / (1 - 1 / classes)
    assert score(said, label[~train], "class") == pytest.approx(expected)


def test_folds_are_of_equal_size_and_a_trials_label_never_helps_its_own_decoder() -> None:
    folds = trial_folds(TRIALS, 4, np.random.default_rng(0))
    assert np.ptp(np.bincount(folds)) <= 1
    rates, targets = noisy(), np.random.default_rng(2).normal(size=(TRIALS, BINS, 1))
    before = cross_predictions(rates, targets, folds, 0.1)
    targets[7] += 100.0
    after = cross_predictions(rates, targets, folds, 0.1)
    same = np.isclose(before, after).all(axis=(1, 2, 3))
    np.testing.assert_array_equal(same, folds == folds[7])


def test_predictions_do_not_depend_on_the_size_of_activity() -> None:
    rates, targets = noisy(), np.random.default_rng(2).normal(size=(TRIALS, BINS, 1))
    folds = trial_folds(TRIALS, 4, np.random.default_rng(0))
    one, two = (cross_predictions(s * rates, targets, folds, 0.1) for s in (1.0, 40.0))
    np.testing.assert_allclose(one, two, atol=1e-9)


def test_rates_that_do_not_vary_predict_the_mean() -> None:
    fitted = fit_decoders(np.ones((10, 1, 3)), np.arange(10.0)[:, None, None], 0.1)
    assert not fitted.weights.any() and fitted.intercept[0, 0] == 4.5


# Codes


def test_a_fixed_code_keeps_its_score_across_time() -> None:
    cross = across(*angle_code(0.0), "circular")
    assert np.diag(cross).min() > 0.95 and stability_ratio(cross, TIME, 300.0) > 0.98


def test_a_code_that_rotates_is_read_in_each_bin_and_turns_by_its_angle() -> None:
    turn = 0.5
    cross = across(*angle_code(turn), "circular")
    lag = np.arange(BINS) - np.arange(BINS)[:, None]
    assert np.diag(cross).min() > 0.95
    np.testing.assert_allclose(cross, np.cos(turn * lag) * np.diag(cross).mean(), atol=0.05)
    expected = np.mean(np.cos(turn * lag)[np.abs(lag) >= 3])
    assert stability_ratio(cross, TIME, 300.0) == pytest.approx(expected, abs=0.03) and expected < 0


def test_no_code_scores_nothing_on_any_scale() -> None:
    rng = np.random.default_rng(5)
    rates = rng.normal(size=(600, 2, 5))
    for scale, values in {
        "circular": rng.uniform(0, 2 * np.pi, (600, 1)),
        "class": (rng.random((600, 1)) < 0.1).astype(float),  # nine in ten belong to one class: accuracy would be 0.9
        "linear": rng.normal(size=(600, 1)),
    }.items():
        assert np.abs(across(rates, np.repeat(values, 2, axis=1), scale)).max() < 0.1, scale


def test_perfect_predictions_score_one_and_wrong_ones_what_the_formulas_say() -> None:
    rng = np.random.default_rng(6)
    values = rng.uniform(-1, 1, 50)
    assert score(values[:, None], values, "linear") == pytest.approx(1.0)
    assert score(np.full((50, 1), values.mean()), values, "linear") == pytest.approx(0.0)
    assert score(3.0 * encode(values + 0.4, "circular"), values, "circular") == pytest.approx(np.cos(0.4))
    label = rng.integers(0, 3, 300).astype(float)
    assert score(encode(label, "class"), label, "class") == pytest.approx(1.0)
    assert score(np.roll(encode(np.arange(3.0), "class"), 1, axis=0)[label.astype(int)], label, "class") == pytest.approx(-0.5)  # fmt: skip


def test_a_class_that_an_entry_of_the_batch_lacks_has_no_recall_there() -> None:
    label = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    found = score(encode(label, "class"), label, "class")
    np.testing.assert_allclose(found, 1.0)


def test_the_ratio_is_the_mean_of_distant_pairs_over_that_of_the_diagonal() -> None:
    cross = np.arange(16.0).reshape(4, 4) + 1
    time = np.array([50.0, 150.0, 250.0, 350.0])
    assert stability_ratio(cross, time, 200.0) == pytest.approx(np.mean([3, 4, 8, 9, 13, 14]) / np.mean([1, 6, 11, 16]))
    assert np.isnan(stability_ratio(cross, time, 400.0))
    assert np.isnan(stability_ratio(-cross, time, 200.0))


# Subspaces


def test_angles_are_those_of_scipy() -> None:
    from scipy.linalg import subspace_angles

    weights = np.random.default_rng(7).normal(size=(4, 9, 2))
    found = largest_angles(weights)
    for i in range(4):
        for j in range(4):
            expected = np.degrees(subspace_angles(weights[i], weights[j]).max())
            assert found[i, j] == pytest.approx(expected, abs=1e-5)


def test_a_plane_turned_within_itself_is_the_same_and_a_line_turned_by_an_angle_is_apart_by_it() -> None:
    plane = np.linalg.qr(np.random.default_rng(8).normal(size=(6, 2)))[0]
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    assert largest_angles(np.stack([plane, 5.0 * plane @ turn])).max() < 1e-5
    lines = np.stack([[np.cos(a), np.sin(a), 0.0] for a in (0.0, 0.3)])[..., None]
    assert largest_angles(lines)[0, 1] == pytest.approx(np.degrees(0.3))
    assert np.isnan(largest_angles(np.stack([lines[0], 0 * lines[0]]))[0, 1])
