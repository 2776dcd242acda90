"""The similarity penalty during training: earlier networks run on the same trials as the new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnatlas.arrays import Array
from rnnatlas.config.training import DeflationSettings
from rnnatlas.deflation.penalty import PenaltyResult, similarity_penalty
from rnnatlas.deflation.strength import make_strength
from rnnatlas.engine.interface import Engine, Noise, Rollout
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.keys import stream_key
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.loop import Member, Penalised


class SimilarityPenalty:
    """``λ Σ_i S(R⊥, R_i⊥)`` over the earlier solutions of each chain.

    ``earlier[i]`` holds, for each member (a chain), its solution of round i, so member c is compared with member c of each.
    Padded steps do not count. No gradient reaches the earlier networks.
    """

    def __init__(
        self, earlier: list[Ensemble], members: list[Member], settings: DeflationSettings, engine: Engine
    ) -> None:
        self.earlier, self.settings, self.engine = earlier, settings, engine
        self.strength = make_strength(len(members), settings)
        self.own_keys = [
            np.array([stream_key(*member.words(f"noise of earlier {i}")) for member in members], dtype=np.uint64)
            for i in range(len(earlier))
        ]

    def _noise(self, index: int, noise: Noise) -> Noise | None:
        """The earlier networks' private noise: none, the new network's, or their own."""
        scale = self.earlier[index].cell.noise_scale()
        if self.settings.noise == "none" or scale == 0.0:
            return None
        return Noise(noise.keys if self.settings.noise == "common" else self.own_keys[index], noise.step, scale)

    def __call__(
        self,
        step: int,  # noqa: ARG002 - a penalty may depend on it
        batches: list[Trials],
        inputs: Array,
        noise: Noise,
        rollout: Rollout,
        parameters: Parameters,
        loss: Array,
        run: Callable[[Callable[[int], Any]], list[Any]],
    ) -> Penalised:
        before = [
            self.engine.roll_out(network.parameters, network.cell, inputs, self._noise(i, noise)).rates
            for i, network in enumerate(self.earlier)
        ]

        valid = [batch.valid() for batch in batches]

        def one(k: int) -> PenaltyResult:
            return similarity_penalty(
                rollout.rates[k][valid[k]],
                parameters.readout[k],
                [rates[k][valid[k]] for rates in before],
                [network.parameters.readout[k] for network in self.earlier],
                self.settings.ridge,
                self.settings.form,
                self.settings.null_space,
            )

        results: list[PenaltyResult] = run(one)
        strength = self.strength.update(loss)
        rate_gradient = np.zeros_like(rollout.rates)
        for k, result in enumerate(results):
            rate_gradient[k][valid[k]] = strength[k] * result.rate_gradient
        return Penalised(
            value=np.array([result.value for result in results]),
            strength=strength,
            rate_gradient=rate_gradient,
            readout_gradient=np.stack(
                [(s * result.readout_gradient).astype(np.float32) for s, result in zip(strength, results, strict=True)]
            ),
        )
