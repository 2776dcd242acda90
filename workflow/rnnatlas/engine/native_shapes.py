"""What the compiled engine is given, checked: it reads and writes by the sizes that it is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.steps import Batches, Schedule, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import BIASES, GATES, Cell
from rnnatlas.networks.parameters import Parameters

Shape = tuple[int, ...]


def expect_shapes(what: str, arrays: Mapping[str, tuple[Array, Shape]]) -> None:
    """Raises ``AtlasError`` for the first of ``arrays`` that is not of the shape beside it."""
    for name, (array, shape) in arrays.items():
        if array.shape != shape:
            raise AtlasError(
                None, f"{what}.{name}", f"the shape {list(shape)} is expected, found {list(array.shape)}",
                "give arrays that belong together",
            )  # fmt: skip


def expect_parameters(what: str, parameters: Parameters, cell: Cell) -> tuple[int, int, int, int]:
    """Members, units, inputs and outputs of ``parameters``. Raises ``AtlasError`` where its arrays do not agree on them."""
    ranks = [(name, array, 2 if "bias" in name else 3) for name, array in vars(parameters).items()]
    for name, array, rank in ranks:
        if array.ndim != rank:
            raise AtlasError(
                None, f"{what}.{name}", f"{rank} axes are expected, found the shape {list(array.shape)}",
                "give one array for all members, stacked on the first axis",
            )  # fmt: skip
    members, units = parameters.recurrent.shape[:2]
    inputs, outputs = parameters.input.shape[1], parameters.readout.shape[2]
    columns = GATES[cell.kind] * units
    expect_shapes(
        what,
        {
            "recurrent": (parameters.recurrent, (members, units, columns)),
            "input": (parameters.input, (members, inputs, columns)),
            "bias": (parameters.bias, (members, BIASES[cell.kind] * units)),
            "readout": (parameters.readout, (members, units, outputs)),
            "readout_bias": (parameters.readout_bias, (members, outputs)),
        },
    )
    return members, units, inputs, outputs


def expect_call(
    parameters: Parameters,
    cell: Cell,
    inputs: Array,
    noise: Noise | None,
    e: Array | None = None,
    g: Array | None = None,
) -> None:
    """Checks a roll-out, or a gradient with ∂L/∂y = ``e`` and ∂L/∂r = ``g``. Raises ``AtlasError``."""
    members, units, width, outputs = expect_parameters("parameters", parameters, cell)
    trials, times = inputs.shape[1:3] if inputs.ndim == 4 else (0, 0)
    arrays: dict[str, tuple[Array | None, Shape]] = {
        "inputs": (inputs, (members, trials, times, width)),
        "noise.keys": (None if noise is None else np.asarray(noise.keys), (members,)),
        "output_gradient": (e, (members, trials, times, outputs)),
        "rate_gradient": (g, (members, trials, times, units)),
    }
    expect_shapes("call", {name: (array, shape) for name, (array, shape) in arrays.items() if array is not None})


def expect_training(setup: TrainingSetup, state: TrainingState, batches: Batches, schedule: Schedule) -> None:
    """Checks a call of ``Trainer.train``. Raises ``AtlasError``."""
    members, _, inputs, outputs = expect_parameters("state.parameters", state.parameters, setup.cell)
    steps = len(schedule)
    trials, times = batches.inputs.shape[2:4] if batches.inputs.ndim == 5 else (0, 0)
    trial = (steps, members, trials)
    expect_shapes(
        "batches",
        {
            "inputs": (batches.inputs, (*trial, times, inputs)),
            "targets": (batches.targets, (*trial, times, outputs)),
            "weight": (batches.weight, (*trial, times, outputs)),
            "length": (batches.length, trial),
        },
    )
    if batches.length.size and not 0 <= batches.length.min() <= batches.length.max() <= times:
        found = f"{batches.length.min()} to {batches.length.max()}"
        raise AtlasError(None, "batches.length", f"0 to {times} steps are expected, found {found}", "cut the trials")
    expect_shapes("schedule", {name: (np.asarray(array), (steps,)) for name, array in vars(schedule).items()})
    expect_shapes("setup", {"keys": (np.asarray(setup.keys), (members,))})
    _expect_state(state, members)
    for number, reference in enumerate(setup.term.references if setup.term else ()):
        what = f"term.references[{number}]"
        count, _, width, _ = expect_parameters(what, reference.parameters, reference.cell)
        if (count, width) != (members, inputs):
            raise AtlasError(
                None, what, f"{members} networks with {inputs} inputs are expected, found {count} with {width}",
                "compare networks of one task, member by member",
            )  # fmt: skip
        if reference.keys is not None:
            expect_shapes(what, {"keys": (np.asarray(reference.keys), (members,))})


def _expect_state(state: TrainingState, members: int) -> None:
    """What is updated in place must lie as the engine has it."""
    kinds = {"active": bool, "diverged_at": np.int64, "first_loss": float, "strength": float, "smoothed": float}
    placed = [(name, getattr(state, name), np.dtype(kind), (members,)) for name, kind in kinds.items()]
    for group in ("parameters", "first", "second"):
        for name, array in vars(state.parameters).items():
            own = getattr(getattr(state, group), name)
            placed.append((f"{group}.{name}", own, np.dtype(np.float32), array.shape))
    expect_shapes("state", {name: (array, shape) for name, array, _, shape in placed})
    for name, array, kind, _ in placed:
        if array.dtype != kind or not array.flags.c_contiguous or not array.flags.writeable:
            raise AtlasError(
                None, f"state.{name}", f"a writeable, C-contiguous array of {kind} is expected",
                "begin with TrainingState.begin",
            )  # fmt: skip
