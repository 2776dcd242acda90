"""Which limit set or fixed point of one network is which of another: of another input, time step or stage of training.

So that "eight at eight corners" can be said of which, and not only of how many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from rnnatlas.arrays import Array, Bool, Float, Index, Int, Positive, Shaped
from rnnatlas.checks.records import check_fields
from rnnatlas.dynamics.found_sets import LimitSet
from rnnatlas.errors import AtlasError

POINT = "fixed point"


@dataclass(frozen=True)
class Landmarks:
    """The limit sets or fixed points of one network at one constant input: ``kind`` as in ``LimitSet``, a ``state`` in each, and the mean
    ``output`` over each."""

    kind: Shaped[Array, "set"]
    state: Float[Array, "set state"]
    output: Float[Array, "set output"]

    def __post_init__(self) -> None:
        check_fields(self)
        if self.kind.dtype.kind != "U":
            raise AtlasError(
                None,
                "kind",
                f"words are expected, found an array of {self.kind.dtype}",
                f"say '{POINT}' of each fixed point",
            )

    def __len__(self) -> int:
        return len(self.kind)

    def __repr__(self) -> str:
        return (
            f"Landmarks({', '.join(f'{np.sum(self.kind == kind)} {kind}' for kind in np.unique(self.kind)) or 'none'})"
        )

    @classmethod
    def of_sets(cls, sets: Sequence[LimitSet]) -> Landmarks:
        """Of limit sets as ``limit_sets(…).sets`` has them. Raises ``AtlasError`` where there are none: nothing says how wide they are."""
        if not sets:
            raise AtlasError(None, "sets", "one limit set or more is expected, found none", "leave out what has none")
        return cls(
            np.array([one.kind for one in sets]),
            np.array([one.state for one in sets]),
            np.array([one.output for one in sets]),
        )

    @classmethod
    def of_table(cls, table: Mapping[str, Any], member: Index, constant: Index = 0) -> Landmarks:
        """Of one member at one constant input, in the order of the rows of a ``limit_sets`` or ``fixed_points`` artifact (slow points are left
        out). Raises ``AtlasError`` for a table that is neither."""
        prefix = "set/" if "set/state" in table else ""
        for name in ("member", "input", "state", "output", "kind" if prefix else "fixed"):
            if prefix + name not in table:
                raise AtlasError(
                    None,
                    prefix + name,
                    "this dataset is missing",
                    "give the data of a limit_sets.h5 or fixed_points.h5",
                )
        mine = (table[f"{prefix}member"] == member) & (table[f"{prefix}input"] == constant)
        if not prefix:
            mine &= table["fixed"].astype(bool)
        kind = table["set/kind"][mine].astype(str) if prefix else np.full(int(mine.sum()), POINT)
        return cls(kind, table[f"{prefix}state"][mine], table[f"{prefix}output"][mine])


class Matches(NamedTuple):
    """For each of the first landmarks the row of its match in the second (−1: none), and how far this lies (NaN: none)."""

    matched: Int[Array, "set"]
    distance: Float[Array, "set"]


def match_landmarks(
    one: Landmarks,
    other: Landmarks,
    tolerance: Positive,
    spread: Positive | None = None,
    within: Positive = 1.0,
) -> Matches:
    """Pair landmarks that are the same, each with one at most.

    A pair may be the same if both are of one kind and their outputs y lie within ``tolerance``, ``|y_i − y_j| ≤ tolerance`` (Euclidean, in
    units of the output). With ``spread``, the RMS spread of the visited states, states are those of the same network and may be
    compared: of two fixed points they must then lie within ``within`` spreads, and their distance is ``|x_i − x_j| / spread``. The state that stands
    for another set is any one in it, which says nothing of where a cycle lies: these sets, and all without ``spread``, have the distance
    ``|y_i − y_j|``. Of all ways to pair, the one with most pairs is taken, and of these that with the smallest sum of distances. Raises
    ``AtlasError`` for outputs of different number, and with ``spread`` for states of different width.
    """
    compared = {"output": (one.output, other.output)} | ({} if spread is None else {"state": (one.state, other.state)})
    for name, (mine, theirs) in compared.items():
        if mine.shape[1] != theirs.shape[1]:
            raise AtlasError(
                None, f"other.{name}", f"{mine.shape[1]} entries along its last axis are expected, as of one, found {theirs.shape[1]}",
                "match landmarks of the same task; leave spread out for different networks",
            )  # fmt: skip
    distance = cdist(one.output, other.output)
    may: Bool[Array, "set other"] = (one.kind[:, None] == other.kind[None, :]) & (distance <= tolerance)
    if spread is not None:
        points = (one.kind[:, None] == POINT) & (other.kind[None, :] == POINT)
        apart = cdist(one.state, other.state) / spread
        distance = np.where(points, apart, distance)
        may &= ~points | (apart <= within)
    matched, found = np.full(len(one), -1), np.full(len(one), np.nan)
    if may.any():
        # One pair that may not be costs more than all that may, so that their number comes first.
        cost = np.where(may, distance, 1.0 + distance[may].max() * min(may.shape))
        rows, columns = linear_sum_assignment(cost)
        kept = may[rows, columns]
        matched[rows[kept]], found[rows[kept]] = columns[kept], distance[rows[kept], columns[kept]]
    return Matches(matched, found)
