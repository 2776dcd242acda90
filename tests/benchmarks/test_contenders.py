"""Contenders do the same work: equal losses, gradients and updates where their networks are equal."""

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from rnnatlas.benchmarks.contenders import (
    eager_outputs,
    eager_step,
    nn_gru_step,
    nn_lstm_step,
    nn_rnn_step,
    weighted_error,
)
from rnnatlas.benchmarks.jax_contender import jax_loss, jax_scan_step
from rnnatlas.benchmarks.problem import CLIP, Problem, draw_problem
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.parameters import Parameters
from rnnatlas.training.objective import weighted_loss

CONTENDERS = [eager_step, nn_rnn_step, nn_gru_step, nn_lstm_step]


def small(noise: float = 0.0, scale: float = 1.0) -> Problem:
    """A problem with biases, and targets ``scale`` times as large."""
    problem = draw_problem(units=12, trials=7, times=15, inputs=3, outputs=2, noise=noise, seed=1)
    rng = np.random.default_rng(2)
    p = problem.parameters
    biased = replace(
        p,
        bias=rng.standard_normal(p.bias.shape).astype(np.float32),
        readout_bias=rng.standard_normal(p.readout_bias.shape).astype(np.float32),
    )
    return replace(problem, parameters=biased, targets=np.float32(scale) * problem.targets)


def engine_loss_and_gradient(problem: Problem) -> tuple[float, list[np.ndarray]]:
    """By the library's own engine, in float64."""
    engine, u = TorchEngine(np.float64), problem.inputs[None]
    outputs = engine.outputs(problem.parameters, problem.cell, u, None)[0]
    loss, slope = weighted_loss(outputs, problem.targets.astype(float), problem.weight.astype(float))
    gradient = engine.gradient(problem.parameters, problem.cell, u, None, slope[None], None)
    return loss, [array[0] for array in gradient]


def eager_loss_and_gradient(problem: Problem) -> tuple[float, list[np.ndarray]]:
    weights = [torch.tensor(array[0], requires_grad=True) for array in problem.parameters]
    inputs, targets, weight = map(torch.tensor, (problem.inputs, problem.targets, problem.weight))
    loss = weighted_error(eager_outputs(weights, problem, inputs), targets, weight)
    return loss.item(), [array.numpy() for array in torch.autograd.grad(loss, weights)]


def jax_loss_and_gradient(problem: Problem) -> tuple[float, list[np.ndarray]]:
    jax = pytest.importorskip("jax", reason="JAX is not installed (extra `bench`)")
    weights = tuple(jax.numpy.array(array[0]) for array in problem.parameters)
    loss, gradient = jax.value_and_grad(jax_loss(problem))(weights, jax.random.key(0))
    return float(loss), [np.asarray(array) for array in gradient]


@pytest.mark.parametrize("contender", [eager_loss_and_gradient, jax_loss_and_gradient])
def test_loss_and_gradient_are_those_of_the_library_s_engine(
    contender: Callable[[Problem], tuple[float, list[np.ndarray]]],
) -> None:
    problem = small()
    loss, gradient = contender(problem)
    true_loss, true_gradient = engine_loss_and_gradient(problem)
    assert loss == pytest.approx(true_loss, rel=1e-5)
    for found, true in zip(gradient, true_gradient, strict=True):
        assert np.abs(true).max() > 1e-3
        np.testing.assert_allclose(found, true, atol=1e-5 * np.abs(true).max())


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_steps_of_eager_pytorch_and_jax_give_the_same_losses(scale: float) -> None:
    pytest.importorskip("jax", reason="JAX is not installed (extra `bench`)")
    problem = small(scale=scale)
    norm = np.sqrt(sum(np.sum(array**2) for array in engine_loss_and_gradient(problem)[1]))
    assert (norm > CLIP) == (scale > 1.0)  # both sides of the clipping are tested
    eager, jax = eager_step(problem), jax_scan_step(problem)
    losses = np.array([(eager(), jax()) for _ in range(30)])
    np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=1e-4)
    assert losses[-1, 0] < losses[0, 0]
    assert losses[0, 0] == pytest.approx(engine_loss_and_gradient(problem)[0], rel=1e-5)


@pytest.mark.parametrize("contender", [eager_step, jax_scan_step])
def test_private_noise_has_the_deviation_of_the_cell(contender: Callable[[Problem], Callable[[], float]]) -> None:
    if contender is jax_scan_step:
        pytest.importorskip("jax", reason="JAX is not installed (extra `bench`)")
    units, trials, times, a, sigma = 8, 400, 50, 0.2, 0.02
    silent = Parameters(
        recurrent=np.zeros((1, units, units), np.float32),
        input=np.zeros((1, 1, units), np.float32),
        bias=np.zeros((1, units), np.float32),
        readout=np.eye(units, dtype=np.float32)[None],
        readout_bias=np.zeros((1, units), np.float32),
    )
    weight = np.zeros((trials, times, units), np.float32)
    weight[:, -1] = 1.0
    empty = np.zeros((trials, times, 1), np.float32)
    problem = Problem(silent, Cell(a, sigma), empty, np.zeros_like(weight), weight)
    # Silent units are filtered noise, tanh x ≈ x: the loss is their variance after `times` steps.
    keep = (1 - a) ** 2
    variance = (a * sigma) ** 2 * (2 / a) * (1 - keep**times) / (1 - keep)
    torch.manual_seed(0)
    found = contender(problem)()
    assert found == pytest.approx(variance, rel=4 * np.sqrt(2 / (trials * units)))


@pytest.mark.parametrize("contender", CONTENDERS)
def test_every_step_trains_on(contender: Callable[[Problem], Callable[[], float]]) -> None:
    torch.manual_seed(0)
    step = contender(small(noise=0.01))
    losses = [step() for _ in range(200)]
    assert np.isfinite(losses).all() and losses[-1] < 0.9 * losses[0]


def test_padding_has_no_weight() -> None:
    outputs, targets, weight = (torch.randn(4, 6, 2) for _ in range(3))
    weight = weight.abs()
    weight[:, 4:] = 0.0
    found = weighted_error(outputs, targets, weight).item()
    expected = np.average((outputs - targets)[:, :4].numpy() ** 2, weights=weight[:, :4].numpy())
    assert found == pytest.approx(expected, rel=1e-5)


def test_without_jax_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(AtlasError, match="pip install") as caught:
        jax_scan_step(small())
    assert "not installed" in str(caught.value)
