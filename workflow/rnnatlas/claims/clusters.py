"""How many clusters are there, judged from distances alone?"""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_score

from rnnatlas.arrays import Array, Float, Int, Shaped

LARGEST = 10  # clusters at most
REASONABLE = 0.5  # Kaufman & Rousseeuw (1990): a mean silhouette above 0.5 shows a reasonable structure


def silhouette(distances: Float[Array, "network network"], groups: Shaped[Array, "network"]) -> float:
    """Mean silhouette (Rousseeuw 1987) of a grouping, in [−1, 1]; NaN unless there are 2 to N − 1 groups."""
    if not 2 <= len(np.unique(groups)) < len(groups):
        return np.nan
    clean = distances.copy()
    np.fill_diagonal(clean, 0.0)
    return float(silhouette_score(clean, groups, metric="precomputed"))


def clusters(distances: Float[Array, "network network"]) -> Int[Array, "network"]:
    """The cluster of each network, from 1: agglomerative clustering by average linkage, cut where the mean silhouette is largest
    among 2 to min(10, N − 1) clusters (the fewer in a tie); one cluster where no cut exceeds 0.5."""
    count = len(distances)
    best, chosen = REASONABLE, np.ones(count, dtype=int)
    if count < 3:
        return chosen
    tree = linkage(squareform(distances, checks=False), method="average")
    for number in range(2, min(LARGEST, count - 1) + 1):
        cut = fcluster(tree, number, criterion="maxclust")
        score = silhouette(distances, cut)
        if score > best:
            best, chosen = score, cut
    return chosen
