"""Is a class told by a hyperplane, or only by a curved surface? Nested cross-validation by trial.

Samples are a trial's bins, all with its label; folds hold whole trials, balanced in the labels, in the outer loop (which scores) and in
the inner one (which chooses settings within the training trials). The reader is a support vector machine with the kernel
``exp(−|x − y|² / 2w²)``; the linear one is logistic regression on the same samples, of unit total variance. The floor is the same
machine with labels permuted over trials.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.ties import first_of_ties

Accuracy = Callable[[int, Int[Array, "train"], Int[Array, "test"], Array], float]
"""Accuracy on ``test`` of a classifier with setting number k fitted on ``train``, both indices of samples, under labels."""


def compare_classifiers(
    rates: Float[Array, "trial bin unit"],
    labels: Float[Array, "trial"],
    settings: DecodingSettings,
    rng: np.random.Generator,
) -> dict[str, Float[Array, "fold"]]:
    """Accuracy in each outer fold of the machine (``kernel``), of logistic regression (``logistic``), and of the machine on permuted
    labels (``shuffled``, whose folds are drawn for those labels)."""
    trials, bins, units = rates.shape
    trial = np.repeat(np.arange(trials), bins)
    kernel, kernel_count = _machine(rates.reshape(-1, units), settings)
    linear, linear_count = _logistic(rates.reshape(-1, units), settings)
    folds = balanced_folds(labels, settings.folds, rng)
    shuffled = rng.permutation(labels)
    other = balanced_folds(shuffled, settings.folds, rng)
    return {
        "kernel": _nested(kernel, kernel_count, labels, trial, folds, settings.reader_folds),
        "logistic": _nested(linear, linear_count, labels, trial, folds, settings.reader_folds),
        "shuffled": _nested(kernel, kernel_count, shuffled, trial, other, settings.reader_folds),
    }


def balanced_folds(labels: Float[Array, "trial"], folds: int, rng: np.random.Generator) -> Int[Array, "trial"]:
    """The fold of each trial; the trials of a class, in random order, are dealt out in turn."""
    found = np.empty(labels.size, dtype=int)
    dealt = 0
    for value in np.unique(labels):
        mine = rng.permutation(np.flatnonzero(labels == value))
        found[mine] = (dealt + np.arange(mine.size)) % folds
        dealt += mine.size
    return found


def _nested(
    accuracy: Accuracy, count: int, labels: Array, trial: Int[Array, "sample"], folds: Int[Array, "trial"], inner: int
) -> Float[Array, "fold"]:
    """Accuracy in each fold, with the setting that does best within the other folds (the first of those that are tied)."""
    label, scores = labels[trial], []
    for fold in np.unique(folds):
        train = folds != fold
        inside = np.full(labels.size, -1)
        # dealt in the order of the trials, by class: no further randomness, and every setting sees the same parts
        for value in np.unique(labels):
            mine = np.flatnonzero(train & (labels == value))
            inside[mine] = np.arange(mine.size) % inner
        parts = [(_samples(train & (inside != k), trial), _samples(inside == k, trial)) for k in range(inner)]
        errors = [np.mean([1.0 - accuracy(k, *part, label) for part in parts]) for k in range(count)]
        chosen = first_of_ties(np.array(errors), unread=1.0)
        scores.append(accuracy(chosen, _samples(train, trial), _samples(~train, trial), label))
    return np.array(scores)


def _samples(trials: Bool[Array, "trial"], trial: Int[Array, "sample"]) -> Int[Array, "chosen"]:
    return np.flatnonzero(trials[trial])


def _machine(samples: Float[Array, "sample unit"], settings: DecodingSettings) -> tuple[Accuracy, int]:
    """Settings in order, the most regularised first: the smallest C, then the largest width. Distances are computed once for all
    folds and settings."""
    distance = pdist(samples.astype(np.float64), "sqeuclidean")
    scale = float(np.median(distance)) or 1.0
    square = squareform(distance) / scale
    kernels = [np.exp(-square / (2.0 * width**2)) for width in sorted(settings.widths, reverse=True)]
    grid = [(k, c) for c in sorted(settings.penalties) for k in range(len(kernels))]

    def accuracy(number: int, train: Array, test: Array, label: Array) -> float:
        width, c = grid[number]
        model = SVC(C=c, kernel="precomputed").fit(kernels[width][np.ix_(train, train)], label[train])
        return float(np.mean(model.predict(kernels[width][np.ix_(test, train)]) == label[test]))

    return accuracy, len(grid)


def _logistic(samples: Float[Array, "sample unit"], settings: DecodingSettings) -> tuple[Accuracy, int]:
    penalties = sorted(settings.linear_penalties)
    x = samples.astype(np.float64) - samples.mean(axis=0, dtype=np.float64)
    x /= np.sqrt(np.mean(np.sum(x**2, axis=1))) or 1.0

    def accuracy(number: int, train: Array, test: Array, label: Array) -> float:
        c = penalties[number]
        model = LogisticRegression(C=c, solver="newton-cholesky", max_iter=100).fit(x[train], label[train])
        return float(np.mean(model.predict(x[test]) == label[test]))

    return accuracy, len(penalties)
