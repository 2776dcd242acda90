from collections.abc import Callable

import numpy as np
import pytest

from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.stability import spectrum
from rnnatlas.networks.ensemble import Ensemble

Make = Callable[..., Ensemble]


def field(seed: int = 0, units: int = 7, gain: float = 1.5, alpha: float = 0.2) -> RateField:
    rng = np.random.default_rng(seed)
    return RateField(gain * rng.normal(size=(units, units)) / np.sqrt(units), rng.normal(size=units), alpha)


def test_the_flow_is_minus_x_plus_drive() -> None:
    f, x = field(), np.random.default_rng(1).normal(size=(3, 7))
    expected = [[-x[k, j] + sum(np.tanh(x[k, i]) * f.recurrent[i, j] for i in range(7)) + f.drive[j] for j in range(7)] for k in range(3)]  # fmt: skip
    assert np.allclose(f.flow(x), expected, atol=1e-13)
    assert np.allclose(f.step(x), x + 0.2 * np.array(expected), atol=1e-13)


def test_the_jacobian_is_that_of_central_finite_differences() -> None:
    f, x, h = field(), np.random.default_rng(1).normal(size=(3, 7)), 1e-6
    for i in range(7):
        move = h * np.eye(7)[i]
        slope = (f.flow(x + move) - f.flow(x - move)) / (2 * h)  # of every component along x_i: row i of A
        assert np.allclose(f.jacobian(x)[:, i, :], slope, atol=1e-9)
    assert np.array_equal(f.jacobian(x[1]), f.jacobian(x)[1])


def test_the_map_is_the_network_at_a_constant_input(make_ensemble: Make) -> None:
    ensemble = make_ensemble(2, 12, alpha=0.3)
    constant = np.array([0.7, -0.4])
    run = ensemble.simulate(np.broadcast_to(constant, (1, 30, 2)).astype(np.float32))
    f, x = RateField.of(ensemble, 1, constant), np.zeros(12)
    x = f.alpha * (x @ f.recurrent + f.drive)  # the initial state is zero, and so are its rates
    for t in range(30):
        assert np.allclose(run.states[1, 0, t], x, atol=1e-5), t
        x = f.step(x)


@pytest.mark.parametrize("mode", [0, 2, 5])
def test_a_perturbation_along_a_left_eigenvector_grows_with_its_eigenvalue(mode: int) -> None:
    f, epsilon = field(3), 1e-6
    x = np.zeros(7)
    f = RateField(f.recurrent, -np.tanh(x) @ f.recurrent + x, 0.2)  # the origin is a fixed point
    found = spectrum(f.jacobian(x[None]), 0.2)
    w, value = found.left[0, mode], found.eigenvalues[0, mode]
    y = epsilon * np.stack([w.real, w.imag])
    for _ in range(8):
        y = f.step(y)
    expected = epsilon * (1 + 0.2 * value) ** 8 * w
    assert np.allclose(y, [expected.real, expected.imag], atol=1e-4 * epsilon)


def test_a_right_eigenvector_weighs_what_of_a_perturbation_enters_its_mode() -> None:
    """The selection vector: the overlap with it grows as its eigenvalue says, whatever the perturbation."""
    f = field(4)
    f = RateField(f.recurrent, np.zeros(7), 0.2)
    found = spectrum(f.jacobian(np.zeros((1, 7))), 0.2)
    y = start = 1e-6 * np.random.default_rng(5).normal(size=7)
    for _ in range(10):
        y = f.step(y)
    for mode in range(6):
        v, value = found.right[0, mode], found.eigenvalues[0, mode]
        assert y @ v == pytest.approx((1 + 0.2 * value) ** 10 * (start @ v), abs=1e-10)
