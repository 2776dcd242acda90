from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
import torch

from rnnatlas.config.training import TrainingSettings
from rnnatlas.engine.optimisers import COEFFICIENTS, ITERATIONS, Optimiser
from rnnatlas.engine.steps import TrainingState
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.training.optimiser import near_orthogonal, optimiser_step
from rnnatlas.training.schedule import learning_rates

Make = Callable[..., Ensemble]
ADAM, MUON = Optimiser(1.0), Optimiser(1.0, "muon", 0.99)
EACH = pytest.mark.parametrize("optimiser", [ADAM, MUON], ids=["adam", "muon"])
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
    settings = TrainingSettings(steps=20, learning_rate=0.02, final_rate=0.1, warm_up=0)
    oracles = [[torch.tensor(a[k].astype(np.float64), requires_grad=True) for a in parameters] for k in range(3)]
    torch_adams = [torch.optim.Adam(oracle, lr=1.0) for oracle in oracles]
    state, rates = TrainingState.begin(parameters), learning_rates(settings)
    for step, gradient in enumerate(gradients(make_ensemble)):
        rate, state.step = rates[step], step
        norms = optimiser_step(state, gradient, rate, ADAM)
        for k, (oracle, torch_adam) in enumerate(zip(oracles, torch_adams, strict=True)):
            for value, change in zip(oracle, gradient, strict=True):
                value.grad = torch.tensor(change[k].astype(np.float64))
            assert float(torch.nn.utils.clip_grad_norm_(oracle, 1.0)) == pytest.approx(norms[k], rel=1e-6)
            torch_adam.param_groups[0]["lr"] = rate
            torch_adam.step()
    for k, oracle in enumerate(oracles):
        for name, value, expected in zip(NAMES, state.parameters, oracle, strict=True):
            assert np.allclose(value[k], expected.detach().numpy(), rtol=0, atol=2e-5), (k, name)  # moved by about 0.2


@EACH
def test_what_a_member_becomes_does_not_depend_on_the_others(make_ensemble: Make, optimiser: Optimiser) -> None:
    parameters = make_ensemble(3, 6).parameters
    whole, alone = TrainingState.begin(parameters), TrainingState.begin(parameters[[1]])
    for step, gradient in enumerate(gradients(make_ensemble)):
        whole.step = alone.step = step
        optimiser_step(alone, gradient[[1]], 0.01, optimiser)
        gradient.recurrent[2] = np.nan
        optimiser_step(whole, gradient, 0.01, optimiser)
    for one, other in zip(whole.parameters, alone.parameters, strict=True):
        assert np.array_equal(one[1], other[0])


@EACH
@pytest.mark.parametrize("poison", [1.0, np.nan, np.inf])
def test_an_inactive_member_stays_as_it_is_whatever_its_gradient(
    make_ensemble: Make, poison: float, optimiser: Optimiser
) -> None:
    state = TrainingState.begin(make_ensemble(3, 6).parameters)
    before = state.parameters
    for step, gradient in enumerate(gradients(make_ensemble, 5)):
        gradient.readout[2] *= poison if step >= 2 else 1.0
        state.step, state.active[2] = step, step < 2
        optimiser_step(state, gradient, 0.01, optimiser)
        if step == 1:
            before = state.parameters.map(np.copy)
    for one, other in zip(state.parameters, before, strict=True):
        assert np.array_equal(one[2], other[2]) and not np.array_equal(one[0], other[0])


def test_the_rate_follows_half_a_cosine_to_its_share() -> None:
    settings = TrainingSettings(steps=101, learning_rate=0.01, final_rate=0.2, warm_up=0)
    rates = learning_rates(settings)
    assert rates[0] == pytest.approx(0.01) and rates[-1] == pytest.approx(0.002) and rates[50] == pytest.approx(0.006)
    assert np.allclose(rates, 0.002 + 0.008 * np.cos(np.pi * np.arange(101) / 200) ** 2)
    assert learning_rates(TrainingSettings(steps=1, learning_rate=0.01, warm_up=0)) == pytest.approx([0.01])
    warm = learning_rates(settings.model_copy(update={"warm_up": 10}))
    assert np.allclose(warm[:10], rates[:10] * np.arange(1, 11) / 10) and np.array_equal(warm[10:], rates[10:])


def spectrum(values: np.ndarray) -> np.ndarray:
    """What the iterations make of singular values."""
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        values = a * values + b * values**3 + c * values**5
    return values


@pytest.mark.parametrize("units", [1, 6, 64])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e6])
def test_orthogonalised_matrices_keep_their_singular_vectors(units: int, scale: float) -> None:
    """Against the singular value decomposition in float64: U p(S) Vᵀ, and the polar factor U Vᵀ where no singular value is small."""
    matrices = np.random.default_rng(units).normal(size=(3, units, units))
    matrices[1] = np.outer(matrices[1, 0], matrices[1, :, 0])  # of rank one
    u, s, v = np.linalg.svd(matrices)
    expected = u @ (spectrum(s / np.sqrt(np.sum(s**2, 1, keepdims=True)))[:, :, None] * v)
    found = near_orthogonal((scale * matrices).astype(np.float32))
    assert np.allclose(found, expected, rtol=0, atol=2e-4)
    well = u[0] @ np.diag(np.linspace(1.0, 2.0, units)) @ v[0]
    off = near_orthogonal(well[None].astype(np.float32))[0] - u[0] @ v[0]
    assert np.linalg.norm(off, 2) < 0.33
    assert not near_orthogonal(np.zeros((1, units, units), np.float32)).any()


def test_muon_is_that_of_torch_as_far_as_half_precision_goes(make_ensemble: Make) -> None:
    """PyTorch iterates in bfloat16; its scale √N·0.2 is ours ("match_rms_adamw")."""
    start = make_ensemble(1, 24).parameters
    state, oracle = TrainingState.begin(start), torch.nn.Parameter(torch.tensor(start.recurrent[0]))
    torch_muon = torch.optim.Muon([oracle], lr=0.02, weight_decay=0.0, momentum=0.95, adjust_lr_fn="match_rms_adamw")
    for step in range(10):
        gradient = make_ensemble(1, 24, seed=100 + step).parameters.map(lambda a: a / np.float32(100.0))
        state.step = step
        optimiser_step(state, gradient, 0.02, MUON)
        oracle.grad = torch.tensor(gradient.recurrent[0])
        torch_muon.step()
    moved = state.parameters.recurrent[0] - start.recurrent[0]
    off = state.parameters.recurrent[0] - oracle.detach().numpy()
    assert np.linalg.norm(off) < 0.03 * np.linalg.norm(moved)
    assert not state.second.recurrent.any()


def test_a_gated_cells_blocks_are_orthogonalised_one_by_one() -> None:
    rng = np.random.default_rng(0)
    shapes = ((1, 9, 27), (1, 2, 27), (1, 36), (1, 9, 1), (1, 1))
    zero, gradient = (Parameters(*(f * rng.normal(size=s).astype(np.float32) for s in shapes)) for f in (0, 1))
    state = TrainingState.begin(zero)
    optimiser_step(state, gradient, 0.5, Optimiser(1e9, "muon"))
    found = state.parameters.recurrent[0].reshape(9, 3, 9).transpose(1, 0, 2)
    blocks = gradient.recurrent[0].reshape(9, 3, 9).transpose(1, 0, 2)
    assert np.allclose(found, -0.5 * 0.2 * 3.0 * near_orthogonal(np.ascontiguousarray(blocks)), rtol=0, atol=1e-6)
