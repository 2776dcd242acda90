"""The stacked parameters of an ensemble: what is trained, and what a gradient has the shape of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.checks.records import check_fields


@dataclass(frozen=True)
class Parameters:
    """Weights in the row-vector convention: ``x ← (1−a)x + a(r·recurrent + u·input + bias)``, ``y = r·readout + readout_bias``.

    ``column`` is the unit for a rate cell and (gate, unit) flattened for gated cells; the bias of a GRU has a fourth block, see
    ``networks.cell.Cell``.
    """

    recurrent: Float[Array, "member unit column"]
    input: Float[Array, "member input column"]
    bias: Float[Array, "member bias"]
    readout: Float[Array, "member unit output"]
    readout_bias: Float[Array, "member output"]

    def __post_init__(self) -> None:
        check_fields(self)

    def __iter__(self) -> Iterator[Array]:
        return (getattr(self, field.name) for field in fields(self))

    def __getitem__(self, index: slice | list[int] | Array) -> Parameters:
        return self.map(lambda array: array[index])

    def map(self, change: Callable[[Array], Array]) -> Parameters:
        """The same parameters with ``change`` applied to each array."""
        return Parameters(*(change(array) for array in self))

    def norm(self) -> Float[Array, "member"]:
        """Euclidean norm over all parameters of a member, accumulated in float64."""
        squares = [np.sum(np.square(a, dtype=np.float64), axis=tuple(range(1, a.ndim))) for a in self]
        return np.sqrt(np.sum(squares, axis=0))
