import numpy as np
import pytest
from scipy.integrate import solve_ivp

from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.stability import spectrum


def test_eigenvectors_solve_their_equations_and_have_unit_norm() -> None:
    a = np.random.default_rng(0).normal(size=(5, 9, 9))
    found = spectrum(a, 0.2, modes=6)
    assert found.right.shape == found.left.shape == (5, 6, 9)
    for k in range(5):
        assert np.allclose(np.poly(a[k]), np.poly(found.eigenvalues[k]), atol=1e-9)
        for mode in range(6):
            value, v, w = found.eigenvalues[k, mode], found.right[k, mode], found.left[k, mode]
            assert np.allclose(a[k] @ v, value * v, atol=1e-9) and np.allclose(w @ a[k], value * w, atol=1e-9)
            assert np.linalg.norm(v) == pytest.approx(1) and np.linalg.norm(w) == pytest.approx(1)


def test_eigenvalues_fall_by_real_part_and_pairs_stand_together() -> None:
    found = spectrum(np.random.default_rng(1).normal(size=(20, 8, 8)), 0.2)
    assert np.all(np.diff(found.eigenvalues.real, axis=1) < 1e-8)
    for values in found.eigenvalues:
        for place in np.flatnonzero(values.imag > 1e-9):
            assert values[place + 1] == pytest.approx(np.conj(values[place]))


def test_a_mode_that_turns_fast_decays_in_continuous_time_but_grows_under_the_map() -> None:
    """lambda = -0.05 +- 2i at alpha = 0.2: |1 + alpha lambda| > 1. Judged by running both."""
    f = RateField(np.array([[0.95, 2.0], [-2.0, 0.95]]), np.zeros(2), 0.2)
    found = spectrum(f.jacobian(np.zeros((1, 2))), f.alpha)
    assert found.eigenvalues[0] == pytest.approx([-0.05 + 2j, -0.05 - 2j])
    assert not found.stable[0] and found.stable_continuous[0] and found.unstable[0] == 2
    start = np.array([1e-3, 0.0])
    x = start
    for _ in range(30):
        x = f.step(x)
    flow = solve_ivp(lambda _, x: f.flow(x), (0, 60), start, rtol=1e-9, atol=1e-12)
    assert np.linalg.norm(x) > 2 * np.linalg.norm(start) and np.linalg.norm(flow.y[:, -1]) < 0.1 * np.linalg.norm(start)


@pytest.mark.parametrize(
    ("values", "alpha", "stable", "continuous", "unstable"),
    [
        ([-1.0, -0.5, -0.1], 0.2, True, True, 0),
        ([0.5, -0.5, -0.1], 0.2, False, False, 1),
        ([0.5, 0.4, -0.1], 0.2, False, False, 2),
        ([0.0, -0.5, -0.5], 0.2, False, False, 1),  # neutral is not stable
        ([-11.0, -0.5, -0.5], 0.2, False, True, 1),  # the step is too long
        ([-11.0, -0.5, -0.5], 0.1, True, True, 0),
    ],
)
def test_stability_of_known_spectra(
    values: list[float], alpha: float, stable: bool, continuous: bool, unstable: int
) -> None:
    turn = np.random.default_rng(0).normal(size=(3, 3))
    a = np.diag(values) if 0.0 in values else turn @ np.diag(values) @ np.linalg.inv(turn)
    found = spectrum(a[None], alpha)
    assert (found.stable[0], found.stable_continuous[0], found.unstable[0]) == (stable, continuous, unstable)


def test_the_number_of_unstable_directions_is_the_dimension_that_grows() -> None:
    for seed in range(5):
        a = 0.8 * np.random.default_rng(seed).normal(size=(6, 6)) - np.eye(6)
        found = spectrum(a[None], 0.2)
        basis, growth = np.eye(6), np.zeros(6)
        for _ in range(3000):  # exponents of the map, by repeated QR
            basis, r = np.linalg.qr((np.eye(6) + 0.2 * a).T @ basis)
            growth += np.log(np.abs(np.diag(r)))
        assert found.unstable[0] == np.sum(growth > 0), seed


def test_no_points_have_an_empty_spectrum() -> None:
    found = spectrum(np.zeros((0, 5, 5)), 0.2)
    assert found.eigenvalues.shape == (0, 5) and found.stable.shape == (0,)
