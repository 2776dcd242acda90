"""Which inputs a task branches by: where along a network's way they come, and what follows (Turner, Dabholkar & Barak 2021, section 4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.errors import AtlasError

OF_GRAPHS = "graph_"  # how the names of a task's settings begin that its reduced graphs alone have
# A step along a trajectory from 0; its last one; or the last one before the output rises.
Place = int | Literal["end", "quiet"]


@dataclass(frozen=True)
class Branch:
    """An input that may come, with the steps after it until its transient has gone.

    ``at`` says where along the trajectory before it; ``during`` what stays on thereafter (None: nothing) and ``steps`` how long that is looked at (None: until it
    settles), and ``then`` which inputs may come from there.
    """

    name: str
    inputs: Float[Array, "time input"]
    at: tuple[Place, ...] = ("end",)
    then: tuple[Branch, ...] = ()
    steps: int | None = None
    during: Float[Array, "input"] | None = None


@dataclass(frozen=True)
class Branching:
    """A task as a tree of inputs: ``before`` is what every trial begins with, ``during`` what stays on thereafter and ``steps`` how long that is looked at
    (None: nothing, and until it settles). Outputs count as -1, 0 or 1, which is 0 up to ``threshold`` in size; ``one_sided``: as 0 or 1,
    whatever lies below."""

    before: Float[Array, "time input"]
    branches: tuple[Branch, ...]
    threshold: float = 0.5
    steps: int | None = None
    during: Float[Array, "input"] | None = None
    one_sided: bool = False

    @property
    def every(self) -> tuple[Branch, ...]:
        """All branches, those that follow others as well."""
        return _every(self.branches)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs, each once, in the order in which they are met."""
        return tuple(dict.fromkeys(branch.name for branch in self.every))

    @property
    def last(self) -> frozenset[str]:
        """The names of inputs that no other follows."""
        return frozenset(self.names) - {branch.name for branch in self.every if branch.then}


def _every(branches: Sequence[Branch]) -> tuple[Branch, ...]:
    return tuple(each for branch in branches for each in (branch, *_every(branch.then)))


def held(steps: int, inputs: int, channel: int = 0, amplitude: float = 1.0, on: int = 0) -> Float[Array, "time input"]:
    """``steps`` without input but for the first ``on``, in which ``channel`` has ``amplitude``. Raises ``AtlasError`` for a pulse that is longer."""
    if on > steps:
        raise AtlasError(
            None, "on", f"at most {steps} steps are expected, found {on}", "let more steps follow the pulse"
        )
    given = np.zeros((steps, inputs))
    given[:on, channel] = amplitude
    return given
