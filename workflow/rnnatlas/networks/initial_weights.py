"""Initial weights."""

from typing import Literal

import numpy as np

from rnnatlas.arrays import Count, Index, NotNegative
from rnnatlas.networks.cell import BIASES, FORGET, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import generator

InitialWeights = Literal["normal", "uniform", "small"]


def stream_of_attempt(stream: tuple[int | str, ...], attempt: int) -> tuple[int | str, ...]:
    """The stream of a member's weights in an attempt to train it: the first one is the member's own."""
    return (*stream, "attempt", attempt) if attempt else stream


def initialise(
    members: list[Index],
    units: Count,
    inputs: Count,
    outputs: Count,
    gain: NotNegative,
    cell: Cell,
    stream: tuple[int | str, ...],
    weights: InitialWeights = "normal",
) -> Ensemble:
    """Fresh networks. ``weights`` "normal": ``J ~ N(0, g²/N)``, ``J_in ~ N(0, 1/n_inputs)``, ``J_out ~ N(0, 1/N)``, biases zero but for that of an
    LSTM's forget gate, which is 1.

    ``gain`` is g: below 1 the untrained network decays to rest, above 1 a large one is chaotic. Each member draws
    from its own stream ``(*stream, "initial weights", member)``. The gates of a GRU or an LSTM are drawn alike, each block by
    itself. A forget gate that begins half closed loses what is 20 steps old, and with it the gradient (Gers, Schmidhuber and
    Cummins 2000, Neural Computation; Jozefowicz, Zaremba and Sutskever 2015, ICML): with 0, none of
    four LSTMs learned MemoryPro here.

    "uniform": all weights and biases from U(−1/√N, 1/√N), as PyTorch draws them, two biases being added where one stands here for both;
    "small": the same from U(−1/N, 1/N) (Turner, Dabholkar and Barak 2021, for gated cells). The gain plays no part then.
    """
    gates, biases = GATES[cell.kind] * units, BIASES[cell.kind] * units
    bias = np.zeros(biases)
    if cell.kind == "lstm":
        bias[FORGET * units : (FORGET + 1) * units] = 1.0
    drawn: list[list[np.ndarray]] = []
    for member in members:
        rng = generator(*stream, "initial weights", member)
        if weights != "normal":
            drawn.append(_uniform(rng, 1.0 / units if weights == "small" else units**-0.5, units, inputs, outputs, cell.kind))  # fmt: skip
            continue
        drawn.append(
            [
                rng.standard_normal((units, gates)) * gain / np.sqrt(units),
                rng.standard_normal((inputs, gates)) / np.sqrt(inputs),
                bias,
                rng.standard_normal((units, outputs)) / np.sqrt(units),
                np.zeros(outputs),
            ]
        )
    stacked = (np.stack(arrays).astype(np.float32) for arrays in zip(*drawn, strict=True))
    return Ensemble(Parameters(*stacked), cell)


def _uniform(
    rng: np.random.Generator, bound: float, units: int, inputs: int, outputs: int, kind: str
) -> list[np.ndarray]:
    """The arrays of ``Parameters`` for one network, every entry of PyTorch's own arrays uniform within ``bound``."""
    gates = GATES[kind] * units
    recurrent, into = rng.uniform(-bound, bound, (units, gates)), rng.uniform(-bound, bound, (inputs, gates))
    of_input, of_units = rng.uniform(-bound, bound, (2, gates))
    if kind == "gru":
        bias = np.concatenate([(of_input + of_units)[: 2 * units], of_input[2 * units :], of_units[2 * units :]])
    else:
        bias = of_input + of_units
    return [recurrent, into, bias, rng.uniform(-bound, bound, (units, outputs)), rng.uniform(-bound, bound, outputs)]
