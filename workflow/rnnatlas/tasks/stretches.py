"""Which stretches of trials as trained the features of a network's activity are taken from (Turner, Dabholkar & Barak 2021, section 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from rnnatlas.tasks.trials import Trials


@dataclass(frozen=True)
class Stretch:
    """Steps ``start`` to ``stop`` (not included) of one trial."""

    trial: int
    start: int
    stop: int


@dataclass(frozen=True)
class Stretches:
    """Trials, and of these: the ``first`` stretch, in which nothing is known yet; those of a later epoch, ``second``, across a parameter in its order;
    and of tasks that decide, those of the two ``answers``."""

    trials: Trials
    first: Stretch
    second: tuple[Stretch, ...]
    answers: tuple[Stretch, ...] = ()
