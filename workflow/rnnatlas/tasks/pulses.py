"""What timing tasks are made of: pulses on inputs and outputs, and trials that all have the same length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.trials import Trials


def pulse(
    times: int, onset: Int[Array, "trial"], width: int, amplitude: Float[Array, "trial"] | float = 1.0
) -> Float[Array, "trial time"]:
    """``amplitude`` from ``onset`` on for ``width`` steps, else 0."""
    step = np.arange(times)[None, :]
    on = (step >= onset[:, None]) & (step < onset[:, None] + width)
    return np.where(on, np.broadcast_to(amplitude, onset.shape)[:, None], 0.0).astype(np.float32)


def timed_trials(
    inputs: Sequence[Float[Array, "trial time"]],
    target: Float[Array, "trial time"],
    epochs: Mapping[str, tuple[Int[Array, "trial"], Int[Array, "trial"]]],
    conditions: Mapping[str, Float[Array, "trial"]],
    settle: int = 0,
) -> Trials:
    """Trials whose every step has weight 1; judged is the epoch ``response``, but for its first ``settle`` steps (one is always left)."""
    count, times = target.shape
    start, stop = epochs["response"]
    step = np.arange(times)[None, :]
    judged = (step >= np.minimum(start + settle, stop - 1)[:, None]) & (step < stop[:, None])
    return Trials(
        inputs=np.stack(inputs, axis=-1),
        targets=target[:, :, None],
        weight=np.ones((count, times, 1), dtype=np.float32),
        judged=judged[:, :, None],
        length=np.full(count, times),
        epochs={name: np.stack(bounds, axis=1) for name, bounds in epochs.items()},
        conditions={name: np.asarray(values, dtype=np.float64) for name, values in conditions.items()},
    )


def decisions(
    outputs: Float[Array, "*member trial time output"], trials: Trials, sign: str
) -> dict[str, Float[Array, "*member trial"]]:
    """Performance: 1 if the output, averaged over the judged steps, has the sign that the condition ``sign`` names, else 0; error: mean
    squared error over all steps."""
    share = trials.judged / trials.judged.sum((-2, -1), keepdims=True)
    right = np.sign((outputs * share).sum((-2, -1))) == trials.conditions[sign]
    error = np.mean((outputs - trials.targets) ** 2, axis=(-2, -1))
    return {"performance": right.astype(np.float64), "error": error}


def whole_steps(name: str, lowest: float, highest: float, grid: float) -> Float[Array, "value"]:
    """``lowest``, ``lowest + grid``, … ``highest``. Raises ``AtlasError`` where the grid does not reach it, or there are no two values."""
    count = round((highest - lowest) / grid) + 1
    if count < 2 or abs(lowest + (count - 1) * grid - highest) > 1e-6 * grid:
        raise AtlasError(
            None, name, f"a longest value some whole steps of {grid:g} above the shortest is expected, found {lowest:g} to {highest:g}",
            "lengthen the longest, or mend the grid",
        )  # fmt: skip
    return lowest + grid * np.arange(count)


def both_ways(first: Float[Array, "value"], second: Float[Array, "value"]) -> tuple[Array, Array]:
    """All pairs of two values that differ."""
    one, other = (each.ravel() for each in np.meshgrid(first, second, indexing="ij"))
    return one[one != other], other[one != other]


def check_apart(pulse: float, **gaps: float) -> None:
    """Raise ``AtlasError`` where pulses would overlap: each of ``gaps``, the times in ms from one's onset to the next one's, is to be as long as a
    pulse at least."""
    for key, gap in gaps.items():
        if gap < pulse:
            raise AtlasError(None, key, f"at least the duration of a pulse, {pulse:g} ms, is expected, found {gap:g}: pulses would overlap", "lengthen it, or shorten pulse")  # fmt: skip


def check_range(key: str, ends: Sequence[float]) -> None:
    """Raise ``AtlasError`` unless the two ``ends`` of a range are in order."""
    if not ends[0] < ends[1]:
        raise AtlasError(None, key, f"a smallest and a largest value are expected, found {list(ends)}", "put the smaller one first")  # fmt: skip
