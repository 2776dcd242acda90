"""Standard networks that were not accepted are trained again, from fresh weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.config.training import TrainingSettings
from rnnatlas.networks.ensemble import Ensemble, TrainingRecord
from rnnatlas.networks.parameters import Parameters
from rnnatlas.tasks.task import Task
from rnnatlas.training.loop import check_converged, fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.stepwise import Penalty

CURVES = ("loss", "penalty", "strength")  # of a training record: an entry a step


def fit_until_accepted(
    fresh: Callable[[Sequence[Member]], Ensemble],
    task: Task[Any],
    settings: TrainingSettings,
    members: Sequence[Member],
    run_of: Callable[[Sequence[Member]], TrainingRun],
    penalty: Penalty | None = None,
) -> Ensemble:
    """Train ``fresh(members)``, then those that are not accepted from other fresh weights, up to ``settings.attempts`` times in all.

    A member's later attempts have streams of their own (``Member.attempt``): weights, trials, noise. What is returned of a member is its
    accepted attempt, or else its last; ``final_loss`` has those of all. ``run_of`` gives the run of an attempt's members. Raises
    ``AtlasError`` if all diverge in their last attempt.
    """
    first = run_of(members)
    found = fit(fresh(members), task, settings, first, penalty, refuse_diverged=settings.attempts == 1)
    for attempt in range(1, settings.attempts):
        failed = ~_record(found).accepted
        if not failed.any():
            break
        again = [member._replace(attempt=attempt) for member, bad in zip(members, failed, strict=True) if bad]
        found = _replaced(
            found, failed, fit(fresh(again), task, settings, run_of(again), penalty, refuse_diverged=False)
        )
    check_converged(first, _record(found).diverged_at)
    return found


def _record(ensemble: Ensemble) -> TrainingRecord:
    assert ensemble.training is not None  # of what was trained just now
    return ensemble.training


def _replaced(found: Ensemble, failed: Bool[Array, "member"], later: Ensemble) -> Ensemble:
    """``found`` with the networks of its ``failed`` members replaced by ``later``, one attempt more on record."""
    old, new = vars(_record(found)), vars(_record(later))
    steps = max(old["loss"].shape[1], new["loss"].shape[1])
    joined = {}
    for name, array in old.items():
        if name == "final_loss":
            column = np.full((len(array), 1), np.nan)
            column[failed] = new[name]
            joined[name] = np.concatenate([array, column], axis=1)
            continue
        one, other = (_lengthened(a, steps) if name in CURVES else a for a in (array, new[name]))
        joined[name] = _with(one, failed, other)
    parameters = [_with(a, failed, b) for a, b in zip(found.parameters, later.parameters, strict=True)]
    return Ensemble(Parameters(*parameters), found.cell, TrainingRecord(**joined), found.chain)


def _with(array: Array, rows: Bool[Array, "member"], values: Array) -> Array:
    """A copy whose ``rows`` are ``values``."""
    both = np.array(array)
    both[rows] = values
    return both


def _lengthened(curve: Array, steps: int) -> Array:
    """A curve ``[member, step, ...]`` of so many steps, NaN beyond its own."""
    more = np.full((curve.shape[0], steps - curve.shape[1], *curve.shape[2:]), np.nan, curve.dtype)
    return np.concatenate([curve, more], axis=1)
