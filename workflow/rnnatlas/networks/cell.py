"""The rate cell: the one difference equation that every network here obeys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.errors import AtlasError


@dataclass(frozen=True)
class Cell:
    """A leaky tanh unit, Euler step ``alpha = dt / tau``:

    ``x[t+1] = (1−a)·x[t] + a·(r[t]·J + u[t]·J_in + b) + a·σ·√(2/a)·ξ``, ``r = tanh(x)``, with ξ standard normal,
    private to each unit. ``alpha = 1`` is the discrete vanilla network (PyTorch's ``nn.RNN``). ``noise`` is σ, in
    units of x per √τ; ``alpha`` lies in (0, 1].
    """

    alpha: float
    noise: float = 0.0
    kind: str = "rate"

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha <= 1.0:
            raise AtlasError(
                None, "alpha", f"dt/tau must lie in (0, 1], found {self.alpha}", "shorten dt or lengthen tau"
            )
        if not 0.0 <= self.noise < np.inf:
            raise AtlasError(None, "noise", f"must not be negative, found {self.noise}", "give a standard deviation")

    def noise_scale(self, noise: float | None = None) -> float:
        """Standard deviation of the private noise added to x at each step: ``a·σ·√(2/a)``."""
        sigma = self.noise if noise is None else noise
        return float(self.alpha * sigma * np.sqrt(2.0 / self.alpha))
