"""Ridge decoders of every time bin, and their predictions for trials that they were not fitted on.

A decoder of one bin predicts targets y from rates x as ``ŷ = ȳ + (x − x̄) B`` with ``B = (XᵀX + ρI)⁻¹ Xᵀ Y``, X and Y centred on
the means x̄, ȳ of the fitted samples and ``ρ = ridge · tr(XᵀX) / N``: the intercept is not penalised, and ``ridge`` does not depend
on the size of activity. Bins are a batch of small systems; each is factorised once a fold, for all variables and all test bins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int, Positive


class Decoders(NamedTuple):
    """One decoder a bin."""

    weights: Float[Array, "bin unit target"]
    intercept: Float[Array, "bin target"]


def fit_decoders(
    rates: Float[Array, "sample bin unit"], targets: Float[Array, "sample bin target"], ridge: Positive
) -> Decoders:
    """The decoder of each bin from the samples in that bin; ``ridge`` > 0. Rates that do not vary get weights of 0."""
    x, y = rates.swapaxes(0, 1).astype(np.float64), targets.swapaxes(0, 1)
    x_mean, y_mean = x.mean(axis=1, keepdims=True), y.mean(axis=1, keepdims=True)
    x = x - x_mean
    gram = x.swapaxes(1, 2) @ x
    penalty = ridge * np.trace(gram, axis1=1, axis2=2) / gram.shape[-1]
    gram += np.where(penalty > 0.0, penalty, 1.0)[:, None, None] * np.eye(gram.shape[-1])
    weights = np.linalg.solve(gram, x.swapaxes(1, 2) @ (y - y_mean))
    return Decoders(weights, (y_mean - x_mean @ weights)[:, 0])


def cross_predictions(
    rates: Float[Array, "trial bin unit"],
    targets: Float[Array, "trial bin target"],
    folds: Int[Array, "trial"],
    ridge: Positive,
) -> Float[Array, "trial bin bin2 target"]:
    """``[k, i, j]``: what the decoder of bin i, fitted without the trials of k's fold, says of trial k in bin j."""
    trials, bins, units = rates.shape
    found = np.empty((trials, bins, bins, targets.shape[2]))
    for fold in np.unique(folds):
        out = folds == fold
        fitted = fit_decoders(rates[~out], targets[~out], ridge)
        side_by_side = fitted.weights.swapaxes(0, 1).reshape(units, -1)
        said = rates[out].reshape(-1, units).astype(np.float64) @ side_by_side
        found[out] = said.reshape(-1, bins, bins, targets.shape[2]).swapaxes(1, 2) + fitted.intercept[:, None]
    return found


def fixed_predictions(
    rates: Float[Array, "trial bin unit"],
    targets: Float[Array, "trial bin target"],
    folds: Int[Array, "trial"],
    ridge: Positive,
) -> Float[Array, "trial bin target"]:
    """``[k, j]``: what one decoder for all bins, fitted without the trials of k's fold, says of trial k in bin j."""
    units, width = rates.shape[2], targets.shape[2]
    found = np.empty(targets.shape)
    for fold in np.unique(folds):
        out = folds == fold
        samples = rates[~out].reshape(-1, 1, units), targets[~out].reshape(-1, 1, width)
        fitted = fit_decoders(*samples, ridge)
        found[out] = rates[out].astype(np.float64) @ fitted.weights[0] + fitted.intercept[0]
    return found


def trial_folds(trials: int, folds: int, rng: np.random.Generator) -> Int[Array, "trial"]:
    """The fold of each trial; sizes differ by one at most. All bins of a trial lie in its fold."""
    return rng.permutation(trials) % folds
