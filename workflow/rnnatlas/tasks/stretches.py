"""Which stretches of trials as trained the features of a network's activity are taken from (Turner, Dabholkar & Barak 2021, section 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from rnnatlas.errors import AtlasError
from rnnatlas.tasks.trials import Trials

SHORTEST = 3  # steps


@dataclass(frozen=True)
class Stretch:
    """Steps ``start`` to ``stop`` (not included) of one trial."""

    trial: int
    start: int
    stop: int


@dataclass(frozen=True)
class Stretches:
    """Trials, and of these: the ``first`` stretch, in which nothing is known yet; those of a later epoch, ``second``, across a parameter in its order;
    and of tasks that decide, those of the two ``answers``. Raises ``AtlasError`` where there is no second stretch, or one is shorter than three steps."""

    trials: Trials
    first: Stretch
    second: tuple[Stretch, ...]
    answers: tuple[Stretch, ...] = ()

    def __post_init__(self) -> None:
        every = (self.first, *self.second, *self.answers)
        if not self.second or any(one.stop - one.start < SHORTEST for one in every):
            raise AtlasError(
                None, "trial", f"a stretch of the first epoch and one of a later one, of {SHORTEST} steps or more each, are expected; these settings leave "
                f"{len(self.second)} of the later, the shortest of {min(one.stop - one.start for one in every)} steps",
                "lengthen the intervals, take more of them, or shorten dt",
            )  # fmt: skip
