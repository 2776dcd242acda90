"""Finer Euler steps against the exact solution of linear networks, the exact variance of noise, and a criterion for stability."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.errors import AtlasError
from rnnatlas.generalisation.finer_steps import (
    FACTORS,
    at_finer_step,
    counted_by_step,
    outputs_at_finer_step,
    performance_by_step,
    stable_at,
)
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.networks.parameters import Parameters
from rnnatlas.simulation.states import simulate
from rnnatlas.tasks.flip_flop import FlipFlop, Settings

Make = Callable[..., Ensemble]
ALPHA = 0.2


def linear(make_ensemble: Make, noise: float = 0.0) -> Ensemble:
    """Small drives keep tanh x = x to a relative 1e-6."""
    network = make_ensemble(members=2, units=6, alpha=ALPHA, noise=noise, gain=0.8)
    p = network.parameters
    return network.with_parameters(replace(p, bias=1e-3 * p.bias, readout_bias=0.0 * p.readout_bias))


def exact(network: Ensemble, member: int, inputs: np.ndarray) -> np.ndarray:
    """Outputs of τ dx/dt = −x + x J + u J_in + b at the end of each step, by the matrix exponential, with u held over a step."""
    p = network.parameters
    into, bias, readout = (array[member].astype(np.float64) for array in (p.input, p.bias, p.readout))
    a = p.recurrent[member].astype(np.float64) - np.eye(len(bias))
    through = expm(ALPHA * a)
    x = np.zeros((len(inputs), len(bias)))
    outputs = []
    for t in range(inputs.shape[1]):
        rest = -np.linalg.solve(a.T, (inputs[:, t] @ into + bias).T).T  # where the flow would end
        x = rest + (x - rest) @ through
        outputs.append(x @ readout)
    return np.stack(outputs, axis=1)


def test_a_linear_network_converges_to_the_continuous_solution_with_first_order(make_ensemble: Make) -> None:
    network, engine = linear(make_ensemble), NativeEngine()
    inputs = (1e-3 * np.random.default_rng(0).normal(size=(140, 20, 2))).astype(np.float32)  # more than one chunk
    error = []
    for factor in (1, 2, 4, 8):
        found = outputs_at_finer_step(network, inputs, factor, 0.0, (0,), engine)
        assert found.shape == (2, 140, 20, 3)
        error.append([np.abs(found[k] - exact(network, k, inputs)).max() for k in range(2)])
    ratio = np.array(error[:-1]) / error[1:]
    assert np.all((ratio > 1.7) & (ratio < 2.6))
    assert np.all(np.abs(ratio[-1] - 2.0) < 0.15)


def test_factor_one_is_the_network_as_it_was(make_ensemble: Make) -> None:
    network, engine = make_ensemble(alpha=ALPHA, noise=0.1), NativeEngine()
    inputs = np.random.default_rng(1).normal(size=(5, 30, 2)).astype(np.float32)
    quiet = outputs_at_finer_step(network, inputs, 1, 0.0, (0,), engine)
    assert np.array_equal(quiet, simulate(network, inputs, 0.0, engine=engine).outputs)


@pytest.mark.parametrize("factor", FACTORS)
def test_noise_keeps_its_size_per_unit_of_time(factor: int) -> None:
    """Of a unit alone, x is an autoregression with variance 2aσ²/(1 − (1−a)²) = 2σ²/(2 − a), which tends to σ²."""
    sigma, units = 1e-3, 8
    zero = np.zeros((1, units, units), np.float32)
    readout = np.eye(units, dtype=np.float32)[None]
    parameters = Parameters(zero, np.zeros((1, 1, units), np.float32), zero[:, 0], readout, zero[:, 0])
    network = Ensemble(parameters, Cell(ALPHA, sigma))
    found = outputs_at_finer_step(network, np.zeros((256, 60, 1), np.float32), factor, None, (3,), NativeEngine())
    a = ALPHA / factor
    late = found[:, :, 30:].astype(np.float64)
    assert late.var() == pytest.approx(2 * sigma**2 / (2 - a), rel=0.03)
    lagged = np.mean(late[:, :, 1:] * late[:, :, :-1]) / late.var()
    assert lagged == pytest.approx((1 - a) ** factor, abs=0.02)
    halves = found[0, :128] - found[0, 128:]
    assert np.abs(halves).max() > sigma  # each chunk of trials has noise of its own


def test_performance_of_a_latch_does_not_hang_on_the_step_and_that_of_a_step_made_oscillation_does() -> None:
    """One bit held by x = tanh feedback; and a unit with strong self-inhibition, whose map alternates at a = 0.5 and rests at a/4."""
    engine, task = NativeEngine(), FlipFlop(Settings(bits=1, duration=800.0, dt=50.0, pulse=50.0, settle=100.0))
    trials = task.trials(64, seed=0)
    latch = one_unit(2.0, 8.0)
    table = performance_by_step(latch, task, trials, 0, engine)
    assert np.all(table["clean"] > 0.98) and np.all(table["noisy"] > 0.95)
    assert table["change"][0, 0] == 0.0 and np.all(table["change"][0, 1:] < 0.5)
    wild = performance_by_step(one_unit(-8.0, 1.0), task, trials, 0, engine)
    assert wild["change"][0, 2] > 0.5  # the continuous unit is silent where the map oscillates


def one_unit(feedback: float, drive: float) -> Ensemble:
    values = (feedback, drive, 0.0, 1.0, 0.0)
    shapes = ((1, 1, 1), (1, 1, 1), (1, 1), (1, 1, 1), (1, 1))
    arrays = (np.full(shape, value, np.float32) for shape, value in zip(shapes, values, strict=True))
    return Ensemble(Parameters(*arrays), Cell(0.5, 0.05))


def test_stability_follows_the_step_of_the_map() -> None:
    """For λ = −μ ± iω the map is stable if a < 2μ/(μ² + ω²)."""
    mu, omega = 0.1, 1.2
    limit = 2 * mu / (mu**2 + omega**2)
    pair = np.array([[-mu + 1j * omega, -mu - 1j * omega, -1.0]])
    assert stable_at(pair, 0.99 * limit).all() and not stable_at(pair, 1.01 * limit).any()
    assert not stable_at(np.array([[0.01 + 0j]]), 1e-3).any()


def test_counts_take_fixed_counted_points_of_each_network_and_input() -> None:
    always, never, finer = (
        [-1.0 + 0j, -0.5],
        [0.5 + 0j, -1.0],
        [-0.1 + 1.2j, -0.1 - 1.2j],
    )  # finer: stable below a = 0.138
    rows = [  # member, input, fixed, counted, eigenvalues
        (0, 0, True, True, always),
        (0, 0, True, True, finer),
        (0, 0, True, True, never),
        (0, 0, False, True, always),
        (0, 0, True, False, always),
        (1, 1, True, True, finer),
    ]
    names = ("member", "input", "fixed", "counted", "eigenvalues")
    points = {name: np.array([row[k] for row in rows]) for k, name in enumerate(names)}
    table = counted_by_step(points, ALPHA, members=3, inputs=2)
    assert table["stable"][0, 0].tolist() == [1, 2, 2] and table["unstable"][0, 0].tolist() == [2, 1, 1]
    assert table["stable"][1, 1].tolist() == [0, 1, 1] and table["unstable"][1, 1].tolist() == [1, 0, 0]
    assert table["stable"].sum() == 7 and table["unstable"].sum() == 5 and table["stable"].shape == (3, 2, 3)


def test_gated_cells_have_no_step_to_refine(make_ensemble: Make) -> None:
    rate = make_ensemble()
    with pytest.raises(AtlasError, match="gated"):
        at_finer_step(initialise([0], 4, 2, 1, 1.0, Cell(1.0, 0.0, "gru"), (0,)), 2)
    with pytest.raises(AtlasError, match="factor"):
        at_finer_step(rate, 0)
    assert at_finer_step(rate, 4).cell.alpha == pytest.approx(rate.cell.alpha / 4)
