"""Kernel predictivity: the share of one network's activity that a *nonlinear* reader finds in another's.

The reader is kernel ridge regression (Saunders, Gammerman & Vovk 1998) from x [sample, unit] to y [sample, unit2],
``ŷ(x) = ȳ + k(x, X) (K + ρI)⁻¹ (Y − ȳ)`` with ``k(x, x') = exp(−|x − x'|² / 2w²)``; w counts in median distances between
samples, ρ in units of K's diagonal, which is 1. Beside it stands the linear reader ``ŷ(x) = ȳ + (x − x̄) M``,
``M = (XᵀX + ρI)⁻¹ Xᵀ(Y − ȳ)``, ``ρ = κ · tr(XᵀX)/N``. Both are fitted on the same samples, their settings chosen by
cross-validation within these, whole trials left out, and scored on other trials: ``R² = 1 − |ŷ − Y|²/|Y − ȳ|²``, ȳ and x̄ the
means of the fitted samples. R² is at most 1, and has no lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import ROUNDING, refuse_nonfinite

# From this ridge on, K + ρI is solved in single precision: rounding moves the entries of K by 6e-8 and its eigenvalues by
# some 1e-5 at 4,000 samples, a thousandth of the ridge.
_SINGLE_FROM = 1e-2

Choice = TypeVar("Choice", bound=Hashable)


class Targets(NamedTuple):
    """What is to be read: activity of networks on samples to fit, of which row k belongs to trial ``trial[k]``, and on samples
    of other trials to score."""

    fit: Sequence[Float[Array, "fitted _"]]
    score: Sequence[Float[Array, "scored _"]]
    trial: Int[Array, "fitted"]


class LearningCurve(NamedTuple):
    """Held-out R² of both readers by target and number of fitted samples, with the kernel's settings that were chosen."""

    linear: Float[Array, "target size"]
    kernel: Float[Array, "target size"]
    width: Float[Array, "target size"]
    ridge: Float[Array, "target size"]


def learning_curve(
    fit: Float[Array, "fitted unit"],
    score: Float[Array, "scored unit"],
    targets: Targets,
    sizes: Sequence[int],
    settings: HiddenSettings,
) -> LearningCurve:
    """Both readers of one source, given its activity on the samples of ``targets``; fitted on the first n for n in ``sizes``.

    All targets share the source's kernel, which is what costs: their units stand side by side, and only the choice of settings
    is each target's own. Settings are chosen on at most ``settings.tuned`` of the samples: ρ is the variance of what a reader
    cannot explain, and does not grow with n. A target without variance gives NaN. Raises ``AtlasError`` for values that are not
    finite, and for samples of fewer trials than ``settings.folds``.
    """
    for rates in (fit, score, *targets.fit, *targets.score):
        refuse_nonfinite(rates)
    x, x_score = fit.astype(np.float64), score.astype(np.float64)
    y, y_score = (np.concatenate(list(side), axis=1, dtype=np.float64) for side in (targets.fit, targets.score))
    starts = np.cumsum([0, *(rates.shape[1] for rates in targets.fit)])
    squares, squares_score = squared_distances(x, x), squared_distances(x_score, x)
    unit = _median_off_diagonal(squares[: settings.tuned, : settings.tuned])
    curve = np.empty((4, len(targets.fit), len(sizes)))

    tuned: dict[int, tuple[list[float], list[tuple[float, float]]]] = {}
    for place, size in enumerate(sizes):
        few = min(size, settings.tuned)
        if few not in tuned:
            folds = _folds(targets.trial[:few], settings.folds)
            kappa = _tuned_linear(x[:few], y[:few], settings.linear_ridges, folds, starts)
            near = squares[:few, :few] / unit
            tuned[few] = kappa, _tuned_kernel(near, y[:few], settings.widths, settings.ridges, folds, starts)
        kappa, kernel = tuned[few]
        near, apart = squares[:size, :size] / unit, squares_score[:, :size] / unit
        readers = (
            lambda ridge, columns, n=size: linear_reading(x[:n], x_score, y[:n, columns], ridge),
            lambda choice, columns, n=size, near=near, apart=apart: kernel_reading(
                gaussian(near, choice[0]), gaussian(apart, choice[0]), y[:n, columns], choice[1]
            ),
        )
        for number, (reader, choices) in enumerate(zip(readers, (kappa, kernel), strict=True)):
            curve[number, :, place] = _scores(reader, choices, y[:size], y_score, starts)
        curve[2:, :, place] = np.array(kernel).T
    return LearningCurve(*curve)


def squared_distances(a: Float[Array, "row unit"], b: Float[Array, "column unit"]) -> Float[Array, "row column"]:
    """``|a_i − b_j|²``, by Gram matrices about the mean of b, which keeps the rounding small."""
    a, b = a - b.mean(0), b - b.mean(0)
    squares = (-2.0 * a) @ b.T
    squares += np.sum(a**2, axis=1)[:, None]
    squares += np.sum(b**2, axis=1)
    return np.maximum(squares, 0.0, out=squares)


def gaussian(squares: Float[Array, "row column"], width: float) -> Float[Array, "row column"]:
    """``exp(−d² / 2w²)`` of squared distances."""
    return np.exp(squares * (-0.5 / width**2))


def kernel_reading(
    kernel: Float[Array, "fitted fitted"],
    kernel_new: Float[Array, "new fitted"],
    y: Float[Array, "fitted column"],
    ridge: float,
) -> Float[Array, "new column"]:
    """``ȳ + K_new (K + ρI)⁻¹ (Y − ȳ)`` by Cholesky, in single precision where the ridge allows it."""
    kind = np.float32 if ridge >= _SINGLE_FROM else np.float64
    regularised = kernel.astype(kind)
    regularised[np.diag_indices_from(regularised)] += kind(ridge)
    mean = y.mean(0)
    # The transpose is the same matrix in the order that LAPACK factorises in place.
    factor = cho_factor(regularised.T, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve(factor, (y - mean).astype(kind), overwrite_b=True, check_finite=False)
    return mean + kernel_new.astype(kind, copy=False) @ weights


def linear_reading(
    x: Float[Array, "fitted unit"], x_new: Float[Array, "new unit"], y: Float[Array, "fitted column"], ridge: float
) -> Float[Array, "new column"]:
    """``ȳ + (X_new − x̄) M``; directions that are 0 to rounding even with the ridge are left out."""
    mean, mean_y = x.mean(0), y.mean(0)
    gram = (x - mean).T @ (x - mean)
    values, vectors = np.linalg.eigh(gram + ridge * np.trace(gram) / len(gram) * np.eye(len(gram)))
    kept = values > len(gram) * np.finfo(np.float64).eps * values[-1]
    basis = vectors[:, kept]
    return mean_y + ((x_new - mean) @ basis) @ ((basis.T @ ((x - mean).T @ (y - mean_y))) / values[kept, None])


def _tuned_kernel(
    squares: Array, y: Array, widths: Sequence[float], ridges: Sequence[float], folds: list[Array], starts: Array
) -> list[tuple[float, float]]:
    """The (width, ridge) of least cross-validated error, for each target."""
    choices = list(product(widths, ridges))
    errors = np.zeros((len(choices), len(starts) - 1))
    for number, width in enumerate(widths):
        kernel = gaussian(squares, width)
        for out in folds:
            near, apart = kernel[np.ix_(~out, ~out)], kernel[np.ix_(out, ~out)]
            for place, ridge in enumerate(ridges, number * len(ridges)):
                errors[place] += _errors(kernel_reading(near, apart, y[~out], ridge), y[out], starts)
    return [choices[k] for k in np.argmin(errors, axis=0)]


def _tuned_linear(x: Array, y: Array, ridges: Sequence[float], folds: list[Array], starts: Array) -> list[float]:
    """The ridge of least cross-validated error, for each target."""
    errors = [
        sum((_errors(linear_reading(x[~out], x[out], y[~out], ridge), y[out], starts) for out in folds), np.zeros(()))
        for ridge in ridges
    ]
    return [ridges[k] for k in np.argmin(errors, axis=0)]


def _scores(
    reader: Callable[[Any, Array], Array], choices: Sequence[Choice], y: Array, y_score: Array, starts: Array
) -> Float[Array, "target"]:
    """R² of each target with its own choice; targets of the same choice are read together."""
    predicted = np.empty_like(y_score)
    for choice in dict.fromkeys(choices):
        spans = [np.arange(starts[t], starts[t + 1]) for t, own in enumerate(choices) if own == choice]
        columns = np.concatenate(spans)
        predicted[:, columns] = reader(choice, columns)
    power = _errors(np.broadcast_to(y.mean(0), y_score.shape), y_score, starts)
    raw = _errors(np.zeros_like(y_score), y_score, starts)
    return 1.0 - _errors(predicted, y_score, starts) / np.where(power > ROUNDING**2 * raw, power, np.nan)


def _errors(predicted: Array, y: Array, starts: Array) -> Float[Array, "target"]:
    """Squared error of each target, over samples and its units."""
    return np.add.reduceat(np.sum((predicted - y) ** 2, axis=0), starts[:-1])


def _folds(trial: Int[Array, "sample"], count: int) -> list[Array]:
    """Masks of the samples left out in turn: trials are dealt to the folds like cards, so none is on both sides."""
    trials, number = np.unique(trial, return_inverse=True)
    if len(trials) < count:
        raise AtlasError(
            None, "folds", f"samples of at least {count} trials were expected, found {len(trials)}", "add trials or samples"
        )  # fmt: skip
    return [number % count == k for k in range(count)]


def _median_off_diagonal(squares: Float[Array, "sample sample"]) -> float:
    """Median squared distance of distinct samples: its root is the median distance; 1 where all samples are the same."""
    return float(np.median(squares[np.triu_indices(len(squares), k=1)])) or 1.0
