"""Maps of a population: points in the plane whose distances follow a distance matrix."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import MDS

from rnnatlas.arrays import Array, Float, Index
from rnnatlas.errors import AtlasError


def metric_mds(distances: Float[Array, "network network"], seed: Index) -> tuple[Float[Array, "network 2"], float]:
    """Metric multidimensional scaling (SMACOF): positions in the plane, and Kruskal's stress-1 (1964).

    ``stress = (Σ_{i<j} (|p_i − p_j| − d_ij)² / Σ_{i<j} |p_i − p_j|²)^½``, 0 = every distance kept. A map has no
    orientation of its own: it is centred, its axes are its principal axes, widest first, and in each the entry of
    largest magnitude is positive. Wants a metric: the square root of a transport cost, 1 − similarity with care.
    """
    _check(distances)
    if not np.any(distances):
        return np.zeros((len(distances), 2)), 0.0
    # Every argument is named: scikit-learn changes the defaults of four of them between 1.7 and 1.10.
    scaling = MDS(
        n_components=2,
        metric_mds=True,
        metric="precomputed",
        metric_params=None,
        init="random",
        n_init=8,
        max_iter=3000,
        eps=1e-9,
        normalized_stress="auto",
        n_jobs=1,
        random_state=seed,
        verbose=0,
    )
    positions = _oriented(np.asarray(scaling.fit_transform(distances.astype(np.float64))))
    found, wanted = pdist(positions), squareform(distances, checks=False)
    return positions, float(np.sqrt(np.sum((found - wanted) ** 2) / np.sum(found**2)))


def _oriented(positions: Float[Array, "network 2"]) -> Float[Array, "network 2"]:
    centred = positions - positions.mean(axis=0)
    turned = centred @ np.linalg.svd(centred, full_matrices=True)[2].T
    largest = turned[np.argmax(np.abs(turned), axis=0), np.arange(turned.shape[1])]
    return turned * np.where(largest < 0.0, -1.0, 1.0)


def _check(distances: Float[Array, "network network"]) -> None:
    scale = np.max(np.abs(distances), initial=0.0)
    square = distances.ndim == 2 and distances.shape[0] == distances.shape[1]
    if (
        not square
        or not np.isfinite(scale)
        or np.any(distances < 0.0)
        or np.any(np.diag(distances) != 0.0)
        or not np.allclose(distances, distances.T, rtol=0.0, atol=1e-12 * scale)
    ):
        raise AtlasError(
            None,
            None,
            "a distance matrix was expected: square, symmetric, finite, not negative, zeros on the diagonal",
            "for a similarity s in [0, 1] give a distance such as arccos(s) or 1 - s; for an asymmetric measure, "
            "the mean of both directions",
        )
