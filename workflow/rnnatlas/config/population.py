"""Which networks a study holds: populations of standard networks, and chains of alternatives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from rnnatlas.config.base import Section, setting
from rnnatlas.config.training import DeflationSettings


class PopulationSettings(Section):
    """Networks that share a cell and an initial gain, trained on the task alone."""

    gain: float = setting(1.0, "g: initial recurrent weights are drawn from N(0, g^2/N)", source="INSD: 0.01, 0.5, 1.0, 1.5", ge=0)  # fmt: skip
    weights: Literal["task", "normal", "uniform", "small"] = setting(
        "task", "how weights begin: 'task', as those of the task's networks do; 'normal', with the gain; 'uniform', all weights and biases between -1/sqrt(N) and 1/sqrt(N); 'small', between -1/N and 1/N",
        source="PyTorch's default; Turner et al. 2021 for gated cells",
    )  # fmt: skip
    members: int = setting(10, "networks in this population", source="INSD: 10 a gain", ge=1, le=100_000)
    cell: Literal["task", "rate", "gru", "lstm"] = setting("task", "the unit; 'task': that of the task's networks")
    units: int = setting(0, "number of recurrent units; 0: that of the task's networks", ge=0, le=4096)
    tasks: list[str] = setting(
        [], "tasks that this population is trained on, of those that are charted; empty: all of them"
    )
    repeats: str = setting("", "another population, with whose initial weights and sets of trials these networks are trained once more: the order of their batches alone is their own; empty: none")  # fmt: skip
    schedule: Literal["standard", "alternatives"] = setting("standard", "settings of training: those of standard networks, or those of alternatives, which train longer")  # fmt: skip
    activity: str = setting("", "an ensemble such as alternatives/insd_alt1, whose median mean squared rate these networks are trained to have; empty: free")  # fmt: skip


class ChainSettings(Section):
    """Chains of alternatives: a reference, then alt-1, alt-2, ... each unlike all before it."""

    chains: int = setting(8, "chains, each from another accepted standard network, drawn round-robin over the populations", ge=1, le=100_000)  # fmt: skip
    chains_in: dict[str, Annotated[int, Field(ge=1, le=100_000)]] = setting(
        {}, "tasks with another number of chains, by name"
    )
    rounds: int = setting(2, "alternatives in each chain", source="INSD: alt-1 and alt-2", ge=1, le=1000)
    gain: float = setting(1.0, "g of the alternatives' fresh initial weights", ge=0)
    start: float = setting(0.85, "share of the previous alternative's weights that a round begins with, the rest being fresh ones; 0: fresh", ge=0, le=1)  # fmt: skip
    reference: str = setting("standard", "what a chain begins with: 'standard' networks, 'untrained' ones (sham deflation), or the path of a networks file of your own with a network for each chain", min_length=1)  # fmt: skip
    measure: Literal["predictivity", "reverse", "cka", "random_features"] = setting("predictivity", "the penalty's similarity: INSD's (the new network predicts the earlier), the reverse, linear CKA, or 'random_features': what random nonlinear features of the new network predict of the earlier", source="INSD, figure 1; random features are new here")  # fmt: skip
    strength: Annotated[float, Field(ge=0)] | Literal["task", "auto"] = setting("task", "'task': that of the task's deflation; else a weight of the penalty, or 'auto', for these chains")  # fmt: skip
    stride: int = setting(
        0, "every how many time steps are compared, for these chains; 0: deflation.stride of the task", ge=0
    )
    null_space: bool = setting(True, "false: compare rates as they are, whatever the task's deflation.null_space says")
    tasks: list[str] = setting([], "tasks that these chains are trained on; empty: all of the study")

    def number(self, task: str) -> int:
        """Chains of a task."""
        return self.chains_in.get(task, self.chains)

    def deflation(self, task: DeflationSettings) -> DeflationSettings:
        """The task's deflation as these chains have it: with their own strength and stride, and without the null space if they leave it."""
        own: dict[str, Any] = {"null_space": task.null_space and self.null_space}
        own |= {} if self.strength == "task" else {"strength": self.strength}
        own |= {"stride": self.stride} if self.stride else {}
        return task.model_copy(update=own)
