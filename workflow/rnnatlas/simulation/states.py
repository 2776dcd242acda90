"""States of an ensemble, beside its rates and outputs: an engine stores rates only, the states follow by the cell's equation."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from rnnatlas.arrays import Array, Count, Float, NotNegative
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.select import select_engine
from rnnatlas.networks.ensemble import Ensemble, Trajectories
from rnnatlas.simulation.inputs import broadcast_inputs
from rnnatlas.simulation.noise import shared_noise
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.philox import private_noise


def simulate(
    ensemble: Ensemble,
    inputs: Float[Array, "*member trial time input"],
    noise: NotNegative | None = None,
    seed: int = 0,
    engine: Engine | str = "auto",
    threads: Count = 1,
) -> Trajectories:
    """Run every member on ``inputs``, ``[trial, time, input]`` (shared) or ``[member, trial, time, input]``.

    ``noise`` is σ of the private noise (None: as trained; 0: none), drawn from the stream ``seed``, which is common to all members
    so that networks are compared under the same noise. ``engine`` is an engine, or the name of one that is then given ``threads``.
    The state of a GRU is h, that of an LSTM (h, c); that of a rate cell is not had from x = artanh r, which loses all digits where
    a unit saturates.
    """
    chosen = select_engine(engine, threads) if isinstance(engine, str) else engine
    stream = (seed, "simulate")
    run = roll_out(ensemble, inputs, noise, stream, chosen)
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
