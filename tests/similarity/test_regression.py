import numpy as np
import pytest
from sklearn.linear_model import Ridge

from rnnatlas.errors import AtlasError
from rnnatlas.similarity import linear_predictivity, predictivity_matrix, regression

RIDGES = pytest.mark.parametrize("ridge", [0.0, 1e-8, 1e-2, 1.0])
CENTRES = pytest.mark.parametrize("center", [False, True])


def rates(seed: int, samples: int = 80, units: int = 6, rank: int | None = None) -> np.ndarray:
    """Correlated activity with an offset; of less than full rank on request."""
    draws = np.random.default_rng(seed)
    hidden = rank or units
    offset = 0.0 if rank else draws.normal(size=units)  # an offset would add one to the rank
    return draws.normal(size=(samples, hidden)) @ draws.normal(size=(hidden, units)) + offset


def oracle(x: np.ndarray, y: np.ndarray, x2: np.ndarray, y2: np.ndarray, ridge: float, center: bool) -> float:
    """R² of a map fitted on (x, y) by lstsq or scikit-learn, on (x2, y2)."""
    if center:
        x2, y2, x, y = x2 - x.mean(0), y2 - y.mean(0), x - x.mean(0), y - y.mean(0)
    if ridge:
        alpha = ridge * np.trace(x.T @ x) / x.shape[1]
        m = Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(x, y).coef_.T
    else:
        m = np.linalg.lstsq(x, y)[0]
    return 1.0 - float(np.sum((x2 @ m - y2) ** 2) / np.sum(y2**2))


@CENTRES
@RIDGES
@pytest.mark.parametrize("rank", [None, 3])
def test_predictivity_is_that_of_an_independent_regression(ridge: float, center: bool, rank: int | None) -> None:
    x, y = rates(1, rank=rank), rates(2, units=4)
    assert linear_predictivity(x, y, ridge, center) == pytest.approx(oracle(x, y, x, y, ridge, center), abs=1e-9)


@CENTRES
@RIDGES
def test_every_entry_of_the_matrix_is_an_independent_held_out_score(ridge: float, center: bool) -> None:
    train = [rates(1), rates(2, units=4), rates(3, rank=2)]
    test = [rates(11, 50), rates(12, 50, 4), rates(13, 50, rank=2)]
    found = predictivity_matrix(train, test, ridge, center)
    for i in range(3):
        for j in range(3):
            expected = oracle(train[i], train[j], test[i], test[j], ridge, center)
            assert found[i, j] == pytest.approx(expected, abs=1e-7), (i, j)


def test_matrix_on_its_own_training_set_is_linear_predictivity() -> None:
    networks = [rates(seed) for seed in range(3)]
    found = predictivity_matrix(networks, networks, 1e-3, center=True)
    assert np.allclose(found, [[linear_predictivity(x, y, 1e-3, True) for y in networks] for x in networks])


@CENTRES
def test_blocks_and_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch, center: bool) -> None:
    train, test = ([rates(seed + shift, units=3 + seed) for seed in range(5)] for shift in (0, 10))
    whole = predictivity_matrix(train, test, 1e-8, center)
    monkeypatch.setattr(regression, "_GROUP_UNITS", 9)
    monkeypatch.setattr(regression, "_CHUNK_SAMPLES", 7)
    assert np.allclose(predictivity_matrix(train, test, 1e-8, center), whole, rtol=1e-10)


def test_single_precision_rates_are_fitted_in_double() -> None:
    x, y = rates(1).astype(np.float32), rates(2, units=4).astype(np.float32)
    expected = oracle(x.astype(float), y.astype(float), x.astype(float), y.astype(float), 1e-8, False)
    assert linear_predictivity(x, y, 1e-8) == pytest.approx(expected, abs=1e-12)
    assert predictivity_matrix([x, y], [x, y])[0, 1] == pytest.approx(expected, abs=1e-10)


def test_a_copy_beside_a_noise_block_predicts_and_is_not_predicted() -> None:
    y = rates(1, samples=2000) - rates(1, samples=2000).mean(0)
    noise = 10.0 * np.random.default_rng(5).normal(size=(2000, 6)) * y.std()
    x = np.concatenate([y, noise], axis=1)
    assert linear_predictivity(x, y) == pytest.approx(1.0)
    assert linear_predictivity(y, x) < 0.05


def test_invariances() -> None:
    x, y = rates(1), rates(2)
    draws = np.random.default_rng(9)
    turn = np.linalg.qr(draws.normal(size=(6, 6)))[0]
    shuffle = draws.permutation(len(x))
    for ridge in (0.0, 1e-2):
        expected = linear_predictivity(x, y, ridge)
        assert linear_predictivity(3.0 * x @ turn, -0.1 * y @ turn.T, ridge) == pytest.approx(expected)
        assert linear_predictivity(x[shuffle], y[shuffle], ridge) == pytest.approx(expected)
    mixing = draws.normal(size=(6, 6))
    assert linear_predictivity(x @ mixing, y) == pytest.approx(linear_predictivity(x, y))
    offset = linear_predictivity(x + 5.0, y - 3.0, center=True)
    assert offset == pytest.approx(linear_predictivity(x, y, center=True))


def test_silence_predicts_nothing_and_has_nothing_to_predict() -> None:
    x, silent, constant = rates(1), np.zeros((80, 6)), np.full((80, 6), 0.1)
    assert linear_predictivity(silent, x) == 0.0
    assert np.isnan(linear_predictivity(x, silent))
    assert np.isnan(linear_predictivity(x, constant, center=True))
    found = predictivity_matrix([x, silent, constant], [x, silent, constant], center=True)
    assert found[1, 0] == 0.0
    assert np.array_equal(np.isnan(found), [[False, True, True]] * 3)


def test_complaints_say_what_was_found() -> None:
    x = rates(1)
    spoilt = x.copy()
    spoilt[3, 2] = np.nan
    with pytest.raises(AtlasError, match="1 of 480 values that are NaN"):
        linear_predictivity(spoilt, x)
    with pytest.raises(AtlasError, match="NaN"):
        predictivity_matrix([x, spoilt], [x, x])
    with pytest.raises(AtlasError, match="same networks"):
        predictivity_matrix([x, x], [x])
    with pytest.raises(AtlasError, match="80 entries along the axis"):
        predictivity_matrix([x, x[:50]], [x, x])


@CENTRES
def test_other_activity_can_be_the_target(center: bool) -> None:
    """Noisy sources and clean targets, as the study compares them: the block of the matrix of all of them."""
    train, test = [rates(k) for k in range(3)], [rates(k + 10) for k in range(3)]
    clean_train, clean_test = [rates(k + 20, units=4) for k in range(2)], [rates(k + 30, units=4) for k in range(2)]
    whole = predictivity_matrix(train + clean_train, test + clean_test, 1e-3, center)
    block = predictivity_matrix(train, test, 1e-3, center, (clean_train, clean_test))
    np.testing.assert_allclose(block, whole[:3, 3:], rtol=1e-10)
