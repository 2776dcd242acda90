import numpy as np
import pytest

from rnnatlas.training.objective import weighted_loss


@pytest.fixture
def batch() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs, targets and weights of 4 trials of 6 steps and 2 outputs; the second trial ends after 3 steps."""
    rng = np.random.default_rng(0)
    outputs, targets = rng.normal(size=(2, 4, 6, 2))
    weight = rng.uniform(0.5, 5.0, size=(4, 6, 2))
    weight[1, 3:] = 0.0
    return outputs, targets, weight


def test_the_loss_is_the_weighted_mean_of_squared_errors(batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    terms = [(w, w * (y - z) ** 2) for y, z, w in zip(*(array.ravel().tolist() for array in batch), strict=True)]
    expected = sum(term for _, term in terms) / sum(w for w, _ in terms)
    assert weighted_loss(*batch)[0] == pytest.approx(expected, rel=1e-12)


def test_the_gradient_is_that_of_central_finite_differences(batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    outputs, targets, weight = batch
    gradient = weighted_loss(*batch)[1]
    h = 1e-5
    for place in np.ndindex(outputs.shape):
        move = np.zeros_like(outputs)
        move[place] = h
        slope = (
            weighted_loss(outputs + move, targets, weight)[0] - weighted_loss(outputs - move, targets, weight)[0]
        ) / (2 * h)
        assert gradient[place] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_padding_counts_neither_in_the_loss_nor_in_the_gradient(
    batch: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    outputs, targets, weight = batch
    other = outputs.copy()
    other[1, 3:] += 1e6
    loss, gradient = weighted_loss(other, targets, weight)
    assert loss == weighted_loss(*batch)[0]
    assert np.array_equal(gradient, weighted_loss(*batch)[1]) and not gradient[1, 3:].any()


def test_a_common_factor_of_the_weights_changes_nothing(batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    outputs, targets, weight = batch
    loss, gradient = weighted_loss(outputs, targets, 1000 * weight)
    assert loss == pytest.approx(weighted_loss(*batch)[0]) and np.allclose(gradient, weighted_loss(*batch)[1])


def test_float32_trials_lose_no_digits_in_the_sum() -> None:
    outputs = np.full((1000, 1000, 1), 0.1, np.float32)
    loss, gradient = weighted_loss(outputs, np.zeros_like(outputs), np.ones_like(outputs))
    assert loss == pytest.approx(float(np.float32(0.1)) ** 2, rel=1e-6)
    assert gradient.dtype == np.float32
