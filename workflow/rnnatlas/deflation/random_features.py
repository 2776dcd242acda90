"""What the penalty against nonlinear readers is given beside rates: random features, anew at each step, and what of each earlier
solution is to be read, once a chain."""

from __future__ import annotations

from collections.abc import Sequence
from threading import local
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Count, Float
from rnnatlas.config.training import DeflationSettings, FeatureSettings
from rnnatlas.deflation.feature_penalty import Features, Workspace, feature_penalty
from rnnatlas.deflation.null_space import projector
from rnnatlas.deflation.other_penalties import SILENT
from rnnatlas.deflation.penalty import PenaltyResult, similarity_penalty
from rnnatlas.engine.interface import Engine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.task import Task
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun

TRIALS = 64  # on which an earlier solution's components are found


class FeatureComparison:
    """``S_features + linear · S_linear`` of each member with the earlier solutions of its chain.

    ``components[i][k]`` [unit, component] are the leading principal components of what member k of ``earlier[i]`` does in the null space of its
    readout, without private noise, on 64 trials of the stream ``(member, "trials of random features")``: the same at every step,
    whatever the company, and found again by a training that goes on from a checkpoint. Features are drawn from the stream
    ``(member, "random features", step)``.
    """

    def __init__(
        self, earlier: Sequence[Ensemble], task: Task[Any], settings: DeflationSettings, run: TrainingRun
    ) -> None:
        self.settings, self.members = settings, run.members
        self.kept = local()  # a workspace for each thread that members are computed on
        self.components = [
            [self._components(network[k : k + 1], task, member, run.engine) for k, member in enumerate(run.members)]
            for network in earlier
        ]

    def _components(
        self, network: Ensemble, task: Task[Any], member: Member, engine: Engine
    ) -> Float[Array, "unit component"]:
        trials = task.batch(TRIALS, generator(*member.words("trials of random features")))
        rates = roll_out(network, trials.inputs, 0.0, (), engine).rates[0][trials.valid()]
        return leading_components(
            rates, network.parameters.readout[0], self.settings.features.components, self.settings.null_space
        )

    def __call__(
        self,
        member: int,
        step: int,
        rates: Float[Array, "sample unit"],
        readout: Float[Array, "unit output"],
        earlier_rates: list[Float[Array, "sample _"]],
        earlier_readouts: list[Float[Array, "_ _"]],
    ) -> PenaltyResult:
        """The penalty of a member at a step; ``each`` are the similarities by features."""
        own, settings = self.settings.features, self.settings
        name = self.members[member].words("random features")
        features = draw_features(generator(*name, step), rates.shape[1], own)
        targets = [
            other @ components[member].astype(other.dtype)
            for other, components in zip(earlier_rates, self.components, strict=True)
        ]
        if not hasattr(self.kept, "workspace"):
            self.kept.workspace = Workspace()
        given = (own.ridge, settings.null_space, settings.order, self.kept.workspace)
        found = feature_penalty(rates, readout, targets, features, *given)
        if own.linear == 0.0 or not (len(rates) and np.isfinite(found.value)):  # a frozen network has no samples
            return found
        beside = similarity_penalty(
            rates, readout, earlier_rates, earlier_readouts, settings.ridge, settings.form, settings.null_space, settings.order
        )  # fmt: skip
        return PenaltyResult(
            found.value + own.linear * beside.value,
            found.each,
            found.rate_gradient + rates.dtype.type(own.linear) * beside.rate_gradient,
            found.readout_gradient + own.linear * beside.readout_gradient,
        )


def draw_features(rng: np.random.Generator, units: Count, settings: FeatureSettings) -> Features:
    """``settings.number`` features at each of ``settings.widths``, for networks of so many units; single precision."""
    number, widths = settings.number, np.array(settings.widths, np.float32)
    frequency = rng.standard_normal((units, len(widths) * number), np.float32) / np.repeat(widths, number)
    phase = rng.random(len(widths) * number, np.float32) * np.float32(2.0 * np.pi)
    return Features(frequency, phase, float(np.sqrt(2.0 / number)))


def leading_components(
    rates: Float[Array, "sample unit"], readout: Float[Array, "unit output"], count: Count, null_space: bool = True
) -> Float[Array, "unit component"]:
    """The ``count`` leading principal components of the rates in the null space of their readout (``null_space`` False: of the rates), orthonormal,
    the largest first; fewer if the null space has fewer dimensions. Zeros for a network that is silent there, of which there is nothing to
    read, and NaN for one that is not finite."""
    units, kept = rates.shape[1], min(count, rates.shape[1])
    if not (np.isfinite(rates).all() and np.isfinite(readout).all()):
        return np.full((units, kept), np.nan)
    null = projector(readout) if null_space else np.eye(units)
    centred = (rates - rates.mean(0, dtype=np.float64)) @ null
    values, vectors = np.linalg.eigh(centred.T @ centred)
    if values.sum() <= SILENT * float(np.vdot(rates, rates)):
        return np.zeros((units, kept))
    # The span's directions have no variance but for rounding, which must not tell them from silent ones of the null space.
    return np.linalg.qr(null @ vectors[:, ::-1][:, : min(kept, round(np.trace(null)))])[0]
