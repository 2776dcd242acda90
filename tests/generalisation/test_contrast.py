import numpy as np
import pytest

from rnnatlas.generalisation.contrast import contrast


def scores(rng: np.random.Generator, networks: int, mean: np.ndarray, trials: int = 60) -> np.ndarray:
    shape = (networks, *mean.shape)
    return mean[..., None] + rng.normal(0, 0.1, shape)[..., None] + rng.normal(0, 0.3, (*shape, trials))


def median_difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.median(np.nanmean(a, axis=1)) - np.median(np.nanmean(b, axis=1)))


def joint_bootstrap(a: np.ndarray, b: np.ndarray, rng: np.random.Generator, draws: int) -> tuple[float, float]:
    """Draw by draw, what ``contrast`` does at once: networks of either group, and one set of trials for both."""

    def drawn() -> float:
        trials = rng.integers(0, a.shape[1], a.shape[1])
        return median_difference(*(x[rng.integers(0, len(x), len(x))][:, trials] for x in (a, b)))

    low, high = np.percentile([drawn() for _ in range(draws)], [2.5, 97.5])
    return float(low), float(high)


def test_it_is_the_joint_bootstrap_of_each_condition() -> None:
    rng = np.random.default_rng(0)
    a, b = scores(rng, 8, np.array([0.7, 0.5])), scores(rng, 20, np.array([0.5, 0.6]))
    found = contrast(a, b, np.random.default_rng(1), draws=2000)
    for cell in range(2):
        expected = joint_bootstrap(a[:, cell], b[:, cell], np.random.default_rng(2), draws=2000)
        assert found.difference[cell] == pytest.approx(median_difference(a[:, cell], b[:, cell]))
        assert (found.low[cell], found.high[cell]) == pytest.approx(expected, abs=0.012)


def test_trials_are_resampled_for_both_groups_together() -> None:
    """Trials that are hard for all networks alike do not blur the difference."""
    rng = np.random.default_rng(0)
    hard = rng.normal(0, 1.0, 50)
    a, b = np.tile(hard + 0.1, (6, 1)), np.tile(hard, (9, 1))
    found = contrast(a, b, rng)
    assert found.difference == pytest.approx(0.1) and found.high - found.low == pytest.approx(0.0, abs=1e-12)


def test_scores_that_are_not_defined_are_left_out() -> None:
    rng = np.random.default_rng(0)
    a, b = scores(rng, 5, np.array([0.7, 0.2])), scores(rng, 5, np.array([0.4, 0.4]))
    keep = np.arange(60) % 3 > 0
    holes = [np.where(keep, group, np.nan) for group in (a, b)]
    found, expected = contrast(*holes, np.random.default_rng(1)), contrast(a[..., keep], b[..., keep], rng)
    assert np.allclose(found.difference, expected.difference)
    assert np.allclose(found.low, expected.low, atol=0.04) and np.allclose(found.high, expected.high, atol=0.04)


def test_a_single_network_excludes_nothing() -> None:
    rng = np.random.default_rng(0)
    found = contrast(scores(rng, 1, np.zeros((2, 2))), scores(rng, 5, np.zeros((2, 2))), rng)
    assert (found.low == -np.inf).all() and (found.high == np.inf).all()
    assert found.largest()[1:] == (-np.inf, np.inf)


def test_the_largest_of_many_equal_conditions_is_not_taken_for_a_difference() -> None:
    """One interval in twenty misses 0 somewhere in 40 equal conditions; the band for the largest rarely does."""
    singly, jointly = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = contrast(scores(rng, 10, np.zeros(40)), scores(rng, 10, np.zeros(40)), rng, draws=300)
        value, low, high = found.largest()
        assert low <= value <= high and value == found.difference.max()
        singly += (found.low > 0).any()
        jointly += low > 0
    assert jointly <= 4 < singly


def test_the_largest_is_found_where_it_is() -> None:
    rng = np.random.default_rng(0)
    mean = np.zeros((3, 4))
    mean[1, 2] = 1.0
    value, low, high = contrast(scores(rng, 10, mean), scores(rng, 10, np.zeros((3, 4))), rng).largest()
    assert 0.6 < low < value < high < 1.5
