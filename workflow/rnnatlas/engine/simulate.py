"""Run an ensemble as it is, keeping its states."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble, Trajectories
from rnnatlas.streams.keys import stream_key
from rnnatlas.streams.philox import private_noise

# The counter's step word for roll-outs outside training, so that no evaluation repeats a training step's noise.
EVALUATION_STEP = 0xFFFFFFFF


def shared_noise(ensemble: Ensemble, noise: float | None, *stream: int | str) -> Noise | None:
    """Private noise drawn from one stream for all members (σ as trained where ``noise`` is None)."""
    scale = ensemble.cell.noise_scale(noise)
    if scale == 0.0:
        return None
    key = stream_key(*stream, "private noise")
    return Noise(np.full(ensemble.members, key, dtype=np.uint64), EVALUATION_STEP, scale)


def broadcast_inputs(ensemble: Ensemble, inputs: Array) -> Float[Array, "member trial time input"]:
    """``inputs`` with a member axis; raises ``AtlasError`` where they do not fit the ensemble."""
    if inputs.ndim == 3:
        inputs = np.broadcast_to(inputs, (ensemble.members, *inputs.shape))
    if inputs.ndim != 4 or inputs.shape[0] != ensemble.members or inputs.shape[-1] != ensemble.inputs:
        raise AtlasError(
            None,
            "inputs",
            f"[trial, time, {ensemble.inputs}] or [{ensemble.members}, trial, time, {ensemble.inputs}] is expected, "
            f"found {list(inputs.shape)}",
            "give one row of inputs a time step, in the order in which the task lists them",
        )
    return inputs


def roll_out(
    ensemble: Ensemble, inputs: Array, noise: float | None, stream: tuple[int | str, ...], engine: Engine
) -> Rollout:
    """Rates and outputs of every member on shared inputs, under common private noise."""
    inputs = broadcast_inputs(ensemble, inputs)
    return engine.roll_out(ensemble.parameters, ensemble.cell, inputs, shared_noise(ensemble, noise, *stream))


def simulate(ensemble: Ensemble, inputs: Array, noise: float | None, seed: int, engine: Engine) -> Trajectories:
    """``Ensemble.simulate``: an engine stores rates only, so the states follow from them by the cell's equation.

    (Not by x = artanh r, which loses all digits where a unit saturates.) The state of a GRU is h, that of an LSTM (h, c).
    """
    stream = (seed, "simulate")
    run = roll_out(ensemble, inputs, noise, stream, engine)
    private = shared_noise(ensemble, noise, *stream)
    extra = np.zeros(1, np.float32)
    if private is not None and ensemble.cell.kind != "gru":
        extra = private.scale * private_noise(int(private.keys[0]), private.step, *run.rates.shape[1:])
    if ensemble.cell.kind == "gru":
        states = run.rates
    else:
        previous = np.concatenate([np.zeros_like(run.rates[:, :, :1]), run.rates[:, :, :-1]], axis=2)
        p = ensemble.parameters
        u = broadcast_inputs(ensemble, inputs)
        drive = previous @ p.recurrent[:, None] + u @ p.input[:, None] + p.bias[:, None, None]
        states = (
            _leaky(drive, ensemble.cell.alpha, extra)
            if ensemble.cell.kind == "rate"
            else _lstm(drive, extra, run.rates)
        )
    return Trajectories(states=states.astype(run.rates.dtype), rates=run.rates, outputs=run.outputs)


def _leaky(drive: Array, a: float, extra: Array) -> Float[Array, "member trial time unit"]:
    states = a * drive + extra
    for t in range(1, states.shape[2]):
        states[:, :, t] += (1.0 - a) * states[:, :, t - 1]
    return states


def _lstm(drive: Array, extra: Array, hidden: Array) -> Float[Array, "member trial time two_units"]:
    i, f, g, _ = np.split(drive, 4, axis=-1)
    c = expit(i) * np.tanh(g + extra)
    forget = expit(f)
    for t in range(1, c.shape[2]):
        c[:, :, t] += forget[:, :, t] * c[:, :, t - 1]
    return np.concatenate([hidden, c], axis=-1)
