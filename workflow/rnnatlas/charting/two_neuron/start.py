"""Back to the start: does the initial W decide which solution is reached? (Claim T3; the abstract of Turner, Dabholkar & Barak 2021.)"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import StratifiedKFold

from rnnatlas.arrays import Array, Float, Int

FOLDS, RESAMPLES = 5, 1000


class Agreement(NamedTuple):
    """Cohen's κ between what was predicted and what came, with the ends of its 95 % interval over resampled networks."""

    kappa: float
    low: float
    high: float


def predicted(
    initial: Float[Array, "network 2 2"], outcome: Int[Array, "network"], seed: int, threads: int = 1, trees: int = 100
) -> Int[Array, "network"]:
    """The outcome of each network, by a random forest (Breiman 2001) on the initial weights of the networks of the other folds.
    An outcome that fewer networks than folds have cannot be learned: these networks are predicted by the others, and missed."""
    kinds, number = np.unique(outcome, return_inverse=True)
    common = np.bincount(number)[number] >= FOLDS
    features, found = initial.reshape(-1, 4), np.full(len(outcome), kinds[np.argmax(np.bincount(number))])
    if not common.any():
        return found
    splits = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    rare = np.flatnonzero(~common)
    places = np.flatnonzero(common)
    for k, (fitted, left) in enumerate(splits.split(features[places], outcome[places])):
        forest = RandomForestClassifier(trees, random_state=seed, n_jobs=threads)
        forest.fit(features[places[fitted]], outcome[places[fitted]])
        rows = np.concatenate([places[left], rare[k::FOLDS]])
        found[rows] = forest.predict(features[rows])
    return found


def agreement(found: Int[Array, "network"], outcome: Int[Array, "network"], rng: np.random.Generator) -> Agreement:
    """Cohen's κ (Cohen 1960) with a bootstrap interval; 0 where one outcome alone was predicted."""
    kappas = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(outcome), size=len(outcome))
        kappas.append(_kappa(found[drawn], outcome[drawn]))
    low, high = np.percentile(kappas, [2.5, 97.5])
    return Agreement(_kappa(found, outcome), float(low), float(high))


def _kappa(found: Array, outcome: Array) -> float:
    kappa = float(cohen_kappa_score(found, outcome))
    return kappa if np.isfinite(kappa) else 0.0
