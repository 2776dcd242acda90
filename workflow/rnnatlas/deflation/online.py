"""The similarity penalty during training: earlier networks run on the same trials as the new one."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.other_penalties import cka_penalty, reverse_penalty
from rnnatlas.deflation.penalty import PenaltyResult, similarity_penalty
from rnnatlas.deflation.random_features import FeatureComparison
from rnnatlas.deflation.strength import adapt_strength, adaptation, first_strength, shares, tolerances
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.steps import Reference, SimilarityTerm
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.tasks.task import Task
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.stepwise import Penalised, Step

Measure = Literal["predictivity", "reverse", "cka", "random_features"]


class SimilarityPenalty:
    """``λ (Σ_i S(R⊥, R_i⊥)ᵖ)^(1/p)`` over the earlier solutions of each chain; ``measure`` says which S.

    ``earlier[i]`` holds, for each member (a chain), its solution of round i, so member c is compared with member c of each.
    Padded steps do not count. No gradient reaches the earlier networks. ``term`` is the same penalty for an engine that computes
    it by itself, which none does for another measure than ``predictivity``; a call computes it here. ``random_features`` has the linear
    similarity beside it (``random_features.py``), and needs the ``task``, on which it finds what of the earlier solutions is to be
    read; without one it raises ``AtlasError``.
    """

    def __init__(
        self,
        earlier: list[Ensemble],
        settings: DeflationSettings,
        run: TrainingRun,
        measure: Measure = "predictivity",
        task: Task[Any] | None = None,
    ) -> None:
        self.earlier, self.settings, self.engine, self.measure = earlier, settings, run.engine, measure
        self.start = first_strength(settings)
        self.own_keys = [run.keys(f"noise of earlier {i}") for i in range(len(earlier))]
        common = run.keys("private noise")  # the new network's
        self.similarities = len(earlier)
        self.how = adaptation(settings)
        self.term: SimilarityTerm | None = SimilarityTerm(
            [Reference(network.parameters, network.cell, self._keys(i, common)) for i, network in enumerate(earlier)],
            settings.ridge, settings.form, settings.null_space, settings.stride, settings.order, *self.how,
        )  # fmt: skip
        if measure != "predictivity":
            self.term = None
        self.features: FeatureComparison | None = None
        if measure == "random_features":
            if task is None:
                raise AtlasError(None, "task", "a task is expected for the measure 'random_features', found None", "give the task that is trained")  # fmt: skip
            self.features = FeatureComparison(earlier, task, settings, run)

    def _keys(self, index: int, common: Array) -> Array | None:
        """Keys of the earlier networks' private noise: none, the new network's, or their own."""
        if self.settings.noise == "none" or self.earlier[index].cell.noise_scale() == 0.0:
            return None
        return common if self.settings.noise == "common" else self.own_keys[index]

    def course(self, steps: int) -> tuple[Float[Array, "step"], Float[Array, "step"]]:
        return shares(self.settings, steps), tolerances(self.settings, steps)

    def _earlier_rates(self, index: int, step: Step) -> Float[Array, "member trial time unit"]:
        """What an earlier solution does on the step's trials, at the step's time step."""
        network = self.earlier[index]
        cell = network.cell if step.sub_steps == 1 else network.cell.finer(step.sub_steps)
        keys = self._keys(index, step.noise.keys)
        noise = None if keys is None else Noise(keys, step.noise.step, cell.noise_scale())
        return self.engine.roll_out(network.parameters, cell, step.inputs, noise).rates

    def __call__(self, step: Step) -> Penalised:
        before = [self._earlier_rates(i, step) for i in range(len(self.earlier))]
        readout, rates = step.state.parameters.readout, step.rollout.rates
        sampled = step.valid & self._sampled(step)

        def one(k: int) -> PenaltyResult:
            return self._compare(
                k,
                step.number,
                rates[k][sampled[k]],
                readout[k],
                [other[k][sampled[k]] for other in before],
                [network.parameters.readout[k] for network in self.earlier],
            )

        results: list[PenaltyResult] = step.each_member(one)
        if step.share > 0.0:
            adapt_strength(step.state.strength, step.state.smoothed, step.loss, step.tolerance, self.how)
        strength = (step.state.strength * step.share).astype(np.float32)
        rate_gradient = np.zeros_like(rates)
        for k, result in enumerate(results):
            rate_gradient[k][sampled[k]] = strength[k] * result.rate_gradient
        return Penalised(
            value=np.array([result.value for result in results]),
            each=np.array([result.each for result in results]),
            strength=strength,
            rate_gradient=rate_gradient,
            readout_gradient=np.stack(
                [(s * result.readout_gradient).astype(np.float32) for s, result in zip(strength, results, strict=True)]
            ),
        )

    def _compare(
        self, member: int, number: int, rates: Array, readout: Array, earlier_rates: list[Array], earlier_readouts: list[Array]
    ) -> PenaltyResult:  # fmt: skip
        given, settings = (rates, readout, earlier_rates, earlier_readouts), self.settings
        if self.features is not None:
            return self.features(member, number, *given)
        if self.measure == "cka":
            return cka_penalty(*given, settings.null_space, settings.order)
        penalty = reverse_penalty if self.measure == "reverse" else similarity_penalty
        return penalty(*given, settings.ridge, settings.form, settings.null_space, settings.order)

    def _sampled(self, step: Step) -> Bool[Array, "time"]:
        """Every stride-th time step, beginning with another one at each training step."""
        times = np.arange(step.valid.shape[2])
        return (times - step.number) % (self.settings.stride * step.sub_steps) == 0
