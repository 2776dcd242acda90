"""Which measures can be fooled by irrelevant dynamics? (INSD, key design 2.)

A network that copies the reference in some of its dimensions and fills the others with dynamics of its own has found nothing
new. Here that network is made by hand: the reference's rates beside those of an unrelated chaotic network.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnatlas.arrays import Array, Float
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.similarity.measures.cka import linear_cka
from rnnatlas.similarity.measures.rsa import rsa
from rnnatlas.similarity.regression import linear_predictivity
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.trials import Trials

RELATIVE_VARIANCES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
CHAOTIC_GAIN = 3.0
RDM_SAMPLES = 600  # samples of trial × time in the dissimilarity matrices

MEASURES: dict[str, Callable[[Array, Array], float]] = {
    "CKA": linear_cka,
    "RSA": rsa,
    "earlier → new": lambda earlier, new: linear_predictivity(earlier, new, ridge=1e-8, center=True),
    "new → earlier": lambda earlier, new: linear_predictivity(new, earlier, ridge=1e-8, center=True),
}


def chaotic_rates(like: Ensemble, trials: Trials, seed: int, engine: Engine) -> Float[Array, "sample unit"]:
    """Rates of an untrained chaotic network without input, different in each trial through its private noise."""
    network = initialise([0], like.units, like.inputs, like.outputs, CHAOTIC_GAIN, like.cell, (seed, "chaotic block"))
    run = roll_out(network, np.zeros_like(trials.inputs), 1.0, (seed, "chaotic block"), engine)
    return run.rates[0][trials.valid()]


def metric_asymmetry(
    reference: Ensemble, trials: Trials, seed: int, engine: Engine
) -> tuple[list[str], Float[Array, "measure level"]]:
    """Each measure between the reference (``earlier``) and the constructed network (``new``), by the relative variance of
    the irrelevant block; returns the measures' names and values."""
    earlier = (
        roll_out(reference[0], trials.inputs, 0.0, (seed, "asymmetry"), engine)
        .rates[0][trials.valid()]
        .astype(np.float64)
    )
    block = chaotic_rates(reference, trials, seed, engine).astype(np.float64)
    block *= np.sqrt(earlier.var(0).sum() / block.var(0).sum())
    few = np.sort(generator(seed, "asymmetry samples").permutation(len(earlier))[:RDM_SAMPLES])
    values = np.zeros((len(MEASURES), len(RELATIVE_VARIANCES)))
    for level, variance in enumerate(RELATIVE_VARIANCES):
        new = np.concatenate([earlier, np.sqrt(variance) * block], axis=1)
        for row, (name, measure) in enumerate(MEASURES.items()):
            values[row, level] = measure(earlier[few], new[few]) if name == "RSA" else measure(earlier, new)
    return list(MEASURES), values
