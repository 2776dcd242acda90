"""Ring attractors: which angles a network holds at rest through a delay."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.analysis import AttractorSettings
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.states import simulate
from rnnatlas.tasks.task import Task
from rnnatlas.tasks.trials import Trials


class Ring(NamedTuple):
    """``coverage``: share of the angle bins that hold the readout of a slow relaxed state; ``error``: median |readout - cued
    angle| of the slow ones, in radians, in [0, π] (NaN if none is slow); ``slow``: share of the states that are slow."""

    coverage: float
    error: float
    slow: float


class Relaxed(NamedTuple):
    """Delay states after they were left alone: ``speed`` is |dx/dt| in 1/τ, ``angle`` (radians) what the network then
    points to."""

    speed: Float[Array, "trial"]
    angle: Float[Array, "trial"]


def circular_variable(task: Task[Any]) -> str | None:
    """The angle that the task asks to hold and to point to with outputs ``cos`` and ``sin``; None if there is none."""
    names = [variable.name for variable in task.variables() if variable.scale == "circular"]
    return names[0] if names and {"cos", "sin"} <= set(task.output_names) else None


def prolonged(trials: Trials, epoch: str, steps: int) -> Trials:
    """``trials`` whose ``epoch`` lasts ``steps`` longer: its last step is repeated, and what follows comes later."""
    stop = trials.epochs[epoch][:, 1:]
    time = np.arange(trials.times + steps)[None, :]
    source = np.where(time < stop, time, np.maximum(time - steps, stop - 1))

    def stretch(array: Array) -> Array:
        return np.take_along_axis(array, source[:, :, None], axis=1)

    return Trials(
        inputs=stretch(trials.inputs),
        targets=stretch(trials.targets),
        weight=stretch(trials.weight),
        judged=stretch(trials.judged),
        length=trials.length + steps,
        epochs={
            name: np.column_stack([bounds[:, 0] + steps * (bounds[:, 0] >= stop[:, 0]), bounds[:, 1] + steps * (bounds[:, 1] >= stop[:, 0])])
            for name, bounds in trials.epochs.items()
        },
        conditions=trials.conditions,
    )  # fmt: skip


def relaxed_delay_states(network: Ensemble, task: Task[Any], trials: Trials, steps: int, engine: Engine) -> Relaxed:
    """Run ``trials`` without noise, their delay prolonged by ``steps``, on a single network of any cell.

    The speed is the length of the last of these steps over a, so that it needs no equation of the cell. The angle is that
    of the outputs ``cos`` and ``sin`` averaged over the judged steps, as in the task's own measure.
    """
    longer = prolonged(trials, "delay", steps)
    run = simulate(network, longer.inputs, noise=0.0, engine=engine)
    each, end = np.arange(trials.count), longer.epochs["delay"][:, 1] - 1
    states = run.states[0]
    speed = np.linalg.norm(states[each, end].astype(np.float64) - states[each, end - 1], axis=1) / network.cell.alpha
    pointing = [task.output_names.index(part) for part in ("cos", "sin")]
    share = longer.judged[:, :, pointing] / longer.judged[:, :, pointing].sum(1, keepdims=True)
    cosine, sine = (run.outputs[0][:, :, pointing] * share).sum(1).T
    return Relaxed(speed, np.arctan2(sine, cosine).astype(np.float64))


def ring_attractor(relaxed: Relaxed, cued: Float[Array, "trial"], slow_speed: float, bins: int) -> Ring:
    """Coverage of the circle by the states whose speed is at most ``slow_speed``, and their error to ``cued`` (radians)."""
    slow: Bool[Array, "trial"] = relaxed.speed <= slow_speed
    if not slow.any():
        return Ring(0.0, np.nan, 0.0)
    turn = np.mod(relaxed.angle[slow], 2 * np.pi)
    covered = np.unique(np.floor(turn / (2 * np.pi) * bins).astype(int) % bins)
    away = np.abs(np.mod(relaxed.angle[slow] - cued[slow] + np.pi, 2 * np.pi) - np.pi)
    return Ring(len(covered) / bins, float(np.median(away)), float(slow.mean()))


def measure_ring(
    ensemble: Ensemble,
    task: Task[Any],
    variable: str,
    spread: Float[Array, "member"],
    settings: AttractorSettings,
    slow: float,
    rng: np.random.Generator,
    engine: Engine,
) -> list[Ring]:
    """The ring of each member for the angle ``variable``, all on the same trials, which have the longest trained delay.

    Delay states are left alone for ``settings.relaxation`` τ under the delay's input and are slow if
    speed · (longest delay) ≤ ``slow`` · (RMS spread of the visited states).
    """
    trials = task.draw(settings.angles, rng, 1.0)
    alpha = ensemble.cell.alpha
    longest = float(np.diff(trials.epochs["delay"]).max() * alpha)
    steps = max(1, round(settings.relaxation / alpha))
    return [
        ring_attractor(
            relaxed_delay_states(ensemble[member], task, trials, steps, engine),
            trials.conditions[variable],
            slow * float(spread[member]) / longest,
            settings.bins,
        )
        for member in range(len(ensemble))
    ]
