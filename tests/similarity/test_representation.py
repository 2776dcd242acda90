from collections.abc import Callable

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from sklearn.cross_decomposition import CCA

from rnnatlas.errors import AtlasError
from rnnatlas.similarity import linear_cka, mean_cca, procrustes, rsa
from rnnatlas.similarity.inputs import paired_samples

SYMMETRIC = [linear_cka, rsa, mean_cca, procrustes]
Measure = Callable[[np.ndarray, np.ndarray], float]


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Two sets of rates [60, 7] and [60, 5] that share three latent variables."""
    draws = np.random.default_rng(3)
    shared = draws.normal(size=(60, 3))
    return tuple(
        shared @ draws.normal(size=(3, units)) + 0.7 * draws.normal(size=(60, units)) + draws.normal(size=units)
        for units in (7, 5)
    )


def rotation(units: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(8).normal(size=(units, units)))[0]


@pytest.mark.parametrize("measure", SYMMETRIC)
def test_range_symmetry_identity_and_common_order_of_samples(measure: Measure, pair: tuple) -> None:
    x, y = pair
    value = measure(x, y)
    order = np.random.default_rng(0).permutation(len(x))
    assert 0.0 < value < 0.99
    assert measure(y, x) == pytest.approx(value)
    assert measure(x, x) == pytest.approx(1.0)
    assert measure(x[order], y[order]) == pytest.approx(value)
    assert measure(x[order], y) < value
    assert measure(x[:, ::-1], y) == pytest.approx(value)  # units have no order
    assert measure(3.0 * x, 0.2 * y) == pytest.approx(value)


@pytest.mark.parametrize("measure", [linear_cka, mean_cca, procrustes, lambda x, y: rsa(x, y, "euclidean")])
def test_rotation_and_offset_do_not_count(measure: Measure, pair: tuple) -> None:
    x, y = pair
    assert measure(x @ rotation(7) + 4.0, y) == pytest.approx(measure(x, y))


def test_cka_is_the_alignment_of_centred_kernels(pair: tuple) -> None:
    centring = np.eye(60) - 1.0 / 60
    k, kernel = (centring @ z @ z.T @ centring for z in pair)
    expected = np.sum(k * kernel) / np.sqrt(np.sum(k * k) * np.sum(kernel * kernel))
    assert linear_cka(*pair) == pytest.approx(expected)


@pytest.mark.parametrize("distance", ["correlation", "euclidean"])
def test_rsa_is_scipys_rank_correlation_of_dissimilarities(distance: str, pair: tuple) -> None:
    triangle = np.triu_indices(60, k=1)
    flat = [1.0 - np.corrcoef(z)[triangle] if distance == "correlation" else pdist(z, "euclidean") for z in pair]
    assert rsa(*pair, distance) == pytest.approx(spearmanr(*flat).statistic)


def test_rsa_is_negative_where_near_samples_become_far() -> None:
    near, far = np.array([[0.0], [1.0], [10.0]]), np.array([[0.0], [10.0], [1.0]])
    assert rsa(near, far, "euclidean") == pytest.approx(-1.0)  # distances ranked (1, 3, 2) and (3, 1, 2)


def test_cca_is_scikit_learns_mean_correlation(pair: tuple) -> None:
    x, y = pair
    u, v = CCA(n_components=5, scale=False, max_iter=20_000, tol=1e-12).fit_transform(x, y)
    expected = np.mean([np.corrcoef(u[:, k], v[:, k])[0, 1] for k in range(5)])
    assert mean_cca(x, y) == pytest.approx(expected, abs=1e-6)


def test_cca_ignores_any_invertible_map_and_repeated_units(pair: tuple) -> None:
    x, y = pair
    value = mean_cca(x, y)
    mixing = np.random.default_rng(1).normal(size=(7, 7))
    assert mean_cca(x @ mixing, y) == pytest.approx(value)
    doubled = np.concatenate([x, x @ mixing], axis=1)
    assert mean_cca(doubled, y) == pytest.approx(value)
    assert mean_cca(doubled.astype(np.float32), y.astype(np.float32)) == pytest.approx(value, abs=1e-4)


def test_procrustes_is_scipys_scale_of_the_best_rotation(pair: tuple) -> None:
    x, y = (z - z.mean(0) for z in pair)
    y = np.pad(y, ((0, 0), (0, 2)))  # as many units: the nuclear norm does not see silent ones
    _, scale = orthogonal_procrustes(x, y)
    assert procrustes(*pair) == pytest.approx(scale / (np.linalg.norm(x) * np.linalg.norm(y)))


def test_independent_chaos_beside_a_copy_hides_it_from_symmetric_measures() -> None:
    draws = np.random.default_rng(2)
    y = draws.normal(size=(400, 6))
    x = np.concatenate([y, 10.0 * draws.normal(size=(400, 6))], axis=1)
    assert linear_cka(x, y) < 0.2
    assert rsa(x, y, "euclidean") < 0.2
    assert procrustes(x, y) < 0.5


@pytest.mark.parametrize("measure", [linear_cka, mean_cca, procrustes])
def test_without_variance_there_is_no_value(measure: Measure, pair: tuple) -> None:
    assert np.isnan(measure(np.full((60, 4), 0.1), pair[1]))


def test_complaints_name_the_remedy(pair: tuple) -> None:
    x, y = pair
    started = x.copy()
    started[0] = 0.0
    with pytest.raises(AtlasError, match="1 of 60 samples have the same rate in every unit"):
        rsa(started, y)
    assert np.isfinite(rsa(started, y, "euclidean"))
    with pytest.raises((AtlasError, TypeError)):  # the type checker, where it is on, is first to complain
        rsa(x, y, "cosine")
    with pytest.raises(AtlasError, match="finite numbers"):
        linear_cka(np.where(x > 1.0, np.inf, x), y)
    with pytest.raises(AtlasError, match=r"\(60, 7\) and \(59, 5\)"):
        paired_samples(x, y[1:])
