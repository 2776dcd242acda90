"""Initial weights."""

import numpy as np

from rnnatlas.arrays import Count, Index, NotNegative
from rnnatlas.networks.cell import BIASES, FORGET, GATES, Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import generator


def initialise(
    members: list[Index],
    units: Count,
    inputs: Count,
    outputs: Count,
    gain: NotNegative,
    cell: Cell,
    stream: tuple[int | str, ...],
) -> Ensemble:
    """Fresh networks: ``J ~ N(0, g²/N)``, ``J_in ~ N(0, 1/n_inputs)``, ``J_out ~ N(0, 1/N)``, biases zero but for that of an
    LSTM's forget gate, which is 1.

    ``gain`` is g: below 1 the untrained network decays to rest, above 1 a large one is chaotic. Each member draws
    from its own stream ``(*stream, "initial weights", member)``. The gates of a GRU or an LSTM are drawn alike, each block by
    itself. A forget gate that begins half closed loses what is 20 steps old, and with it the gradient (Gers, Schmidhuber and
    Cummins 2000, Neural Computation; Jozefowicz, Zaremba and Sutskever 2015, ICML): with 0, none of
    four LSTMs learned MemoryPro here.
    """
    gates, biases = GATES[cell.kind] * units, BIASES[cell.kind] * units
    bias = np.zeros(biases)
    if cell.kind == "lstm":
        bias[FORGET * units : (FORGET + 1) * units] = 1.0
    drawn: list[list[np.ndarray]] = []
    for member in members:
        rng = generator(*stream, "initial weights", member)
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
