"""What is given for a step of 20 ms, at a step of another length: a task is the same task at any dt, which is precision alone.

The rule is that of ``generalisation/finer_steps.py``: what a network is driven by per unit of time does not change.

- an event of probability p comes at the rate p / 20 ms, so with p·dt/20 in a step;
- white noise of deviation s has the variance s²·20 ms per unit of time, so the deviation s·√(20/dt) in a step. Filtered by a leak
  a = dt/τ its stationary variance is a²·s²·(20/dt)/(1 − (1 − a)²) = s²·(20/τ)/(2 − a), the same but for the Euler step's own 2 − a;
- durations are in ms and a number of steps follows; a pulse lasts as long at any dt.
"""

from __future__ import annotations

import math

from rnnatlas.errors import AtlasError

REFERENCE = 20.0  # ms: the dt of the default study, whose numbers these are


def probability_at(probability: float, dt: float) -> float:
    """The probability in a step of ``dt`` ms of what has ``probability`` in 20 ms. Raises ``AtlasError`` if it exceeds 1."""
    found = probability * (dt / REFERENCE)
    if found > 1.0:
        raise AtlasError(None, "probability", f"at most 1 in a step is expected, found {found:g}: {probability:g} in {REFERENCE:g} ms, at dt = {dt:g} ms", f"shorten trial.dt to {REFERENCE / probability:g} ms at most, or lower it")  # fmt: skip
    return found


def deviation_at(deviation: float, dt: float) -> float:
    """The standard deviation in a step of ``dt`` ms of white noise that has ``deviation`` in steps of 20 ms."""
    return deviation * math.sqrt(REFERENCE / dt)
