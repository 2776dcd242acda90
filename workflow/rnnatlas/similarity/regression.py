"""Linear predictivity: the share of one network's activity that a linear map reads out of another's.

With source X [sample, unit] and target Y [sample, unit2]: ``R² = 1 − |X M − Y|²/|Y|²`` and
``M = (XᵀX + ρI)⁻¹ XᵀY``, ``ρ = ridge · tr(XᵀX)/N``. It is asymmetric: a copy of Y beside anything else predicts Y
wholly, and is not predicted by Y. Uncentred, as in INSD (Qian & Pehlevan 2026), a common offset counts as predicted;
centred, it is taken away first. A target without activity (centred: without variance) has no share to predict: NaN.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rnnatlas.arrays import Array, Float, NotNegative
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import ROUNDING, centred, paired_samples, refuse_nonfinite

_GROUP_UNITS = 4096  # columns of one Gram block (128 MiB), so that memory does not grow with the population
_CHUNK_SAMPLES = 1024  # rows cast to float64 at a time


def linear_predictivity(
    source: Float[Array, "sample unit"],
    target: Float[Array, "sample unit2"],
    ridge: NotNegative = 0.0,
    center: bool = False,
) -> float:
    """How well ``source`` predicts ``target``: R² of the linear map, fitted and scored on the same samples.

    In [0, 1], 1 = a linear image; ``ridge`` 0 is the pseudo-inverse, so sources of any rank will do. Invariant to
    scaling and rotation of either side and, at ridge 0, to any invertible map of the source.
    """
    x, y = paired_samples(source, target)
    if center:
        x, y = centred(x), centred(y)
    power = np.sum(y**2)
    # By SVD, not by Gram matrix: ridge 0 then resolves directions down to 1e-15 of the largest, not 1e-8.
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    kept = s > max(x.shape) * np.finfo(np.float64).eps * s[0]
    gain = s[kept] ** 2 / (s[kept] ** 2 + ridge * np.sum(s**2) / x.shape[1])  # X M = U gain UᵀY
    explained = (2.0 * gain - gain**2) @ np.sum((u[:, kept].T @ y) ** 2, axis=1)
    return float(explained / power) if power > 0.0 else float("nan")


def predictivity_matrix(
    train: Sequence[Float[Array, "sample _"]],
    test: Sequence[Float[Array, "sample2 _"]],
    ridge: NotNegative = 1e-8,
    center: bool = False,
    targets: tuple[Sequence[Float[Array, "sample _"]], Sequence[Float[Array, "sample2 _"]]] | None = None,
) -> Float[Array, "source target"]:
    """R² for every pair, ``[source, target]``: maps fitted on ``train``, scored on ``test`` (both one per network).

    ``targets`` (train, test) are other activity to predict, e.g. the same networks without noise; without it the
    sources predict each other. Centred, the *training* means are subtracted from both sets: they belong to the map, and
    test data do not choose it. Held out, R² has no lower bound. Only Gram matrices are formed, of all networks' units
    side by side: ``|X M − Y|² = |Y|² − 2 tr(MᵀXᵀY) + tr(MᵀXᵀX M)``, with XᵀX and XᵀY of the test set.
    """
    _check(train, test)
    count, apart = len(train), targets is not None
    if targets is not None:
        _check(*targets)
        train, test = [*train, *targets[0]], [*test, *targets[1]]
    means = [x.mean(axis=0, dtype=np.float64) if center else np.zeros(x.shape[1]) for x in train]
    own_test = [_gram(test, means, [i], [i]) for i in range(len(test))]
    inverses = [_regularised_inverse(_gram(train, means, [i], [i]), ridge) for i in range(count)]
    sources = list(range(count))
    predicted = list(range(count, len(train))) if apart else sources
    units = [x.shape[1] for x in train]
    explained = np.empty((len(train), len(train)))
    for rows, columns in _pairs_of_groups(sources, predicted, units):
        cross_train, cross_test = (_gram(rates, means, rows, columns) for rates in (train, test))
        score = _explained(cross_train, cross_test, inverses, own_test, rows, columns)
        explained[np.ix_(rows, columns)] = score
        if rows != columns and not apart:  # the same block, transposed, predicts the other way
            score = _explained(cross_train.T, cross_test.T, inverses, own_test, columns, rows)
            explained[np.ix_(columns, rows)] = score
    power = np.array([np.trace(own_test[j]) for j in predicted])
    raw = np.array([np.sum(np.square(test[j], dtype=np.float64)) for j in predicted])
    return explained[np.ix_(sources, predicted)] / np.where(power > ROUNDING**2 * raw, power, np.nan)


def _explained(
    cross_train: Float[Array, "row column"],
    cross_test: Float[Array, "row column"],
    inverses: list[Float[Array, "_ _"]],
    own_test: list[Float[Array, "_ _"]],
    rows: list[int],
    columns: list[int],
) -> Float[Array, "source target"]:
    """``|Y|² − |X M − Y|²`` on the test set, for the sources ``rows`` and the targets ``columns``."""
    starts = np.cumsum([0] + [len(own_test[j]) for j in columns[:-1]])
    result = np.empty((len(rows), len(columns)))
    top = 0
    for place, i in enumerate(rows):
        span = slice(top, top := top + len(own_test[i]))
        m = inverses[i] @ cross_train[span]
        result[place] = np.add.reduceat(np.sum(m * (2.0 * cross_test[span] - own_test[i] @ m), axis=0), starts)
    return result


def _gram(
    rates: Sequence[Float[Array, "sample _"]], means: list[Float[Array, "_"]], rows: list[int], columns: list[int]
) -> Float[Array, "row column"]:
    """``(X − mean)ᵀ(Y − mean)`` in float64: with a ridge of 1e-8, single precision would invert its own rounding."""

    def beside(networks: list[int], samples: slice) -> Float[Array, "sample side"]:
        side = np.concatenate([rates[i][samples] for i in networks], axis=1, dtype=np.float64)
        return side - np.concatenate([means[i] for i in networks])

    total = np.zeros((sum(len(means[i]) for i in rows), sum(len(means[j]) for j in columns)))
    for start in range(0, len(rates[0]), _CHUNK_SAMPLES):
        chunk = slice(start, start + _CHUNK_SAMPLES)
        x = beside(rows, chunk)
        # XᵀX of one and the same array is computed as a triangle, in half the time
        total += x.T @ (x if rows == columns else beside(columns, chunk))
    return total


def _regularised_inverse(gram: Float[Array, "unit unit"], ridge: float) -> Float[Array, "unit unit"]:
    """``(XᵀX + ρI)⁻¹``; what is 0 to rounding even with the ridge (a rank-deficient X at ridge 0) is left out."""
    values, vectors = np.linalg.eigh(gram + ridge * np.trace(gram) / len(gram) * np.eye(len(gram)))
    kept = values > len(gram) * np.finfo(np.float64).eps * values[-1]
    return (vectors[:, kept] / values[kept]) @ vectors[:, kept].T


def _pairs_of_groups(sources: list[int], targets: list[int], units: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Every pair of a group of sources and a group of targets; where these are the same networks, unordered pairs."""
    left, right = _groups(sources, units), _groups(targets, units)
    return ((a, b) for place, a in enumerate(left) for b in (right[place:] if sources == targets else right))


def _groups(networks: list[int], units: list[int]) -> list[list[int]]:
    """Networks in groups of at most ``_GROUP_UNITS`` units (or one network)."""
    groups: list[list[int]] = []
    used = _GROUP_UNITS
    for network in networks:
        if used + units[network] > _GROUP_UNITS:
            groups.append([])
            used = 0
        groups[-1].append(network)
        used += units[network]
    return groups


def _check(train: Sequence[Float[Array, "_ _"]], test: Sequence[Float[Array, "_ _"]]) -> None:
    units = [[rates.shape[1] for rates in group] for group in (train, test)]
    samples = [{len(rates) for rates in group} for group in (train, test)]
    if not train or units[0] != units[1] or max(map(len, samples)) > 1:
        raise AtlasError(
            None,
            None,
            "the same networks, in the same order, on the same samples within each set were expected; "
            f"units are {units[0]} and {units[1]}, numbers of samples {samples[0]} and {samples[1]}",
            "simulate every network on the training trials and on the test trials, then rates.reshape(-1, units)",
        )
    for rates in (*train, *test):
        refuse_nonfinite(rates)
