"""What experiment would tell two groups of networks apart: in performance, in outputs over time, in population geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.generalisation.contrast import Contrast
from rnnatlas.similarity.regression import predictivity_matrix


@dataclass(frozen=True)
class Experiment:
    """One condition and epoch in which alternatives and standards differ.

    ``kind`` is *performance* (share), *output* (mean squared distance to a standard network's outputs on the same trials),
    *unpredicted* (1 − R²) or *dimension* (participation ratio); ``difference`` that of the medians of alternatives and standards in
    this unit, with a 95 % interval. ``time`` is the centre of the bin in ms since the epoch's onset, NaN for a whole epoch.
    """

    kind: str
    alternative: str
    condition: str
    epoch: str
    time: float
    difference: float
    low: float
    high: float

    @property
    def assured(self) -> float:
        """The end of the interval nearest to 0, as a size: how large the difference is at least; 0 if the interval spans 0, or if too
        few trials reach this bin for one."""
        return max(self.low, -self.high, 0.0) if np.isfinite(self.low + self.high) else 0.0


def ranked(found: list[Experiment], top: int) -> list[Experiment]:
    """The ``top`` experiments of each kind and alternative: most assured first, then largest. Kinds have units of their own, so
    they are not ranked against each other. For outputs, only the best bin of a condition and epoch counts."""
    groups: dict[tuple[str, str], list[Experiment]] = {}
    known = [one for one in found if np.isfinite(one.difference)]  # sorting by NaN would leave all others unsorted
    for one in sorted(known, key=lambda e: (-e.assured, -abs(e.difference))):
        chosen = groups.setdefault((one.alternative, one.kind), [])
        if all((one.condition, one.epoch) != (other.condition, other.epoch) for other in chosen) and len(chosen) < top:
            chosen.append(one)
    return [one for _, group in sorted(groups.items()) for one in group]


def bins_of(
    contrast: Contrast, kind: str, alternative: str, condition: str, epoch: str, times: Float[Array, "bin"]
) -> list[Experiment]:
    """One experiment for each bin of a contrast over bins."""
    values = zip(times, contrast.difference, contrast.low, contrast.high)
    return [Experiment(kind, alternative, condition, epoch, *map(float, four)) for four in values]


def output_distances(
    outputs: Float[Array, "network trial time output"], standards: Float[Array, "network2 trial time output"]
) -> Float[Array, "network trial time"]:
    """Mean over ``standards`` and outputs of the squared difference at each step: how unlike a standard network's its outputs
    are. Unit: squared output."""
    mean, power = standards.mean(0), (standards**2).mean(0)
    return (outputs**2 + power - 2.0 * outputs * mean).mean(-1)


def distances_among(standards: Float[Array, "network trial time output"]) -> Float[Array, "network trial time"]:
    """The same for each standard network against the others (at least two networks; a network's distance to itself is 0)."""
    count = len(standards)
    return output_distances(standards, standards) * (count / max(1, count - 1))


def participation_ratio(rates: Float[Array, "sample unit"]) -> float:
    """Dimension of a cloud of states: (tr C)² / tr C² with C its covariance, between 1 and the number of units; NaN without
    variance."""
    gram = np.cov(rates.astype(np.float64), rowvar=False)
    square = float(np.sum(gram**2))
    return float(np.trace(gram) ** 2 / square) if square > 0.0 else float("nan")


def unpredicted(
    fit: list[Float[Array, "sample _"]], score: list[Float[Array, "sample2 _"]], standards: int, ridge: float
) -> Float[Array, "network"]:
    """1 − R² of the linear map from each network to a standard one, centred, held out: the median over the first ``standards``
    networks, without the network itself."""
    matrix = 1.0 - predictivity_matrix(fit, score, ridge, center=True)[:, :standards]
    matrix[np.arange(standards), np.arange(standards)] = np.nan
    return np.array([np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in matrix])
