"""Can a network's type be told from its activity in training? (Turner, Dabholkar & Barak 2021, section 4.4, figure 4F)"""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

from rnnatlas.arrays import Array, Count, Float, Int, Shaped
from rnnatlas.errors import AtlasError

SPLITS, LEFT_OUT = 50, 0.1  # the paper's protocol
FEWEST = 10  # networks of a type that counts
FOLDS = 5
DRAWS, PERMUTATIONS, TREES = 100, 199, 25


class Prediction(NamedTuple):
    """Cohen's κ of each split, [split]; that of always guessing the most frequent type is 0, and its accuracy ``majority``. ``confusion``: mean over splits of
    the share of networks of a type (row) that are taken for each type, in the order of ``types``."""

    kappa: Float[Array, "split"]
    accuracy: Float[Array, "split"]
    majority: float
    confusion: Float[Array, "type type"]
    types: Shaped[Array, "type"]


def frequent(types: Shaped[Array, "network"], fewest: Count = FEWEST) -> Array:
    """Which networks are of a type that ``fewest`` of them have or more."""
    _, place, count = np.unique(types, return_inverse=True, return_counts=True)
    return np.asarray(count[place] >= fewest)


def predict_types(
    features: Float[Array, "network feature"], types: Shaped[Array, "network"], seed: int = 0, splits: Count = SPLITS
) -> Prediction:
    """Types of networks that were left out, from their features: 50 random splits, stratified, a tenth of the networks left out; scikit-learn's random forest with its
    own settings (features need no scaling for trees). Types of fewer than 10 networks are to be left out before (``frequent``). Raises ``AtlasError`` for a single type,
    for fewer than two networks of one, and features that are not finite."""
    _check(features, types, 2)
    known, number = np.unique(types, return_inverse=True)
    kappa, accuracy = np.zeros(splits), np.zeros(splits)
    rows = np.zeros((splits, len(known), len(known)))
    size = max(ceil(LEFT_OUT * len(types)), len(known))
    for k, (fit, left) in enumerate(
        StratifiedShuffleSplit(splits, test_size=size, random_state=seed).split(features, number)
    ):
        forest = RandomForestClassifier(random_state=seed + k).fit(features[fit], number[fit])
        told = forest.predict(features[left])
        kappa[k], accuracy[k] = cohen_kappa_score(number[left], told), np.mean(told == number[left])
        rows[k] = confusion_matrix(number[left], told, labels=np.arange(len(known)))
    counted = rows.sum(2, keepdims=True)
    shares = np.divide(rows, counted, out=np.full_like(rows, np.nan), where=counted > 0)
    majority = float(np.unique(number, return_counts=True)[1].max() / len(types))
    return Prediction(np.nan_to_num(kappa), accuracy, majority, np.nanmean(shares, axis=0), known)


class Chance(NamedTuple):
    """κ of predictions across folds, its 95 % interval over networks, p of one as large by chance, and what each network was told to be."""

    kappa: float
    low: float
    high: float
    p: float
    told: Shaped[Array, "network"]


def against_chance(features: Float[Array, "network feature"], types: Shaped[Array, "network"], seed: int = 0) -> Chance:
    """Whether features tell types better than chance, by predictions across five stratified folds. The interval is a bootstrap over networks (100 draws: a coarse one), each copy of one in the
    same fold, so that none is told from itself; p is of 199 permutations of the features. Raises ``AtlasError`` as ``predict_types`` does, and for fewer than five networks of a type."""
    _check(features, types, FOLDS)
    rng = np.random.default_rng(seed)
    fold = _folds(types, seed)
    kappa, told = _across_folds(features, types, fold, seed)
    drawn = np.zeros(DRAWS)
    for k in range(DRAWS):
        some = rng.integers(0, len(types), len(types))
        drawn[k] = _across_folds(features[some], types[some], fold[some], seed)[0]
    chance = [_across_folds(features[rng.permutation(len(types))], types, fold, seed)[0] for _ in range(PERMUTATIONS)]
    p = (1 + int(np.sum(np.array(chance) >= kappa - 1e-12))) / (PERMUTATIONS + 1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Chance(kappa, float(low), float(high), p, told)


def _folds(types: Shaped[Array, "network"], seed: int) -> Int[Array, "network"]:
    fold = np.zeros(len(types), dtype=int)
    for number, (_, left) in enumerate(
        StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(types[:, None], types)
    ):
        fold[left] = number
    return fold


def _across_folds(features: Array, types: Array, fold: Array, seed: int) -> tuple[float, Array]:
    told = types.copy()
    for number in np.unique(fold):
        left = fold == number
        forest = RandomForestClassifier(TREES, random_state=seed).fit(features[~left], types[~left])
        told[left] = forest.predict(features[left])
    return float(np.nan_to_num(cohen_kappa_score(types, told))), told


def _check(features: Array, types: Array, fewest: int) -> None:
    if not np.isfinite(features).all():
        raise AtlasError(
            None, "features", "finite numbers are expected, found NaN or infinity", "leave these networks out"
        )
    count = np.unique(types, return_counts=True)[1]
    if len(count) < 2 or count.min() < fewest:
        raise AtlasError(
            None, "types", f"two types or more, of {fewest} networks or more each, are expected, found {len(count)}, the rarest of {count.min(initial=0)}",
            "leave rare types out: prediction.frequent",
        )  # fmt: skip
