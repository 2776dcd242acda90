"""Training to a given level of activity: what remains of a difference between networks when their rates are equally large?"""

from __future__ import annotations

import numpy as np

from rnnatlas.arrays import Array, Bool, Float
from rnnatlas.engine.interface import Engine
from rnnatlas.engine.steps import SimilarityTerm
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.simulation.rates import roll_out
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.stepwise import Penalised, Step

WEIGHT = 10.0  # a mean squared rate off by 0.03 costs 0.01, as much as the task loss of a trained network


def mean_squared_rate(
    rates: Float[Array, "member trial time unit"], valid: Bool[Array, "member trial time"]
) -> Float[Array, "member"]:
    """``Σ r²/(n N)`` over the n steps that belong to trials and all N units, in [0, 1] for rates in [−1, 1]; float64."""
    power = np.einsum("...u,...u->...", rates, rates, dtype=np.float64)
    return np.where(valid, power, 0.0).sum((-2, -1)) / (valid.sum((-2, -1)) * rates.shape[-1])


def activity_level(ensemble: Ensemble, trials: Trials, seed: int, engine: Engine) -> Float[Array, "member"]:
    """Mean squared rate of each member on ``trials``, under private noise as trained."""
    rates = roll_out(ensemble, trials.inputs, None, (seed, "activity level"), engine).rates
    return mean_squared_rate(rates, np.broadcast_to(trials.valid(), rates.shape[:3]))


class ActivityPenalty:
    """``weight·(m − target)²`` with m the member's mean squared rate on the step's batch, padding left out.

    The gradient with respect to a rate is ``weight·4 (m − target) r/(n N)``. ``value`` in the training record is (m − target)².
    Raises ``AtlasError`` for a target outside (0, 1) or a weight that is not positive.
    """

    term: SimilarityTerm | None = None  # not a similarity: steps go through ``training.stepwise``
    similarities = 1

    def __init__(self, target: float, weight: float = WEIGHT) -> None:
        if not 0.0 < target < 1.0:
            raise AtlasError(
                None, "activity", f"a mean squared rate in (0, 1) is expected, found {target}", "measure it on a trained ensemble"
            )  # fmt: skip
        if not 0.0 < weight < np.inf:
            raise AtlasError(None, "activity weight", f"must be positive, found {weight}", "give a positive number")
        self.target, self.start = target, weight

    def course(self, steps: int) -> tuple[Float[Array, "step"], Float[Array, "step"]]:
        return np.ones(steps), np.ones(steps)

    def __call__(self, step: Step) -> Penalised:
        rates = step.rollout.rates
        off = mean_squared_rate(rates, step.valid) - self.target
        slope = step.state.strength * 4.0 * off / (step.valid.sum((1, 2)) * rates.shape[3])
        each = np.where(step.valid, slope[:, None, None], 0.0).astype(rates.dtype)
        return Penalised(
            value=off**2,
            each=off[:, None] ** 2,
            strength=step.state.strength.astype(np.float32),
            rate_gradient=each[..., None] * rates,
            readout_gradient=np.zeros_like(step.state.parameters.readout),
        )
