"""Classifiers of context, and the readout's share, on rates made by hand."""

import numpy as np
import pytest

from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.decoding.classifiers import balanced_folds, compare_classifiers
from rnnatlas.decoding.potent import potent_share

SETTINGS = DecodingSettings(folds=4, penalties=[1.0, 10.0])
TRIALS, BINS, UNITS = 48, 4, 6


def compare(rates: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    return compare_classifiers(rates, labels, SETTINGS, np.random.default_rng(1))


def context(code: str) -> tuple[np.ndarray, np.ndarray]:
    """``linear``: a direction; ``xor``: the product of two signs, of which one is new in every bin."""
    rng = np.random.default_rng(0)
    labels = rng.permutation(TRIALS) % 2.0
    rates = 0.2 * rng.normal(size=(TRIALS, BINS, UNITS))
    sign = 2 * labels[:, None] - 1
    first = rng.choice([-1.0, 1.0], (TRIALS, BINS))
    rates[..., 0] += first
    rates[..., 1] += sign if code == "linear" else sign * first
    return rates, labels


def test_a_context_along_a_direction_is_told_by_both() -> None:
    found = compare(*context("linear"))
    assert all(found[name].shape == (4,) for name in ("kernel", "logistic", "shuffled"))
    assert found["kernel"].mean() > 0.97 and found["logistic"].mean() > 0.97


def test_a_context_coded_by_xor_is_told_by_the_kernel_alone() -> None:
    found = compare(*context("xor"))
    assert found["kernel"].mean() > 0.97 and found["logistic"].mean() < 0.65


def test_shuffled_labels_are_at_chance_though_a_trials_samples_are_alike() -> None:
    rng = np.random.default_rng(3)
    rates = np.repeat(rng.normal(size=(TRIALS, 1, UNITS)), BINS, axis=1) + 0.01 * rng.normal(size=(TRIALS, BINS, UNITS))
    labels = rng.permutation(TRIALS) % 2.0
    found = [
        compare_classifiers(rates, labels, SETTINGS, np.random.default_rng(k))["shuffled"].mean() for k in range(5)
    ]
    assert 0.3 < np.mean(found) < 0.7  # with a trial's samples in two folds this would be near 1


def test_folds_are_balanced_in_the_labels() -> None:
    labels = np.repeat([0.0, 1.0, 2.0], [20, 21, 9])
    folds = balanced_folds(labels, 5, np.random.default_rng(0))
    counts = np.array([np.bincount(folds[labels == value], minlength=5) for value in range(3)])
    assert np.ptp(counts, axis=1).max() <= 1 and np.ptp(counts.sum(0)) <= 1


def angle_rates(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates along the rows of ``directions`` times cos and sin, with an offset in the readout that all angles share."""
    angle = np.repeat(np.arange(8) * np.pi / 4, 3)
    rates = np.stack([np.cos(angle), np.sin(angle)], axis=1) @ directions
    return np.repeat(rates[:, None], 5, axis=1) + 3.0 * np.eye(4)[0] * np.arange(5)[:, None], angle


@pytest.mark.parametrize("tilt", [0.0, 0.3, 1.0, np.pi / 2])
def test_the_potent_share_is_the_squared_cosine_of_the_tilt(tilt: float) -> None:
    inside, outside = np.eye(4)[:2], np.eye(4)[2:]
    rates, angle = angle_rates(np.cos(tilt) * inside + np.sin(tilt) * outside)
    readout = inside.T @ np.array([[2.0, 1.0], [0.0, 3.0]])  # any basis of the readout space
    assert potent_share(rates, angle, readout) == pytest.approx(np.cos(tilt) ** 2)


def test_variance_is_that_of_means_over_repeats() -> None:
    rates, angle = angle_rates(np.eye(4)[:2])
    noise = np.random.default_rng(0).normal(size=rates.shape)
    for value in np.unique(angle):
        noise[angle == value] -= noise[angle == value].mean(axis=0)
    readout = np.eye(4)[:, :2]
    assert potent_share(rates + noise, angle, readout) == pytest.approx(potent_share(rates, angle, readout))
    assert np.isnan(potent_share(np.ones_like(rates), angle, readout))
