"""The cells: the difference equations that networks here obey."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnnatlas.checks.records import check_fields
from rnnatlas.errors import AtlasError

KINDS = ("rate", "gru", "lstm")
GATES = {"rate": 1, "gru": 3, "lstm": 4}  # blocks of columns of the recurrent and input weights
BIASES = {
    "rate": 1,
    "gru": 4,
    "lstm": 4,
}  # blocks of the bias: a GRU's candidate has one for its recurrent part as well
FORGET = 1  # an LSTM's forget gate among its blocks


@dataclass(frozen=True)
class Cell:
    """What a unit does in one step. ``kind`` is one of

    - ``rate``: a leaky tanh unit, Euler step ``alpha = dt / tau``:
      ``x[t+1] = (1−a)·x[t] + a·(r[t]·J + u[t]·J_in + b) + a·σ·√(2/a)·ξ``, ``r = tanh(x)``, with ξ standard normal,
      private to each unit. ``alpha = 1`` is the discrete vanilla network (PyTorch's ``nn.RNN``);
    - ``gru``, ``lstm``: PyTorch's ``nn.GRU`` and ``nn.LSTM``, gates in PyTorch's order (r, z, n; i, f, g, o). The bias of a GRU
      is (b_r, b_z, b_in, b_hn). Private noise of the same deviation is added to the argument of the tanh of n or g.
      ``alpha`` plays no part but in that deviation.

    "Rates" are the hidden state h of a gated cell. ``noise`` is σ, in units of x per √τ; ``alpha`` lies in (0, 1].
    """

    alpha: float
    noise: float = 0.0
    kind: str = "rate"

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0.0 < self.alpha <= 1.0:
            raise AtlasError(
                None, "alpha", f"dt/tau must lie in (0, 1], found {self.alpha}", "shorten dt or lengthen tau"
            )
        if not 0.0 <= self.noise < np.inf:
            raise AtlasError(None, "noise", f"must not be negative, found {self.noise}", "give a standard deviation")
        if self.kind not in KINDS:
            raise AtlasError(
                None, "cell", f"one of {', '.join(KINDS)} is expected, found {self.kind!r}", "choose one of these"
            )

    def finer(self, factor: int) -> Cell:
        """The same rate cell with an Euler step ``factor`` times shorter: ``alpha / factor``, and the same noise per root of τ. Raises
        ``AtlasError`` for gated cells, which have no step, or a factor below 1."""
        if self.kind != "rate":
            raise AtlasError(None, "cell", f"rate networks are expected, found {self.kind}: a gated cell has no time step to refine", "leave these networks out, or train at time_steps: [1]")  # fmt: skip
        if factor < 1:
            raise AtlasError(None, "factor", f"a whole number of sub-steps from 1 is expected, found {factor}", "take 2 or 4")  # fmt: skip
        return replace(self, alpha=self.alpha / factor)

    def noise_scale(self, noise: float | None = None) -> float:
        """Standard deviation of the private noise added to x at each step: ``a·σ·√(2/a)``."""
        sigma = self.noise if noise is None else noise
        return float(self.alpha * sigma * np.sqrt(2.0 / self.alpha))
