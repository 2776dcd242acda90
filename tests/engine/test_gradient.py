"""Gradients against torch's autograd in float64 through the cell's equation, and against finite differences."""

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from test_roll_out import AWKWARD, ENGINES, EVERY, NATIVE, SHAPES, problem

from rnnatlas.engine.interface import Noise
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.parameters import Parameters
from rnnatlas.streams.philox import private_noise

Make = Callable[..., Ensemble]
NAMES = [field.name for field in fields(Parameters)]


def functional(ensemble: Ensemble, inputs: np.ndarray, seed: int, rates: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """A random linear loss <e, y> + <g, r>: its gradients with respect to outputs and rates."""
    rng = np.random.default_rng(seed)
    shape = inputs.shape[:3]
    e, g = (rng.normal(size=(*shape, size)).astype(np.float32) for size in (ensemble.outputs, ensemble.units))
    return e, g if rates else None


def autograd(
    ensemble: Ensemble, inputs: np.ndarray, noise: Noise, e: np.ndarray, g: np.ndarray | None
) -> list[np.ndarray]:
    j, j_in, b, j_out, b_out = weights = [
        torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in ensemble.parameters
    ]
    a, (_, trials, times, _) = ensemble.cell.alpha, inputs.shape
    u = torch.tensor(inputs, dtype=torch.float64)
    xi = torch.tensor(np.stack([private_noise(int(k), noise.step, trials, times, ensemble.units) for k in noise.keys]))
    x = torch.zeros(xi.shape[0], trials, ensemble.units, dtype=torch.float64)
    loss = torch.zeros((), dtype=torch.float64)
    for t in range(times):
        x = (1 - a) * x + a * (torch.tanh(x) @ j + u[:, :, t] @ j_in + b[:, None]) + noise.scale * xi[:, :, t]
        loss = loss + torch.sum((torch.tanh(x) @ j_out + b_out[:, None]) * torch.tensor(e[:, :, t]))
        if g is not None:
            loss = loss + torch.sum(torch.tanh(x) * torch.tensor(g[:, :, t]))
    return [array.numpy() for array in torch.autograd.grad(loss, weights)]


@EVERY
@pytest.mark.parametrize("rates", [False, True], ids=["outputs", "outputs and rates"])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(case=SHAPES)
@example(case=AWKWARD[0])
@example(case=AWKWARD[1])
@example(case=AWKWARD[2])
@example(case=AWKWARD[3])
def test_the_gradient_is_that_of_autograd_in_float64(make_ensemble: Make, name: str, rates: bool, case: dict) -> None:
    ensemble, inputs, noise = problem(make_ensemble, case)
    e, g = functional(ensemble, inputs, case["seed"], rates)
    engine = ENGINES[name]()
    found = engine.gradient(ensemble.parameters, ensemble.cell, inputs, noise, e, g)
    tolerance = 1e-9 if name == "torch-float64" else 1e-4
    for label, one, expected in zip(NAMES, found, autograd(ensemble, inputs, noise, e, g), strict=True):
        # A sum of numbers that cancel keeps the rounding of its terms: judge it by the size of the whole gradient too.
        assert np.max(np.abs(one - expected)) <= tolerance * max(1e-2 * found.norm().max(), np.max(np.abs(expected))), (
            label
        )


@pytest.mark.parametrize("label", NAMES)
def test_the_gradient_is_that_of_central_finite_differences(make_ensemble: Make, label: str) -> None:
    case = {"members": 2, "trials": 3, "times": 12, "units": 9, "inputs": 2, "outputs": 2, "alpha": 0.2, "scale": 0.1}
    ensemble, inputs, noise = problem(make_ensemble, case | {"seed": 7})
    parameters = ensemble.parameters.map(lambda array: array.astype(np.float64))
    e, g = functional(ensemble, inputs, 7, True)
    assert g is not None
    engine, cell = TorchEngine(np.float64), ensemble.cell
    gradient = getattr(engine.gradient(parameters, cell, inputs, noise, e, g), label)
    direction = np.random.default_rng(8).normal(size=gradient.shape)

    def loss(step: float) -> float:
        moved = parameters.map(np.copy)
        getattr(moved, label)[:] += step * direction
        run = engine.roll_out(moved, cell, inputs, noise)
        return float(np.sum(run.outputs * e) + np.sum(run.rates * g))

    h = 1e-5
    assert np.sum(gradient * direction) == pytest.approx((loss(h) - loss(-h)) / (2 * h), rel=1e-7)


@EVERY
def test_a_members_gradient_alone_has_the_bits_that_it_has_in_an_ensemble(make_ensemble: Make, name: str) -> None:
    case = {"members": 5, "trials": 13, "times": 17, "units": 37, "inputs": 3, "outputs": 2, "alpha": 0.2, "scale": 0.1}
    ensemble, inputs, noise = problem(make_ensemble, case | {"seed": 4})
    e, g = functional(ensemble, inputs, 4, True)
    assert g is not None
    engine, cell, parameters = ENGINES[name](), ensemble.cell, ensemble.parameters
    whole = engine.gradient(parameters, cell, inputs, noise, e, g)
    for k in range(5):
        alone = engine.gradient(parameters[[k]], cell, inputs[[k]], noise[[k]], e[[k]], g[[k]])
        for label in NAMES:
            assert np.array_equal(getattr(alone, label)[0], getattr(whole, label)[k]), (label, k)


@pytest.mark.parametrize("name", NATIVE)
def test_the_number_of_threads_changes_no_bit_of_the_gradient(make_ensemble: Make, name: str) -> None:
    case = {"members": 3, "trials": 83, "times": 9, "units": 37, "inputs": 3, "outputs": 2, "alpha": 0.2, "scale": 0.1}
    ensemble, inputs, noise = problem(make_ensemble, case | {"seed": 5})
    e, g = functional(ensemble, inputs, 5, True)
    found = []
    for threads in (1, 2, 5):
        engine = ENGINES[name](threads)
        found.append(engine.gradient(ensemble.parameters, ensemble.cell, inputs, noise, e, g))
    for other in found[1:]:
        assert all(np.array_equal(one, two) for one, two in zip(found[0], other, strict=True))


@EVERY
def test_nan_in_one_members_errors_spoils_its_gradient_and_no_other(make_ensemble: Make, name: str) -> None:
    ensemble = make_ensemble(3, 21)
    inputs = np.random.default_rng(0).normal(size=(3, 11, 6, 2)).astype(np.float32)
    engine, cell, parameters = ENGINES[name](), ensemble.cell, ensemble.parameters
    e, _ = functional(ensemble, inputs, 1, False)
    clean = engine.gradient(parameters, cell, inputs, None, e, None)
    e[1, 10, 5] = np.nan
    dirty = engine.gradient(parameters, cell, inputs, None, e, None)
    for label in NAMES:
        one, other = getattr(clean, label), getattr(dirty, label)
        assert np.array_equal(one[[0, 2]], other[[0, 2]]), label
        assert np.isnan(other[1]).all(), label


@EVERY
def test_no_error_gives_no_gradient(make_ensemble: Make, name: str) -> None:
    ensemble = make_ensemble(2, 30)
    inputs = np.ones((2, 9, 5, 2), np.float32)
    engine = ENGINES[name]()
    gradient = engine.gradient(
        ensemble.parameters, ensemble.cell, inputs, None, np.zeros((2, 9, 5, 3), np.float32), None
    )
    assert all(not array.any() for array in gradient)
