"""A set of trials of a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.checks.records import check_fields


@dataclass(frozen=True)
class Trials:
    """What a network is shown and what it should do. Steps at or beyond ``length`` are padding, with weight 0.

    ``weight`` is that of the squared error in the loss; ``judged`` marks what counts in the measure of performance.
    ``epochs`` maps a name to its [start, stop) in steps; ``conditions`` maps a task variable to its value a trial.
    """

    inputs: Float[Array, "trial time input"]
    targets: Float[Array, "trial time output"]
    weight: Float[Array, "trial time output"]
    judged: Bool[Array, "trial time output"]
    length: Int[Array, "trial"]
    epochs: dict[str, Int[Array, "trial 2"]]
    conditions: dict[str, Float[Array, "trial"]]

    def __post_init__(self) -> None:
        check_fields(self)

    def __repr__(self) -> str:
        sizes = f"{self.inputs.shape[2]} inputs, {self.targets.shape[2]} outputs"
        return f"Trials({self.count} of {self.times} steps, {sizes}; epochs {', '.join(self.epochs)}; conditions {', '.join(self.conditions)})"

    @property
    def count(self) -> int:
        return self.inputs.shape[0]

    @property
    def times(self) -> int:
        return self.inputs.shape[1]

    @property
    def axes(self) -> dict[str, int]:
        """The axes that networks given beside these trials must fit."""
        return {"input": self.inputs.shape[2], "output": self.targets.shape[2]}

    def valid(self) -> Bool[Array, "trial time"]:
        """Which steps belong to the trial."""
        return np.arange(self.times)[None, :] < self.length[:, None]

    def map(self, change: Callable[[Array], Array]) -> Trials:
        """The same trials with ``change`` applied to every array."""
        return Trials(
            change(self.inputs),
            change(self.targets),
            change(self.weight),
            change(self.judged),
            change(self.length),
            {name: change(array) for name, array in self.epochs.items()},
            {name: change(array) for name, array in self.conditions.items()},
        )

    def __getitem__(self, index: slice | list[int] | Array) -> Trials:
        return self.map(lambda array: array[index])

    def with_inputs(self, inputs: Float[Array, "trial time input"]) -> Trials:
        return replace(self, inputs=inputs)
