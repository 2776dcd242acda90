"""Epochs of a task and limit sets: in which epoch a run begins, and which sets the runs of each epoch end in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Count, Float, Int
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.trials import Trials

NONE = -1  # the epoch of what lies in none


def epoch_of_steps(trials: Trials) -> Int[Array, "trial time"]:
    """The epoch that each step lies in, by its place in ``trials.epochs``; −1: in none.

    Where epochs overlap it is the one that begins last, of those that begin together the one that ends first: a part goes before the
    whole.
    """
    shape = (trials.count, trials.times)
    found, begun, ended = np.full(shape, NONE), np.full(shape, -1), np.zeros(shape, dtype=int)
    step = np.arange(trials.times)
    for place, spans in enumerate(trials.epochs.values()):
        start, stop = spans[:, :1], spans[:, 1:]
        nearer = (start > begun) | ((start == begun) & (stop < ended))
        mine = (step >= start) & (step < stop) & nearer
        found = np.where(mine, place, found)
        begun, ended = np.where(mine, start, begun), np.where(mine, stop, ended)
    return found


def spread_over_epochs(epoch: Int[Array, "sample"], count: int, rng: np.random.Generator) -> Int[Array, "chosen"]:
    """``count`` of the samples (all, if there are fewer) in their order, drawn without replacement: as many of each epoch as of any
    other, as far as its samples go. What lies in no epoch counts as one."""
    order = rng.permutation(len(epoch))
    drawn = epoch[order]
    turn = np.zeros(len(order), dtype=int)  # how many of its epoch are drawn before each
    for one in np.unique(drawn):
        turn[drawn == one] = np.arange(np.sum(drawn == one))
    return np.sort(order[np.lexsort((drawn, turn))[:count]])


def shares_by_epoch(table: Mapping[str, Any], epochs: Count) -> Float[Array, "epoch set"]:
    """Of the runs that begin in each epoch, the share that ends in each limit set of a ``limit_sets`` artifact.

    ``table`` holds its ``run/*`` and ``set/*``, ``epochs`` is the number of names in its attribute ``epochs``. With R(m, u, e) the runs
    of network m at the constant input u that begin in epoch e, the entry of epoch e and of a set of m at u is
    ``|{runs of R(m, u, e) that end in the set}| / |R(m, u, e)|``, NaN without such runs. Over the sets of one m and u a row sums to
    1, less the share of runs that were not told apart. Raises ``AtlasError`` for a table without epochs, or with more of them.
    """
    names = ("run/member", "run/input", "run/epoch", "run/set", "set/member", "set/input")
    for name in names:
        if name not in table:
            raise AtlasError(None, name, "this dataset is missing", "give the data of a limit_sets.h5 of this version")
    member, constant, epoch, end, of_member, of_input = (np.asarray(table[name]) for name in names)
    if np.any(epoch >= epochs):
        raise AtlasError(
            None, "epochs", f"at least {int(epoch.max()) + 1} is expected, found {epochs}",
            "give the number of names in the attribute `epochs` of the same file",
        )  # fmt: skip
    share = np.full((epochs, len(of_member)), np.nan)
    for number, (m, u) in enumerate(zip(of_member, of_input, strict=True)):
        mine = (member == m) & (constant == u) & (epoch != NONE)
        begun = np.bincount(epoch[mine], minlength=epochs)
        ended = np.bincount(epoch[mine & (end == number)], minlength=epochs)
        share[begun > 0, number] = ended[begun > 0] / begun[begun > 0]
    return share
