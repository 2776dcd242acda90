"""All decoders of one ensemble: the arrays of a ``decoding`` artifact."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Float, Int
from rnnatlas.config.analysis import DecodingSettings
from rnnatlas.decoding.classifiers import compare_classifiers
from rnnatlas.decoding.coding import encode, score
from rnnatlas.decoding.potent import potent_share
from rnnatlas.decoding.protocol import Session, sessions
from rnnatlas.decoding.ridge import cross_predictions, fit_decoders, fixed_predictions, trial_folds
from rnnatlas.decoding.stability import largest_angles, stability_ratio
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task

Table = dict[str, Any]
CONTEXT, STIMULUS = "context", "stimulus"


def decode_networks(
    ensemble: Ensemble, task: Task[Any], settings: DecodingSettings, seed: int, engine: Engine
) -> dict[str, Array]:
    """Decode every member on the same trials (``protocol.sessions``), input noise, private noise (as trained) and folds.

    ``context/*`` where the task has a class called ``context`` and the decoded epoch is ``stimulus``; ``potent/*`` where an angle
    takes discrete values. Members run one at a time, so that memory does not grow with the ensemble.
    """
    drawn = sessions(task, settings, seed)
    rows = [_decode_member(ensemble[k], drawn, task, settings, seed, engine) for k in range(ensemble.members)]
    time = _time(drawn[0], task)
    return {"time": time} | {key: np.stack([np.asarray(row[key]) for row in rows]) for key in rows[0]}


def _decode_member(
    network: Ensemble, drawn: list[Session], task: Task[Any], settings: DecodingSettings, seed: int, engine: Engine
) -> Table:
    table: Table = {}
    for session in drawn:
        stream = (seed, "decoding", "noise" + session.suffix)
        rates = roll_out(network, session.trials.inputs, None, stream, engine).rates[0]
        binned = session.binned(rates).astype(np.float64)
        folds = trial_folds(len(binned), settings.folds, generator(seed, "decoding", "folds" + session.suffix))
        table |= _linear(binned, session, _time(session, task), folds, settings)
        if not session.suffix:
            table |= _potent(rates, session, task, network.parameters.readout[0])
            table |= _context(binned, session, settings, seed)
    return table


def _time(session: Session, task: Task[Any]) -> Float[Array, "bin"]:
    """Centres of the bins, in ms from the start of the epoch."""
    return (np.arange(session.bins) + 0.5) * session.steps * task.settings.dt


def _linear(
    binned: Float[Array, "trial bin unit"],
    session: Session,
    time: Float[Array, "bin"],
    folds: Int[Array, "trial"],
    settings: DecodingSettings,
) -> Table:
    """All variables side by side: they share every factorisation."""
    targets = [encode(session.values[variable.name], variable.scale) for variable in session.variables]
    together, ends = np.concatenate(targets, axis=2), np.cumsum([target.shape[2] for target in targets])
    parts = [slice(end - target.shape[2], end) for end, target in zip(ends, targets, strict=True)]
    across = cross_predictions(binned, together, folds, settings.ridge)
    fixed = fixed_predictions(binned, together, folds, settings.ridge)
    weights = fit_decoders(binned, together, settings.ridge).weights
    table: Table = {}
    for variable, part in zip(session.variables, parts, strict=True):
        values, name = session.values[variable.name], variable.name + session.suffix
        cross = score(across[..., part], values[:, None], variable.scale)
        table[f"cross/{name}"] = cross
        table[f"diagonal/{name}"] = np.diag(cross)
        table[f"angle/{name}"] = largest_angles(weights[..., part])
        told = fixed[..., part].reshape(values.size, -1)
        table[f"fixed/{name}"] = score(told, values.reshape(-1), variable.scale)
        table[f"stability/{name}"] = stability_ratio(cross, time, settings.gap)
    return table


def _potent(
    rates: Float[Array, "trial time unit"], session: Session, task: Task[Any], readout: Float[Array, "unit output"]
) -> Table:
    """S8, for an angle of equidistant values under fixed timing: in the delay, and in the response from ``settle`` after its start,
    when the answer counts."""
    epochs = session.trials.epochs
    if session.condition is None or not {"delay", "response"} <= epochs.keys():
        return {}
    values = session.trials.conditions[session.condition]
    skip = {"delay": 0, "response": task.steps(task.settings.settle)}
    return {
        f"potent/{name}": potent_share(rates[:, slice(epochs[name][0, 0] + late, epochs[name][0, 1])], values, readout)
        for name, late in skip.items()
    }


def _context(binned: Float[Array, "trial bin unit"], session: Session, settings: DecodingSettings, seed: int) -> Table:
    """A8, in the second half of the stimulus."""
    if session.epoch != STIMULUS or not any(v.name == CONTEXT and v.scale == "class" for v in session.variables):
        return {}
    used = slice(settings.reader_trials)
    labels, rng = session.trials.conditions[CONTEXT][used], generator(seed, "decoding", "context folds")
    found = compare_classifiers(binned[used, session.bins // 2 :], labels, settings, rng)
    return {f"context/{name}": accuracy for name, accuracy in found.items()}
