"""Kernel predictivity: the share of one network's activity that a *nonlinear* reader finds in another's.

The reader is kernel ridge regression (Saunders, Gammerman & Vovk 1998) from x [sample, unit] to y [sample, unit2],
``ŷ(x) = ȳ + k(x, X) (K + ρI)⁻¹ (Y − ȳ)`` with ``k(x, x') = exp(−|x − x'|² / 2w²)``; w counts in median distances between
samples, ρ in units of K's diagonal, which is 1. Beside it stands the linear reader ``ŷ(x) = ȳ + (x − x̄) M``,
``M = (XᵀX + ρI)⁻¹ Xᵀ(Y − ȳ)``, ``ρ = κ · tr(XᵀX)/N``. Both are fitted on the same samples, their settings chosen by
cross-validation within these, whole trials left out (of settings that are tied, by ``ties.py``), and scored on other trials:
``R² = 1 − |ŷ − Y|²/|Y − ȳ|²``, ȳ and x̄ the means of the fitted samples. R² is at most 1, and has no lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import HiddenSettings
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import ROUNDING, centred, refuse_nonfinite
from rnnatlas.similarity.kernel_ridge import (
    gaussian,
    kernel_reading,
    linear_reading,
    squared_distances,
    target_errors,
)
from rnnatlas.similarity.kernel_search import Choice, KernelSearch
from rnnatlas.ties import first_of_ties

# Far below what tells two settings apart; a network's 96 units need a fifth as many columns.
_LEFT_OUT = 1e-4

Own = TypeVar("Own", bound=Hashable)


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
    is each target's own. The kernel's are the best of the whole grid on up to ``settings.tuned`` samples. With more, the search
    goes on from the size before (from ``settings.tuned`` samples, if there is none) to neighbours on the grid as long as the
    cross-validated error falls. ``sizes`` ascend. While settings are chosen, a target stands as its leading principal components,
    all but ``_LEFT_OUT`` of its variance. A target without variance gives NaN. Raises ``AtlasError`` for values that are
    not finite, and for samples of fewer trials than ``settings.folds``.
    """
    for rates in (fit, score, *targets.fit, *targets.score):
        refuse_nonfinite(rates)
    x, x_score = fit.astype(np.float64), score.astype(np.float64)
    y, y_score = (np.concatenate(list(side), axis=1, dtype=np.float64) for side in (targets.fit, targets.score))
    starts = np.cumsum([0, *(rates.shape[1] for rates in targets.fit)])
    squares, squares_score = squared_distances(x, x), squared_distances(x_score, x)
    unit = _median_off_diagonal(squares[: settings.tuned, : settings.tuned])
    leading, leading_starts = _leading_components(y, starts)
    curve = np.empty((4, len(targets.fit), len(sizes)))

    def search(size: int) -> KernelSearch:
        near, folds = squares[:size, :size] / unit, _folds(targets.trial[:size], settings.folds)
        return KernelSearch(near, leading[:size], folds, leading_starts, settings)

    kernel: list[Choice] = []
    for place, size in enumerate(sizes):
        found = search(size)
        kernel = found.best() if size <= settings.tuned else found.descend(kernel or search(settings.tuned).best())
        kappa = _tuned_linear(x[:size], leading[:size], settings.linear_ridges, found.folds, leading_starts)
        near, apart = found.squares, squares_score[:, :size] / unit
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


def _leading_components(
    y: Float[Array, "sample column"], starts: Int[Array, "_"]
) -> tuple[Float[Array, "sample component"], Int[Array, "_"]]:
    """Each target's principal components, without the last that hold ``_LEFT_OUT`` of its variance; where each begins."""
    parts: list[Array] = []
    for begin, end in pairwise(starts):
        own = centred(y[:, begin:end])
        values, vectors = np.linalg.eigh(own.T @ own)
        kept = np.cumsum(values) > _LEFT_OUT * values.sum()
        kept[-1] = True  # a target without variance has a column too
        parts.append(own @ vectors[:, kept])
    return np.concatenate(parts, axis=1), np.cumsum([0, *(part.shape[1] for part in parts)])


def _tuned_linear(x: Array, y: Array, ridges: Sequence[float], folds: Sequence[Array], starts: Array) -> list[float]:
    """The ridge of least cross-validated error, for each target; the largest of those that are tied."""
    ridges = sorted(ridges, reverse=True)
    errors = [
        sum(
            (target_errors(linear_reading(x[~out], x[out], y[~out], ridge), y[out], starts) for out in folds),
            np.zeros(()),
        )
        for ridge in ridges
    ]
    unread = target_errors(y.mean(0), y, starts)
    return [ridges[first_of_ties(*target)] for target in zip(np.array(errors).T, unread, strict=True)]


def _scores(
    reader: Callable[[Any, Array], Array], choices: Sequence[Own], y: Array, y_score: Array, starts: Array
) -> Float[Array, "target"]:
    """R² of each target with its own choice; targets of the same choice are read together."""
    predicted = np.empty_like(y_score)
    for choice in dict.fromkeys(choices):
        spans = [np.arange(starts[t], starts[t + 1]) for t, own in enumerate(choices) if own == choice]
        columns = np.concatenate(spans)
        predicted[:, columns] = reader(choice, columns)
    power = target_errors(np.broadcast_to(y.mean(0), y_score.shape), y_score, starts)
    raw = target_errors(np.zeros_like(y_score), y_score, starts)
    return 1.0 - target_errors(predicted, y_score, starts) / np.where(power > ROUNDING**2 * raw, power, np.nan)


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
