"""The similarity penalty during training: earlier networks run on the same trials as the new one."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rnnatlas.arrays import Array, Bool
from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.other_penalties import cka_penalty, reverse_penalty
from rnnatlas.deflation.penalty import PenaltyResult, similarity_penalty
from rnnatlas.deflation.strength import adapt_strength, first_strength, ramped
from rnnatlas.engine.interface import Noise
from rnnatlas.engine.steps import Reference, SimilarityTerm
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.stepwise import Penalised, Step

Measure = Literal["predictivity", "reverse", "cka"]


class SimilarityPenalty:
    """``λ Σ_i S(R⊥, R_i⊥)`` over the earlier solutions of each chain; ``measure`` says which S.

    ``earlier[i]`` holds, for each member (a chain), its solution of round i, so member c is compared with member c of each.
    Padded steps do not count. No gradient reaches the earlier networks. ``term`` is the same penalty for an engine that computes
    it by itself, which none does for the measures ``reverse`` and ``cka``; a call computes it here.
    """

    def __init__(
        self,
        earlier: list[Ensemble],
        settings: DeflationSettings,
        run: TrainingRun,
        measure: Measure = "predictivity",
    ) -> None:
        self.earlier, self.settings, self.engine, self.measure = earlier, settings, run.engine, measure
        self.start = first_strength(settings)
        self.own_keys = [run.keys(f"noise of earlier {i}") for i in range(len(earlier))]
        common = run.keys("private noise")  # the new network's
        self.term: SimilarityTerm | None = SimilarityTerm(
            [
                Reference(network.parameters, network.cell, self._keys(i, common), network.cell.noise_scale())
                for i, network in enumerate(earlier)
            ],
            settings.ridge,
            settings.form,
            settings.null_space,
            settings.stride,
            settings.tolerance,
            settings.adaptation if settings.strength == "auto" else 0.0,
            settings.ramp,
        )
        if measure != "predictivity":
            self.term = None

    def _keys(self, index: int, common: Array) -> Array | None:
        """Keys of the earlier networks' private noise: none, the new network's, or their own."""
        if self.settings.noise == "none" or self.earlier[index].cell.noise_scale() == 0.0:
            return None
        return common if self.settings.noise == "common" else self.own_keys[index]

    def _noise(self, index: int, noise: Noise) -> Noise | None:
        keys = self._keys(index, noise.keys)
        return None if keys is None else Noise(keys, noise.step, self.earlier[index].cell.noise_scale())

    def __call__(self, step: Step) -> Penalised:
        before = [
            self.engine.roll_out(network.parameters, network.cell, step.inputs, self._noise(i, step.noise)).rates
            for i, network in enumerate(self.earlier)
        ]
        readout, rates = step.state.parameters.readout, step.rollout.rates
        sampled = step.valid & self._sampled(step)

        def one(k: int) -> PenaltyResult:
            return self._compare(
                rates[k][sampled[k]],
                readout[k],
                [other[k][sampled[k]] for other in before],
                [network.parameters.readout[k] for network in self.earlier],
            )

        results: list[PenaltyResult] = step.each_member(one)
        adapt_strength(step.state.strength, step.state.smoothed, step.loss, self.settings)
        strength = ramped(step.state.strength, step.number, self.settings)
        rate_gradient = np.zeros_like(rates)
        for k, result in enumerate(results):
            rate_gradient[k][sampled[k]] = strength[k] * result.rate_gradient
        return Penalised(
            value=np.array([result.value for result in results]),
            strength=strength,
            rate_gradient=rate_gradient,
            readout_gradient=np.stack(
                [(s * result.readout_gradient).astype(np.float32) for s, result in zip(strength, results, strict=True)]
            ),
        )

    def _compare(
        self, rates: Array, readout: Array, earlier_rates: list[Array], earlier_readouts: list[Array]
    ) -> PenaltyResult:
        given, settings = (rates, readout, earlier_rates, earlier_readouts), self.settings
        if self.measure == "cka":
            return cka_penalty(*given, settings.null_space)
        penalty = reverse_penalty if self.measure == "reverse" else similarity_penalty
        return penalty(*given, settings.ridge, settings.form, settings.null_space)

    def _sampled(self, step: Step) -> Bool[Array, "time"]:
        """Every stride-th time step, beginning with another one at each training step."""
        times = np.arange(step.valid.shape[2])
        return (times - step.number) % self.settings.stride == 0
