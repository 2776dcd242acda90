from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
import torch

from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.steps import TrainingState
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.training.optimiser import adam_step, cosine_rate

Make = Callable[..., Ensemble]
NAMES = [field.name for field in fields(Parameters)]


def gradients(make: Make, steps: int = 20) -> list[Parameters]:
    """Random gradients of three members, whose norms range from far below to far above a clip of 1."""
    size = [[1e-3], [0.3], [50.0]]
    return [
        make(3, 6, seed=100 + step).parameters.map(
            lambda a: a * np.reshape(size, (3, *[1] * (a.ndim - 1))).astype(np.float32)
        )
        for step in range(steps)
    ]


def test_updates_are_those_of_torch_adam_with_clipping_for_each_member(make_ensemble: Make) -> None:
    parameters = make_ensemble(3, 6).parameters
    settings = TrainingSettings(steps=20, learning_rate=0.02, final_rate=0.1)
    oracles = [[torch.tensor(a[k].astype(np.float64), requires_grad=True) for a in parameters] for k in range(3)]
    torch_adams = [torch.optim.Adam(oracle, lr=1.0) for oracle in oracles]
    state = TrainingState.begin(parameters)
    for step, gradient in enumerate(gradients(make_ensemble)):
        rate, state.step = cosine_rate(step, settings), step
        norms = adam_step(state, gradient, rate, 1.0)
        for k, (oracle, torch_adam) in enumerate(zip(oracles, torch_adams, strict=True)):
            for value, change in zip(oracle, gradient, strict=True):
                value.grad = torch.tensor(change[k].astype(np.float64))
            assert float(torch.nn.utils.clip_grad_norm_(oracle, 1.0)) == pytest.approx(norms[k], rel=1e-6)
            torch_adam.param_groups[0]["lr"] = rate
            torch_adam.step()
    for k, oracle in enumerate(oracles):
        for name, value, expected in zip(NAMES, state.parameters, oracle, strict=True):
            assert np.allclose(value[k], expected.detach().numpy(), rtol=0, atol=2e-5), (k, name)  # moved by about 0.2


def test_what_a_member_becomes_does_not_depend_on_the_others(make_ensemble: Make) -> None:
    parameters = make_ensemble(3, 6).parameters
    whole, alone = TrainingState.begin(parameters), TrainingState.begin(parameters[[1]])
    for step, gradient in enumerate(gradients(make_ensemble)):
        whole.step = alone.step = step
        adam_step(alone, gradient[[1]], 0.01, 1.0)
        gradient.recurrent[2] = np.nan
        adam_step(whole, gradient, 0.01, 1.0)
    for one, other in zip(whole.parameters, alone.parameters, strict=True):
        assert np.array_equal(one[1], other[0])


@pytest.mark.parametrize("poison", [1.0, np.nan, np.inf])
def test_an_inactive_member_stays_as_it_is_whatever_its_gradient(make_ensemble: Make, poison: float) -> None:
    state = TrainingState.begin(make_ensemble(3, 6).parameters)
    before = state.parameters
    for step, gradient in enumerate(gradients(make_ensemble, 5)):
        gradient.readout[2] *= poison if step >= 2 else 1.0
        state.step, state.active[2] = step, step < 2
        adam_step(state, gradient, 0.01, 1.0)
        if step == 1:
            before = state.parameters.map(np.copy)
    for one, other in zip(state.parameters, before, strict=True):
        assert np.array_equal(one[2], other[2]) and not np.array_equal(one[0], other[0])


def test_the_rate_follows_half_a_cosine_to_its_share() -> None:
    settings = TrainingSettings(steps=101, learning_rate=0.01, final_rate=0.2)
    rates = np.array([cosine_rate(step, settings) for step in range(101)])
    assert rates[0] == pytest.approx(0.01) and rates[-1] == pytest.approx(0.002) and rates[50] == pytest.approx(0.006)
    assert np.allclose(rates, 0.002 + 0.008 * np.cos(np.pi * np.arange(101) / 200) ** 2)
    assert cosine_rate(0, TrainingSettings(steps=1, learning_rate=0.01)) == pytest.approx(0.01)
