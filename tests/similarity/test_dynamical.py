from itertools import permutations

import numpy as np
import pytest

from rnnatlas.errors import AtlasError
from rnnatlas.similarity import dsa, fit_operator, spectral_distance, standardise
from rnnatlas.similarity.dynamical import DelayOperator

LINEAR = np.array([[0.9, 0.3, 0.0], [-0.3, 0.9, 0.1], [0.0, 0.0, 0.7]])  # a pair on a circle of 0.95, and 0.7


def network(seed: int, gain: float, trials: int = 24, time: int = 40, units: int = 12) -> np.ndarray:
    """Rates of a random noisy network."""
    draws = np.random.default_rng(seed)
    weights = draws.normal(size=(units, units)) * gain / np.sqrt(units)
    x = draws.normal(size=(trials, units))
    steps = []
    for _ in range(time):
        x = x + 0.2 * (np.tanh(x) @ weights - x) + 0.1 * draws.normal(size=x.shape)
        steps.append(np.tanh(x))
    return np.stack(steps, axis=1)


def linear_system(matrix: np.ndarray, trials: int = 20, time: int = 15) -> np.ndarray:
    """``x_{t+1} = x_t A`` from random starts."""
    x = [np.random.default_rng(0).normal(size=(trials, len(matrix)))]
    for _ in range(time - 1):
        x.append(x[-1] @ matrix)
    return np.stack(x, axis=1)


def operator(eigenvalues: np.ndarray) -> DelayOperator:
    return DelayOperator(np.diag(np.real(eigenvalues)), eigenvalues.astype(complex), 1, len(eigenvalues), 0.0)


@pytest.mark.parametrize("n_delays", [1, 3])
def test_a_linear_system_gives_its_eigenvalues_back(n_delays: int) -> None:
    fitted = fit_operator(linear_system(LINEAR), n_delays, rank=3)
    found, true = np.sort_complex(fitted.eigenvalues), np.sort_complex(np.linalg.eigvals(LINEAR))
    assert np.allclose(found, true, atol=1e-9)
    assert np.allclose(np.sort_complex(np.linalg.eigvals(fitted.matrix)), true, atol=1e-9)
    assert (fitted.n_delays, fitted.rank, fitted.ridge) == (n_delays, 3, 0.0)


def test_operator_is_that_of_an_svd_of_the_embedding() -> None:
    x, n_delays, rank, ridge = network(1, 1.2), 4, 9, 0.05
    windows = x.shape[1] - n_delays + 1
    h = np.concatenate([x[:, lag : lag + windows] for lag in range(n_delays)], axis=2)
    v = np.linalg.svd(h.reshape(-1, h.shape[2]), full_matrices=False)[0][:, :rank].reshape(len(x), windows, rank)
    now, following = v[:, :-1].reshape(-1, rank), v[:, 1:].reshape(-1, rank)
    rows = np.concatenate([now, np.sqrt(ridge) * np.eye(rank)])  # ridge as extra samples
    a = np.linalg.lstsq(rows, np.concatenate([following, np.zeros((rank, rank))]))[0]
    found = fit_operator(x, n_delays, rank, ridge).eigenvalues
    assert np.allclose(np.sort_complex(found), np.sort_complex(np.linalg.eigvals(a)), atol=1e-8)


def test_distance_is_the_best_of_all_assignments() -> None:
    draws = np.random.default_rng(4)
    a, b = (draws.normal(size=5) + 1j * draws.normal(size=5) for _ in range(2))
    best = min(np.mean(np.abs(a - b[list(order)]) ** 2) for order in permutations(range(5)))
    assert spectral_distance(operator(a), operator(b)) == pytest.approx(np.sqrt(best))
    assert spectral_distance(operator(a), operator(a[::-1])) == 0.0
    assert spectral_distance(operator(a), operator(a + 0.3j)) == pytest.approx(0.3)


def test_distances_are_a_metric_that_sees_dynamics_and_not_geometry() -> None:
    rates = network(1, 0.5)
    turn = np.linalg.qr(np.random.default_rng(6).normal(size=(12, 12)))[0]
    wider = np.pad(3.0 * rates @ turn, ((0, 0), (0, 0), (0, 4)))  # a scaled, rotated copy with four silent units
    found = dsa([rates, wider, network(2, 0.5), network(3, 2.5)], n_delays=3, rank=10)
    assert np.array_equal(found, found.T)
    assert not np.diag(found).any()
    assert found[0, 1] < 1e-9
    assert found[0, 2] < 0.5 * found[0, 3]
    assert np.all(found[:, None] <= found[:, :, None] + found[None] + 1e-12)


def test_an_offset_of_the_state_counts_until_it_is_standardised() -> None:
    rates = network(1, 1.0)
    assert dsa([rates, rates + 2.0], 3, 10)[0, 1] > 1e-3
    assert dsa([standardise(rates), standardise(7.0 * rates + 2.0)], 3, 10)[0, 1] < 1e-9


@pytest.mark.parametrize("n_delays", [1, 4])
def test_padding_takes_no_part(n_delays: int) -> None:
    rates, rank = network(1, 1.2), 9
    length = np.random.default_rng(0).integers(2, 41, size=len(rates))  # some end before their first window
    padded = rates.copy()
    padded[np.arange(40) >= length[:, None]] = np.nan
    trials = [x[:end] for x, end in zip(rates, length, strict=True)]
    embedded = [
        np.concatenate([x[lag : len(x) - n_delays + 1 + lag] for lag in range(n_delays)], axis=1)
        for x in trials
        if len(x) >= n_delays
    ]
    v = np.linalg.svd(np.concatenate(embedded), full_matrices=False)[0][:, :rank]
    parts = np.split(v, np.cumsum([len(h) for h in embedded])[:-1])
    a = np.linalg.lstsq(np.concatenate([p[:-1] for p in parts]), np.concatenate([p[1:] for p in parts]))[0]
    found = fit_operator(padded, n_delays, rank, length=length).eigenvalues
    assert np.allclose(np.sort_complex(found), np.sort_complex(np.linalg.eigvals(a)), atol=1e-8)
    samples = np.concatenate(trials)
    expected = (samples - samples.mean(0)) / np.sqrt(np.mean((samples - samples.mean(0)) ** 2))
    scaled = standardise(padded, length)
    assert np.allclose(scaled[np.arange(40) < length[:, None]], expected)
    assert not scaled[np.arange(40) >= length[:, None]].any()


def test_standardise_centres_units_and_divides_by_one_number() -> None:
    rates = network(1, 1.0)
    found = standardise(rates)
    assert np.allclose(found.mean(axis=(0, 1)), 0.0)
    assert np.mean(found**2) == pytest.approx(1.0)
    scale = (rates - rates.mean(axis=(0, 1))) / found
    assert np.allclose(scale, scale[0, 0, 0])
    with pytest.raises(AtlasError, match="every unit is constant"):
        standardise(np.full((3, 5, 4), 0.1))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("n_delays", "rank"), [(10, 30), (3, 10)])
def test_squared_distance_is_the_score_of_the_authors_package(n_delays: int, rank: int) -> None:
    peer = pytest.importorskip("DSA")  # dsa-metric 2.0.2; it works in float32 and returns the squared cost
    systems = [network(1, 0.5), network(2, 1.0), network(3, 2.5)]
    theirs = peer.DSA(systems, n_delays=n_delays, rank=rank, score_method="wasserstein").fit_score()
    ours = dsa(systems, n_delays, rank) ** 2
    assert np.allclose(ours, theirs, atol=1e-4, rtol=0.0)
    assert np.allclose(ours, theirs, atol=1e-6, rtol=2e-3)  # 1e-4 alone would pass for two networks of one kind


def test_complaints_say_what_is_needed() -> None:
    rates = network(1, 1.0, trials=4, time=20)
    with pytest.raises(AtlasError, match="n_delays 10 leaves 44 windows with 40 steps in 4 trials for 120 coordinates"):
        fit_operator(rates, 10, 5)
    with pytest.raises(AtlasError, match="leaves 0 windows"):
        fit_operator(rates, 25, 5)
    with pytest.raises(AtlasError, match="36 windows with 0 steps"):
        fit_operator(network(1, 1.0, trials=36, time=3), 2, 5, length=np.full(36, 2))
    with pytest.raises(AtlasError, match="4 lengths from 1 to 20 were expected, found 4 from 5 to 21"):
        fit_operator(rates, 2, 5, length=np.array([5, 20, 21, 20]))
    with pytest.raises(AtlasError, match="= 24 was expected, not 25"):
        fit_operator(rates, 2, 25)
    with pytest.raises(AtlasError, match="only 3 directions above rounding"):
        fit_operator(linear_system(LINEAR), 2, 4)
    spoilt = rates.copy()
    spoilt[0, 0, 0] = np.nan
    for function in (standardise, lambda x: fit_operator(x, 2, 5)):
        with pytest.raises(AtlasError, match="NaN"):
            function(spoilt)
    with pytest.raises(AtlasError, match="fitted alike"):
        spectral_distance(fit_operator(rates, 2, 5), fit_operator(rates, 2, 6))
    with pytest.raises((AtlasError, TypeError)):  # the type checker, where it is on, is first to complain
        dsa([rates, rates], 2, 5, score="angular")
