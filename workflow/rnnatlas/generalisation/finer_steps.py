"""Is a solution an artefact of the Euler step? Networks as trained at dt, simulated at dt/2 and dt/4 (control d).

The rule is that of ``tasks/per_time.py``, of trials that are given rather than drawn. With a = dt/τ, a step of the map is ``x + a F(x, u)`` plus noise of deviation σ√(2a). At dt/k:

- the leak is a/k and τ is the same, so private noise has the deviation σ√(2a/k) that ``Cell.noise_scale`` gives: its variance per
  unit of time does not change;
- each input is held for k steps. A pulse of one step lasts as long as before, and the drive per unit of time, k·(a/k)·u·J_in, is the
  same. Input noise is held as well, one number for each original step: its variance per original step stays, and targets that
  integrate noisy inputs stay right. (Fresh noise of √k times the deviation a sub-step would have the same variance, but other targets.);
- outputs are taken at the end of each original step.

Fixed points are the same for any dt, their stability is not: |1 + (a/k)λ| < 1 with the same eigenvalues λ of dF/dx.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Bool, Float, Int
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.inputs import broadcast_inputs
from rnnatlas.simulation.noise import shared_noise
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials

FACTORS = (1, 2, 4)
CHUNK = 128  # trials simulated at once, which bounds memory


def at_finer_step(ensemble: Ensemble, factor: int) -> Ensemble:
    """The same rate networks with an Euler step ``factor`` times shorter. Raises ``AtlasError`` for gated cells, which have none."""
    return replace(ensemble, cell=ensemble.cell.finer(factor))


def outputs_at_finer_step(
    ensemble: Ensemble,
    inputs: Float[Array, "trial time input"],
    factor: int,
    noise: float | None,
    stream: tuple[int | str, ...],
    engine: Engine,
) -> Float[Array, "member trial time output"]:
    """Outputs at the original times, with ``factor`` sub-steps between them; ``noise`` is σ (None: as trained, 0: none)."""
    finer = at_finer_step(ensemble, factor)
    parts: list[Array] = []
    for number, first in enumerate(range(0, len(inputs), CHUNK)):
        held = broadcast_inputs(finer, np.repeat(inputs[first : first + CHUNK], factor, axis=1))
        private = shared_noise(finer, noise, *stream, factor, number)
        parts.append(engine.outputs(finer.parameters, finer.cell, held, private)[:, :, factor - 1 :: factor])
    return np.concatenate(parts, axis=1)


def performance_by_step(
    ensemble: Ensemble, task: Task[Any], trials: Trials, seed: int, engine: Engine
) -> dict[str, Float[Array, "member factor"]]:
    """Performance on ``trials`` at each of ``FACTORS``: ``noisy``, under private noise as trained, and ``clean``, without;
    ``change`` is the RMS difference of the clean outputs from those at the step as trained, over the RMS of the latter."""
    shape = (ensemble.members, len(FACTORS))
    table = {name: np.zeros(shape) for name in ("noisy", "clean", "change")}
    valid, trained = trials.valid(), np.zeros(0)
    for place, factor in enumerate(FACTORS):
        noisy, clean = (
            outputs_at_finer_step(ensemble, trials.inputs, factor, sigma, (seed, "finer steps"), engine)
            for sigma in (None, 0.0)
        )
        trained = clean if place == 0 else trained
        off, size = (np.sum(y[:, valid] ** 2, axis=(1, 2), dtype=np.float64) for y in (clean - trained, trained))
        table["noisy"][:, place] = task.performance(noisy, trials)
        table["clean"][:, place] = task.performance(clean, trials)
        table["change"][:, place] = np.sqrt(off / size)
    return table


def counted_by_step(
    points: dict[str, Array], alpha: float, members: int, inputs: int
) -> dict[str, Int[Array, "member constant factor"]]:
    """Numbers of ``stable`` and ``unstable`` counted fixed points at each of ``FACTORS``, from a ``fixed_points`` artifact
    (``member``, ``input``, ``fixed``, ``counted`` [point], ``eigenvalues`` [point, unit] in 1/τ) of networks trained at leak ``alpha``."""
    chosen = points["fixed"].astype(bool) & points["counted"].astype(bool)
    place = points["member"][chosen] * inputs + points["input"][chosen]
    found = [stable_at(points["eigenvalues"][chosen], alpha / factor) for factor in FACTORS]

    def count(which: list[Array]) -> Int[Array, "member constant factor"]:
        counts = [np.bincount(place[mine], minlength=members * inputs) for mine in which]
        return np.stack(counts, axis=-1).reshape(members, inputs, len(FACTORS))

    return {"stable": count(found), "unstable": count([~stable for stable in found])}


def stable_at(eigenvalues: Array, alpha: float) -> Bool[Array, "point"]:
    """Whether all |1 + αλ| < 1, for each row of ``eigenvalues``."""
    return np.asarray((np.abs(1.0 + alpha * eigenvalues) < 1.0).all(axis=-1))
