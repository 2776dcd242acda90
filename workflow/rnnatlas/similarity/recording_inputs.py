"""Do a recording's inputs belong to it? Its rates are to depend on them more than on the inputs of other conditions.

From each condition's inputs u(t), in units of the largest, come features φ(t): u through leaks of 1, 5 and 25 steps, and the products
of inputs through the same leak (a stream under its context's cue, a magnitude). Features and mean rates lose their mean over the
conditions of each step, so that what all conditions share (time in the trial) counts for nothing. The statistic is R² of the linear map
φ → rates with a small ridge; against it stands R² with the inputs dealt to other conditions, at random. A recording can fail for
a good reason (activity of choices that no input tells), so the number warns and does not refuse.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.similarity.recordings import Recording
from rnnatlas.streams.keys import generator

LEAKS = (1.0, 5.0, 25.0)  # steps
PERMUTATIONS = 199
RIDGE = 1e-3  # in units of the mean diagonal of φᵀφ
LIMIT = 0.05


class Dependence(NamedTuple):
    """R² of the mean rates by their inputs, its median by those of other conditions, and the share of deals that do as well."""

    r2: float
    permuted: float
    p: float

    @property
    def doubtful(self) -> bool:
        return not self.p <= LIMIT

    def __str__(self) -> str:
        return f"R² of the rates by their inputs is {self.r2:.3f}, by those of other conditions {self.permuted:.3f} (p = {self.p:.2f})"


def input_dependence(recording: Recording, seed: int) -> Dependence:
    """How far the rates of ``recording`` depend on its inputs; ``p`` is 1/(permutations + 1) at least."""
    valid = recording.valid()[..., None]
    rates = _apart(recording.means(), valid)[recording.valid()]
    features = _features(recording.inputs)
    features = features - features.mean(
        axis=0
    )  # in the padding as well: other inputs are seen for as long as the rates last
    power = float(np.sum(rates**2))
    if not features.any() or power == 0.0:  # the same inputs, or the same rates, in all conditions
        return Dependence(0.0, 0.0, 1.0)

    def explained(order: Array) -> float:
        seen = features[order][recording.valid()]
        gram, cross = seen.T @ seen, seen.T @ rates
        fitted = np.linalg.solve(gram + RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram)), cross)
        return float(2.0 * np.sum(fitted * cross) - np.sum(fitted * (gram @ fitted))) / power

    rng = generator(seed, "inputs of a recording")
    count = recording.conditions
    own = explained(np.arange(count))
    others = np.array([explained(rng.permutation(count)) for _ in range(PERMUTATIONS)])
    p = (1 + np.count_nonzero(others >= own)) / (PERMUTATIONS + 1)
    return Dependence(own, float(np.median(others)), float(p))


def _features(inputs: Float[Array, "condition time input"]) -> Float[Array, "condition time feature"]:
    scaled = inputs / max(float(np.abs(inputs).max()), 1e-300)
    found: list[Array] = []
    for leak in LEAKS:
        state, path = np.zeros(scaled[:, 0].shape), []
        for step in range(scaled.shape[1]):
            state = state + (scaled[:, step] - state) / leak
            path.append(state)
        filtered = np.stack(path, axis=1)
        found += [filtered[..., k] for k in range(filtered.shape[2])]
        found += [filtered[..., i] * filtered[..., j] for i, j in combinations_with_replacement(range(filtered.shape[2]), 2)]  # fmt: skip
    features = np.stack(found, axis=2)
    spread = features.std(axis=(0, 1))
    return features / np.where(spread > 0.0, spread, 1.0)


def _apart(array: Float[Array, "condition time _"], valid: Array) -> Float[Array, "condition time _"]:
    """Less the mean over the conditions that last so long; 0 in the padding."""
    mean = np.sum(array * valid, axis=0) / np.maximum(valid.sum(axis=0), 1)
    return np.where(valid, array - mean, 0.0)
