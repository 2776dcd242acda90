"""Representational similarity analysis (RSA): are the same samples far apart?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.spatial.distance import pdist
from scipy.stats import rankdata

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.inputs import paired_samples, refuse_nonfinite
from rnnatlas.similarity.measures.decomposed import ratio
from rnnatlas.similarity.systems import Samples

Ranks = Float[Array, "pair"]


def describe(system: Samples) -> Ranks:
    """The centred ranks of a network's Euclidean dissimilarities, of norm 1 (NaN where all are equal). The Euclidean form is defined for
    silent samples too and does not depend on the axes."""
    refuse_nonfinite(system.rates)
    ranks = rankdata(pdist(system.rates.astype(np.float64)[system.few], "sqeuclidean"))
    ranks -= ranks.mean()
    size = np.linalg.norm(ranks)
    return ranks / (size if size > 0.0 else np.nan)


def compare(a: Ranks, b: Ranks) -> float:
    """``rsa`` of two networks, Euclidean."""
    return float(a @ b)


def matrix(described: Sequence[Ranks], targets: int) -> Float[Array, "source target"]:
    """All pairs as one product."""
    ranks = np.stack(list(described))
    return (ranks @ ranks.T)[:, :targets]


def rsa(
    x: Float[Array, "sample unit"],
    y: Float[Array, "sample unit2"],
    distance: Literal["correlation", "euclidean"] = "correlation",
) -> float:
    """Representational similarity analysis: Spearman correlation of the two dissimilarity matrices, in [−1, 1].

    A dissimilarity matrix holds the distance of each pair of samples (trial × time): 1 − the correlation of their
    rates over units, or the Euclidean distance (squared or not is the same to ranks). Its upper triangle is compared.
    Invariant to scaling and, for ``euclidean``, to rotation and offset of either side; ``correlation`` takes each
    *sample's* mean over units away, so it depends on the axes and on the units' offsets, which stay (Kriegeskorte,
    Mur & Bandettini 2008). Time and memory grow with samples²: 3,000 samples are 4.5 million pairs.
    """
    x, y = paired_samples(x, y)
    ranks = [rankdata(_dissimilarities(rates, distance)) for rates in (x, y)]
    first, second = (r - r.mean() for r in ranks)
    return ratio(first @ second, np.linalg.norm(first) * np.linalg.norm(second))


def _dissimilarities(rates: Float[Array, "sample unit"], distance: str) -> Float[Array, "pair"]:
    if distance == "euclidean":
        return pdist(rates, "sqeuclidean")
    if distance != "correlation":
        raise AtlasError(None, "distance", f"'correlation' or 'euclidean' was expected, not {distance!r}", "pick one")
    flat = np.ptp(rates, axis=1) == 0.0
    if flat.any():
        raise AtlasError(
            None,
            "distance",
            f"{flat.sum()} of {flat.size} samples have the same rate in every unit: their correlation is undefined",
            "leave these samples out (often the first step, with all rates 0) or use distance='euclidean'",
        )
    return pdist(rates, "correlation")
