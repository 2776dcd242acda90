"""Is the space of solutions connected? Continuation between pairs of solutions along a path of low loss (claim T6).

The solutions of a flow are where two equations, ``x(T) = target``, hold of four weights: sheets of two dimensions. Two of them are connected if a path of
solutions leads from one to the other. It is sought in two ways. By bisection: where the straight line between two points is not of low loss throughout, its middle is moved onto the
sheet by the shortest way (Gauss-Newton, of least norm), and both halves are looked at in turn. By walking, where that fails, as the middle may come to another
sheet that is nearer: in short steps within the sheet's tangent plane towards the other solution, each put back onto the sheet, from either end. A pair is
connected if one of these finds a path; that none does is no proof that there is none, which is why pairs within an island are tried as well.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.charting.two_neuron.flow import Flow, columns, rows
from rnnatlas.charting.two_neuron.problem import TARGET, Problem
from rnnatlas.charting.two_neuron.training import in_chunks

CORRECTIONS, LONGEST_CORRECTION = 12, 0.25  # Gauss-Newton steps, and the longest of them
FEW = 4  # of a stride, which ends near the sheet
BETWEEN = (0.25, 0.5, 0.75)  # where on a segment its loss is looked at
SHORT = 0.1  # a longer segment is halved in any case, lest a barrier lie between these
HALVINGS = 14
FAR = 0.5  # a middle further from the sheet than this share of its segment has none there
DETOUR = 8.0  # a path that grows longer than so many times the distance is given up
STRIDE, SHORTEST, LONGER = 0.2, 0.005, 1.3  # of a walk: halved where it leads astray, longer again where it does not
STRIDES = 300  # after which it is given up


def onto_solutions(
    weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1, corrections: int = CORRECTIONS
) -> Float[Array, "network 2 2"]:
    """Each network moved towards ``x(T) = target`` by the shortest way; where there is no solution nearby, wherever it came to."""

    def part(some: Array) -> Array:
        w, flow = columns(some), Flow(problem, len(some), gradient=True)
        for _ in range(corrections):
            left, j = _linearised(flow, w)
            inner = j @ j.swapaxes(1, 2) + 1e-12 * np.eye(2)
            move = (j.swapaxes(1, 2) @ np.linalg.solve(inner, left.T[..., None]))[..., 0]
            size = np.linalg.norm(move, axis=1, keepdims=True)
            move *= np.minimum(1.0, LONGEST_CORRECTION / np.maximum(size, 1e-300))
            w -= np.moveaxis(move.reshape(-1, 2, 2), 0, -1)
        return rows(w)

    return in_chunks(part, weights, threads)


def _linearised(
    flow: Flow, w: Float[Array, "2 2 network"]
) -> tuple[Float[Array, "2 network"], Float[Array, "network 2 4"]]:
    """``x(T) − target``, and its derivative by the four weights."""
    left = flow.end(w) - TARGET[:, None]
    jacobian = np.stack([flow.pull_back(w, np.repeat(unit[:, None], w.shape[2], axis=1)) for unit in np.eye(2)])
    return left, np.moveaxis(jacobian.reshape(2, 4, -1), -1, 0)


def quick_losses(weights: Float[Array, "network 2 2"], problem: Problem, threads: int = 1) -> Float[Array, "network"]:
    """The loss by the problem's own Runge-Kutta steps."""

    def part(some: Array) -> Array:
        return 0.5 * ((Flow(problem, len(some)).end(columns(some)) - TARGET[:, None]) ** 2).sum(0)

    return in_chunks(part, weights, threads)


class _Segments(NamedTuple):
    begin: Float[Array, "segment 2 2"]
    end: Float[Array, "segment 2 2"]
    pair: Int[Array, "segment"]

    def of(self, chosen: Array) -> _Segments:
        return _Segments(*(part[chosen] for part in self))

    def lengths(self) -> Array:
        return np.linalg.norm((self.end - self.begin).reshape(-1, 4), axis=1)


def connected(
    begin: Float[Array, "pair 2 2"], end: Float[Array, "pair 2 2"], problem: Problem, low: float, threads: int = 1
) -> Bool[Array, "pair"]:
    """Whether a path of loss below ``low`` was found between the two solutions of each pair."""
    found = _bisected(begin, end, problem, low, threads)
    for one, other in ((begin, end), (end, begin)):
        left = np.flatnonzero(~found)
        if len(left):
            found[left] = _walked_in_parts(one[left], other[left], problem, low, threads)
    return found


def _walked_in_parts(begin: Array, end: Array, problem: Problem, low: float, threads: int) -> Bool[Array, "pair"]:
    """``_walked`` for some pairs at a time."""
    both = np.concatenate([begin, end], axis=1)  # [pair, 4, 2]
    return in_chunks(lambda part: _walked(part[:, :2], part[:, 2:], problem, low), both, threads)


def _walked(
    begin: Float[Array, "pair 2 2"], end: Float[Array, "pair 2 2"], problem: Problem, low: float
) -> Bool[Array, "pair"]:
    found, alive, here = np.zeros(len(begin), dtype=bool), np.arange(len(begin)), begin.copy()
    stride = np.full(len(begin), STRIDE)
    for _ in range(STRIDES):
        if not len(alive):
            break
        ahead = (end[alive] - here[alive]).reshape(-1, 4)
        distance = np.linalg.norm(ahead, axis=1)
        _, j = _linearised(Flow(problem, len(alive), gradient=True), columns(here[alive]))
        along = ahead - (np.linalg.pinv(j) @ (j @ ahead[..., None]))[..., 0]
        size = np.linalg.norm(along, axis=1)
        step = along * (np.minimum(stride[alive], size) / np.maximum(size, 1e-300))[:, None]
        near = distance <= stride[alive]
        there = onto_solutions(here[alive] + step.reshape(-1, 2, 2), problem, corrections=FEW)
        there[near] = end[alive][near]
        middle = (here[alive] + there) / 2.0
        is_low = (quick_losses(middle, problem) < low) & (quick_losses(there, problem) < low)
        is_short = np.linalg.norm((there - here[alive]).reshape(-1, 4), axis=1) <= 2.0 * stride[alive]
        nearer = np.linalg.norm((end[alive] - there).reshape(-1, 4), axis=1) < distance - 0.01 * stride[alive]
        good = is_low & is_short & (near | nearer)
        found[alive[good & near]] = True
        here[alive[good]] = there[good]
        # Where the sheet bends more than a stride is good for, or no further way is nearer, a shorter one is tried.
        stride[alive] *= np.where(good, LONGER, 0.5)
        np.minimum(stride, STRIDE, out=stride)
        alive = alive[~(good & near) & (stride[alive] >= SHORTEST)]
    return found


def _bisected(
    begin: Float[Array, "pair 2 2"], end: Float[Array, "pair 2 2"], problem: Problem, low: float, threads: int
) -> Bool[Array, "pair"]:
    count = len(begin)
    left = _Segments(np.asarray(begin, float), np.asarray(end, float), np.arange(count))
    allowed, lost = DETOUR * left.lengths(), np.zeros(count, dtype=bool)
    for _ in range(HALVINGS):
        points = np.stack([(1.0 - s) * left.begin + s * left.end for s in BETWEEN])
        losses = quick_losses(points.reshape(-1, 2, 2), problem, threads).reshape(len(BETWEEN), -1)
        flat = (losses < low).all(axis=0) & (left.lengths() <= SHORT)  # what is not finite is not low
        left = left.of(np.flatnonzero(~flat))
        if not len(left.pair):
            break
        middle = (left.begin + left.end) / 2.0
        moved = onto_solutions(middle, problem, threads)
        distance = np.linalg.norm((moved - middle).reshape(-1, 4), axis=1)
        missed = ~(quick_losses(moved, problem, threads) < low) | (distance > FAR * left.lengths())
        lost[left.pair[missed]] = True
        left, moved = left.of(~lost[left.pair]), moved[~lost[left.pair]]
        halves = zip((left.begin, moved, left.pair), (moved, left.end, left.pair), strict=True)
        left = _Segments(*(np.concatenate(two) for two in halves))
        lost |= np.bincount(left.pair, left.lengths(), count) > allowed
        left = left.of(~lost[left.pair])
    lost[left.pair] = True
    return ~lost


def draw_pairs(
    islands: Int[Array, "network"], count: int, rng: np.random.Generator
) -> tuple[Int[Array, "pair 2"], Bool[Array, "pair"]]:
    """``count`` random pairs of solutions of the same island and as many of two, with whether they are of the same; each island that has
    two solutions counts alike, so that the largest does not stand for all. Fewer where there are not two islands."""
    members = [np.flatnonzero(islands == island) for island in np.unique(islands)]
    several = [own for own in members if len(own) > 1]
    within = [
        rng.choice(several[int(rng.integers(len(several)))], 2, replace=False) for _ in range(count if several else 0)
    ]
    between = []
    for _ in range(count if len(members) > 1 else 0):
        one, other = rng.choice(len(members), 2, replace=False)
        between.append([rng.choice(members[one]), rng.choice(members[other])])
    pairs = np.array([*within, *between], dtype=np.int64).reshape(-1, 2)
    return pairs, np.arange(len(pairs)) < len(within)
