"""PERMANOVA: do groups differ, judged from distances alone?

Anderson (2001), Austral Ecology 26, 32-46: an analysis of variance of a distance matrix. The sums of squares about the
groups' centroids follow from distances within groups, so no coordinates are needed; on Euclidean distances of one
variable the pseudo-F is the F of the one-way analysis of variance. The p value comes from permuting the labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import factorial, prod
from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Float, Int, Shaped
from rnnatlas.errors import AtlasError

_CHUNK = 512  # labellings evaluated at a time
_ROUNDING = 1e-10  # relative difference below which two pseudo-F are ties


class Permanova(NamedTuple):
    """Pseudo-F, its p value over ``labellings`` of the networks, and whether these are all that there are."""

    pseudo_f: float
    p: float
    labellings: int
    exact: bool


def permanova(
    distances: Float[Array, "network network"],
    groups: Shaped[Array, "network"],
    rng: np.random.Generator,
    draws: int = 9999,
) -> Permanova:
    """One-way PERMANOVA of symmetric ``distances`` between ``groups``.

    ``F = (SS_between / (a − 1)) / (SS_within / (N − a))``, with ``SS_total = Σ_{i<j} d²_ij / N`` and ``SS_within`` the same
    within each group, over its size. Where there are at most ``draws`` distinct labellings (always with few networks), p
    is the share of them whose F reaches the one found: exact. Else ``p = (reached + 1)/(draws + 1)``, with labels
    shuffled ``draws`` times. F is infinite, or NaN, where no group varies.

    Raises ``AtlasError`` unless there are at least two groups, and more networks than groups.
    """
    names, labels = np.unique(groups, return_inverse=True)
    count, a = len(labels), len(names)
    if not 2 <= a < count:
        raise AtlasError(
            None,
            "groups",
            f"two groups or more, and a network more than groups, were expected; found {count} networks in {a} groups",
            "train several networks in each of two populations",
        )
    squares = np.square(distances)
    found = float(_pseudo_f(squares, labels[None], a)[0])
    if not np.isfinite(found):
        return Permanova(found, np.nan, 0, False)
    exact = number_of_labellings(np.bincount(labels)) <= draws
    shuffled = (
        np.array(list(all_labellings(np.bincount(labels))))
        if exact
        else np.array([rng.permutation(labels) for _ in range(draws)])
    )
    parts = [_pseudo_f(squares, shuffled[k : k + _CHUNK], a) for k in range(0, len(shuffled), _CHUNK)]
    reached = int(np.count_nonzero(np.concatenate(parts) >= found * (1.0 - _ROUNDING)))
    p = reached / len(shuffled) if exact else (reached + 1) / (draws + 1)
    return Permanova(found, p, len(shuffled), exact)


def number_of_labellings(sizes: Int[Array, "group"]) -> int:
    """How many ways there are to give labels to networks, so many of each: ``N! / Π n_g!``."""
    return factorial(int(sizes.sum())) // prod(factorial(int(size)) for size in sizes)


def all_labellings(sizes: Int[Array, "group"]) -> Iterator[Int[Array, "network"]]:
    """Every one of them, as labels 0, 1, … of the networks."""

    def fill(labels: Array, group: int) -> Iterator[Array]:
        if group == len(sizes) - 1:
            yield np.where(labels < 0, group, labels)
            return
        for chosen in combinations(np.flatnonzero(labels < 0), int(sizes[group])):
            following = labels.copy()
            following[list(chosen)] = group
            yield from fill(following, group + 1)

    yield from fill(np.full(int(sizes.sum()), -1), 0)


def _pseudo_f(
    squares: Float[Array, "network network"], labellings: Int[Array, "draw network"], groups: int
) -> Float[Array, "draw"]:
    """Pseudo-F of each labelling."""
    count = len(squares)
    members = (labellings[:, :, None] == np.arange(groups)).astype(np.float64)  # [draw, network, group]
    inside = np.sum(members * (squares @ members), axis=1) / 2.0  # each pair once
    within = np.sum(inside / members.sum(axis=1), axis=1)
    between = squares.sum() / (2.0 * count) - within
    with np.errstate(divide="ignore", invalid="ignore"):
        return (between / (groups - 1)) / (within / (count - groups))
