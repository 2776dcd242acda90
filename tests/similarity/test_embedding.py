import warnings

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist, squareform

from rnnatlas.errors import AtlasError
from rnnatlas.similarity import metric_mds


def points(seed: int = 0, dimensions: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(15, dimensions)) * np.arange(dimensions, 0, -1)


def test_points_of_a_plane_come_back() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a default of scikit-learn that is about to change would warn
        found, stress = metric_mds(squareform(pdist(points())), seed=1)
    assert stress < 1e-3
    assert procrustes(points(), found)[2] < 1e-5
    assert np.allclose(pdist(found), pdist(points()), rtol=1e-2, atol=1e-2)


def test_orientation_follows_the_convention_whatever_the_seed() -> None:
    distances = squareform(pdist(points()))
    maps = [metric_mds(distances, seed)[0] for seed in (1, 2)]
    assert np.allclose(*maps, atol=1e-2)
    for found in maps:
        assert np.allclose(found.mean(axis=0), 0.0)
        covariance = found.T @ found
        assert covariance[0, 1] == pytest.approx(0.0, abs=1e-9)
        assert covariance[0, 0] > covariance[1, 1]
        assert np.all(found[np.abs(found).argmax(axis=0), [0, 1]] > 0.0)


def test_stress_is_kruskals_and_a_seed_repeats_itself() -> None:
    distances = squareform(pdist(points(dimensions=5)))
    found, stress = metric_mds(distances, seed=3)
    wrong = right = 0.0
    for i in range(15):
        for j in range(i):
            placed = np.linalg.norm(found[i] - found[j])
            wrong, right = wrong + (placed - distances[i, j]) ** 2, right + placed**2
    assert stress == pytest.approx(np.sqrt(wrong / right))
    assert 0.01 < stress < 0.5
    again, repeated = metric_mds(distances, seed=3)
    assert np.array_equal(found, again)
    assert stress == repeated


def test_small_and_coinciding_populations() -> None:
    found, stress = metric_mds(np.array([[0.0, 2.0], [2.0, 0.0]]), seed=0)
    assert np.allclose(np.abs(found), [[1.0, 0.0], [1.0, 0.0]], atol=1e-4)
    assert stress < 1e-4
    found, stress = metric_mds(np.zeros((3, 3)), seed=0)
    assert not found.any()
    assert stress == 0.0


@pytest.mark.parametrize("spoil", ["asymmetric", "negative", "nan", "diagonal"])
def test_what_is_no_distance_matrix_is_refused(spoil: str) -> None:
    distances = squareform(pdist(points()))
    place, value = {
        "asymmetric": ((0, 1), 9.0),
        "negative": ((slice(None), slice(None)), -1.0),
        "nan": ((0, 1), np.nan),
        "diagonal": ((2, 2), 1.0),
    }[spoil]
    distances[place] = value
    with pytest.raises(AtlasError, match=r"a distance matrix was expected|1 of 225 values"):
        metric_mds(distances, seed=0)
