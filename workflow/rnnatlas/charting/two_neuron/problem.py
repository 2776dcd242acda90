"""What a network of two units is asked, and how it is simulated while it learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.config.charting import longest_step
from rnnatlas.errors import AtlasError

START = np.array([1.0, 0.0])
TARGET = np.array([0.0, 1.0])


@dataclass(frozen=True)
class Problem:
    """From (1, 0) to (0, 1) in ``end``, by Runge-Kutta steps of ``step`` (both in units of the time constant).

    ``linear`` leaves the tanh out: dx/dt = −x + W x. ``largest`` is the largest |W_ij| that networks begin with. Raises ``AtlasError`` if
    the steps do not add up to the end, or are too long for the method to be stable where networks begin.
    """

    end: float = 10.0
    step: float = 0.1
    linear: bool = False
    largest: float = 1.5

    def __post_init__(self) -> None:
        for name in ("end", "step"):
            if not 0.0 < getattr(self, name) < float("inf"):
                raise AtlasError(None, name, f"a finite number above 0 is expected, found {getattr(self, name)}", "give a duration in time constants")  # fmt: skip
        if abs(self.end / self.step - round(self.end / self.step)) > 1e-6 or round(self.end / self.step) < 1:
            raise AtlasError(None, "step", f"a whole part of end = {self.end:g} is expected, found {self.step:g}", f"try {self.end / max(1, round(self.end / self.step)):g}")  # fmt: skip
        longest = longest_step(self.largest)
        if self.step > longest:
            raise AtlasError(None, "step", f"at most {longest:.2g} is expected, found {self.step:g}: Runge-Kutta steps are unstable for weights up to {self.largest:g}", "take shorter steps")  # fmt: skip

    @property
    def steps(self) -> int:
        """Runge-Kutta steps until the end."""
        return round(self.end / self.step)


def eigenvalues(weights: Float[Array, "network 2 2"]) -> tuple[Float[Array, "network"], Float[Array, "network"]]:
    """The largest real part of the eigenvalues of each W, and their imaginary part (0 where both are real).

    The origin of dx/dt = −x + W tanh(x) has the Jacobian −I + W: it is unstable where the first exceeds 1.
    """
    a, b, c, d = weights.reshape(-1, 4).T
    half, root = (a + d) / 2.0, ((a - d) / 2.0) ** 2 + b * c
    return half + np.sqrt(np.maximum(root, 0.0)), np.sqrt(np.maximum(-root, 0.0))
