"""An ensemble: K networks of one shape, and what trained them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnatlas.arrays import Array, Bool, Count, Float, Int, NotNegative
from rnnatlas.checks.arguments import checked
from rnnatlas.checks.records import check_fields
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.parameters import Parameters

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class TrainingRecord:
    """How each member's training went. ``diverged_at`` is −1 for a member that stayed finite.

    ``penalty`` holds the similarity to each earlier solution, the chain's reference first (one column of zeros without any);
    ``performance`` is the task's measure on the acceptance trials; ``strength`` the weight of the penalty at each
    step (0 without one). ``final_loss`` is the mean loss of the last epoch in each attempt (NaN where there was none), of trainings
    without epochs the loss at the last step. Curves are NaN from where a member diverged, or stopped by itself.
    """

    loss: Float[Array, "member step"]
    penalty: Float[Array, "member step term"]
    strength: Float[Array, "member step"]
    performance: Float[Array, "member"]
    accepted: Bool[Array, "member"]
    attempts: Int[Array, "member"]
    diverged_at: Int[Array, "member"]
    final_loss: Float[Array, "member attempt"] | None = None

    def __post_init__(self) -> None:
        if self.final_loss is None:
            object.__setattr__(self, "final_loss", np.asarray(self.loss)[:, -1:])


@dataclass(frozen=True)
class ChainRecord:
    """Where a round of alternatives came from: for each chain, the standard network that it departs from."""

    reference_population: Array
    reference_member: Int[Array, "member"]


@dataclass(frozen=True)
class Trajectories:
    """A simulated ensemble. ``[.., t, :]`` is the state after input t; the initial state (zero) is not stored.

    ``states`` are x of a rate cell, h of a GRU, (h, c) of an LSTM; ``rates`` are tanh x or h."""

    states: Float[Array, "member trial time state"]
    rates: Float[Array, "member trial time unit"]
    outputs: Float[Array, "member trial time output"]

    def __post_init__(self) -> None:
        check_fields(self)

    def __repr__(self) -> str:
        members, trials, times, units = self.rates.shape
        return f"Trajectories({members} networks of {units} units, {trials} trials of {times} steps, {self.outputs.shape[3]} outputs)"


@dataclass(frozen=True)
class Ensemble:
    """K networks of the same shape with their parameters stacked on a leading ``member`` axis."""

    parameters: Parameters
    cell: Cell
    training: TrainingRecord | None = None
    chain: ChainRecord | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        p, kind = self.parameters, self.cell.kind
        units = p.recurrent.shape[1]
        for name, found, blocks in (
            ("recurrent", p.recurrent.shape[2], GATES[kind]),
            ("bias", p.bias.shape[1], BIASES[kind]),
        ):
            if found != blocks * units:
                raise AtlasError(
                    None, f"parameters.{name}", f"{blocks * units} entries along its last axis are expected, for {units} units of the "
                    f"cell {kind!r}, found {found}", "give the parameters of this cell",
                )  # fmt: skip
        for record in (self.training, self.chain):
            if record is not None and (rows := next(iter(vars(record).values())).shape[0]) != self.members:
                raise AtlasError(
                    None, type(record).__name__, f"a row for each of {self.members} members is expected, found {rows}",
                    "give the record of these networks",
                )  # fmt: skip

    def __repr__(self) -> str:
        trained = "" if self.training is None else f", {int(self.training.accepted.sum())} accepted"
        cell = f"alpha {self.cell.alpha:.3g}, noise {self.cell.noise:.3g}"
        return f"Ensemble({self.members} × {self.cell.kind} of {self.units} units, {self.inputs} inputs, {self.outputs} outputs, {cell}{trained})"

    @property
    def members(self) -> int:
        return self.parameters.recurrent.shape[0]

    @property
    def units(self) -> int:
        return self.parameters.recurrent.shape[1]

    @property
    def inputs(self) -> int:
        return self.parameters.input.shape[1]

    @property
    def outputs(self) -> int:
        return self.parameters.readout.shape[2]

    @property
    def axes(self) -> dict[str, int]:
        """The axes that arrays given beside these networks must fit."""
        return {"unit": self.units, "input": self.inputs, "output": self.outputs}

    def __len__(self) -> int:
        return self.members

    def __getitem__(self, index: int | np.integer[Any] | slice | list[int] | Array) -> Ensemble:
        """A smaller ensemble; an integer index keeps the member axis. Raises ``AtlasError`` for members that there are not."""
        chosen = [self.number(index)] if isinstance(index, (int, np.integer)) else index

        def pick(record: Any) -> Any:
            return None if record is None else type(record)(**{k: v[chosen] for k, v in vars(record).items()})

        try:
            parameters = self.parameters[chosen]
        except (IndexError, TypeError) as error:
            raise AtlasError(
                None, "index", f"members of {self.members} are expected, found {index!r}: {error}", "count members from 0"
            ) from None  # fmt: skip
        return Ensemble(parameters, self.cell, pick(self.training), pick(self.chain))

    def __iter__(self) -> Iterator[Ensemble]:
        """Each member as an ensemble of one."""
        return (self[k] for k in range(self.members))

    def number(self, member: int | np.integer[Any]) -> int:
        """``member`` as an int; raises ``AtlasError`` if there is none (those below zero count from the end)."""
        if not -self.members <= member < self.members:
            raise AtlasError(
                None, "member", f"a member of {self.members} is expected, found {member}", "count members from 0"
            )
        return int(member)

    @classmethod
    def concatenate(cls, ensembles: Sequence[Ensemble]) -> Ensemble:
        """The members of several ensembles of one shape and cell, one after another; with their records where all have them.

        Raises ``AtlasError`` for none, for networks of another shape or cell, and for records of other numbers of steps.
        """
        together = list(ensembles)
        if not together or not all(isinstance(one, Ensemble) for one in together):
            raise AtlasError(None, "ensembles", "a list of one or more Ensembles is expected", "give [one, another]")
        kinds = {(one.cell, *(array.shape[1:] for array in one.parameters)) for one in together}
        if len(kinds) > 1:
            raise AtlasError(None, "ensembles", f"networks of one shape and cell are expected, found {', '.join(map(repr, together))}", "put those alike together")  # fmt: skip

        def join(records: list[Any]) -> Any:
            if any(record is None for record in records):
                return None
            rows = {name: [getattr(record, name) for record in records] for name in vars(records[0])}
            try:
                return type(records[0])(**{name: np.concatenate(arrays) for name, arrays in rows.items()})
            except ValueError as error:
                raise AtlasError(None, "training", f"records of one number of steps are expected: {error}", "leave them out: replace(ensemble, training=None)") from None  # fmt: skip

        arrays = zip(*(one.parameters for one in together), strict=True)
        parameters = Parameters(*(np.concatenate(group) for group in arrays))
        return cls(
            parameters, together[0].cell, join([e.training for e in together]), join([e.chain for e in together])
        )

    def with_parameters(self, parameters: Parameters) -> Ensemble:
        return replace(self, parameters=parameters)

    @checked
    def simulate(
        self,
        inputs: Float[Array, "*member trial time input"],
        noise: NotNegative | None = None,
        seed: int = 0,
        engine: str = "auto",
        threads: Count = 1,
    ) -> Trajectories:
        """Run every member on ``inputs``, ``[trial, time, input]`` (shared) or ``[member, trial, time, input]``.

        ``noise`` is σ of the private noise (None: as trained; 0: none), drawn from the stream ``seed``, which is
        common to all members so that networks are compared under the same noise. A door for notebooks: ``simulation.simulate``
        stands above networks and engines, and takes an engine as well as its name.
        """
        from rnnatlas.simulation.states import simulate

        return simulate(self, inputs, noise, seed, engine, threads)

    @classmethod
    @checked
    def from_file(cls, path: str | Path) -> Ensemble:
        """Read an ensemble from a ``networks.h5``."""
        from rnnatlas.networks.files import read_ensemble

        return read_ensemble(path)

    @checked
    def to_file(self, path: str | Path) -> None:
        """Write this ensemble as a ``networks.h5``, atomically; refuses to replace an existing file."""
        from rnnatlas.networks.files import write_ensemble

        if Path(path).exists():
            raise AtlasError(path, None, "this file exists already", "choose another name, or remove it first")
        write_ensemble(path, self, cfg={}, producer="Ensemble.to_file")

    @classmethod
    def from_torch(cls, source: nn.Module | Mapping[str, Any], cell: str | None = None) -> Ensemble:
        """One network from a PyTorch module with an ``nn.RNN``, ``nn.GRU``, ``nn.LSTM`` or ``LeakyRNN`` and a linear readout, or from
        its state dict, of which ``cell`` says what it is (rnn, gru, lstm); see ``networks.torch_layout``."""
        from rnnatlas.networks.torch_layout import from_torch

        return from_torch(source, cell)

    def to_torch(self, member: int) -> dict[str, Tensor]:
        """The state dict of one member, in the layout that ``from_torch`` reads; with a leak, that of ``leaky_rnn.LeakyRNN``."""
        from rnnatlas.networks.torch_layout import to_torch

        return to_torch(self, member)
