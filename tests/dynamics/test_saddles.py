import numpy as np
import pytest
from scipy.optimize import brentq

from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.saddles import saddle_branches
from rnnatlas.dynamics.stability import spectrum


@pytest.mark.parametrize("gain", [1.5, 3.0])
def test_the_branches_of_a_saddle_end_at_the_two_stable_points(gain: float) -> None:
    """Two units that inhibit each other: a saddle at the origin, stable points at (a, -a) and (-a, a), a = g tanh a."""
    f = RateField(np.array([[0.0, -gain], [-gain, 0.0]]), np.zeros(2), 0.2)
    found = spectrum(f.jacobian(np.zeros((1, 2))), f.alpha)
    assert found.unstable[0] == 1
    a = brentq(lambda x: gain * np.tanh(x) - x, 0.1, 10)
    ends = saddle_branches(f, np.zeros(2), found.left[0, 0], spread=a)
    assert np.allclose(sorted(ends.tolist()), [[-a, a], [a, -a]], atol=1e-9)


def test_an_asymmetric_saddle_leaves_along_the_left_eigenvector() -> None:
    """Unit 1 is bistable and drives unit 2, which feeds nothing back: the stable points are known in closed form."""
    f = RateField(np.array([[2.0, 3.0], [0.0, 0.0]]), np.array([0.0, -0.5]), 0.2)
    saddle = np.array([0.0, -0.5])
    found = spectrum(f.jacobian(saddle[None]), f.alpha)
    a = brentq(lambda x: 2 * np.tanh(x) - x, 0.1, 10)
    ends = saddle_branches(f, saddle, found.left[0, 0], spread=1.0)
    assert np.allclose(sorted(ends.tolist()), [[-a, -3 * np.tanh(a) - 0.5], [a, 3 * np.tanh(a) - 0.5]], atol=1e-9)


def test_the_two_runs_leave_on_opposite_sides() -> None:
    f = RateField(np.array([[0.0, -2.0], [-2.0, 0.0]]), np.zeros(2), 0.2)
    one, other = saddle_branches(f, np.zeros(2), np.array([1.0, -1.0]), spread=1.0, steps=1)
    assert np.allclose(one, -other) and 1e-4 < np.linalg.norm(one) < 1e-2
