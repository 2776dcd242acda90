from itertools import product

import numpy as np
import pytest
from scipy import stats

from rnnatlas.claims.intervals import (
    all_resamples,
    bootstrap_interval,
    joint_bootstrap,
    median_difference,
    wilson_interval,
)
from rnnatlas.errors import AtlasError


@pytest.mark.parametrize("total", [1, 2, 4, 8, 40, 1000])
def test_wilson_is_scipys(total: int) -> None:
    for successes in {0, 1, total // 2, total - 1, total}:
        expected = stats.binomtest(successes, total).proportion_ci(method="wilson")
        assert wilson_interval(successes, total) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_nothing_excludes_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_bootstrap_of_a_mean_is_scipys() -> None:
    values = np.random.default_rng(0).exponential(size=60)
    low, high = bootstrap_interval(60, lambda drawn: float(values[drawn].mean()), np.random.default_rng(1), draws=4000)
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.02)


def test_the_bootstrap_covers_a_median_about_as_often_as_it_says() -> None:
    rng, covered = np.random.default_rng(0), 0
    for _ in range(150):
        values = rng.normal(size=25)
        low, high = bootstrap_interval(25, lambda drawn, v=values: float(np.median(v[drawn])), rng, draws=200)
        covered += low <= 0 <= high
    assert stats.binomtest(covered, 150, 0.95).pvalue > 1e-3


def test_draws_without_a_statistic_are_left_out() -> None:
    low, high = bootstrap_interval(3, lambda drawn: np.nan if len(set(drawn)) < 3 else 1.0, np.random.default_rng(0))
    assert (low, high) == (1.0, 1.0)


@pytest.mark.parametrize("units", [0, 1])
def test_with_nothing_to_resample_nothing_is_excluded(units: int) -> None:
    assert bootstrap_interval(units, lambda _: 1.0, np.random.default_rng(0)) == (-np.inf, np.inf)
    assert bootstrap_interval(5, lambda _: np.nan, np.random.default_rng(0)) == (-np.inf, np.inf)


# Few units: every resample


@pytest.mark.parametrize("units", [2, 3, 5])
def test_multisets_stand_for_all_ordered_resamples(units: int) -> None:
    weights = {tuple(indices): weight for indices, weight in all_resamples(units)}
    ordered = [tuple(sorted(drawn)) for drawn in product(range(units), repeat=units)]
    assert weights == pytest.approx({key: ordered.count(key) / len(ordered) for key in set(ordered)})
    assert sum(weights.values()) == pytest.approx(1.0)


def test_with_few_units_the_interval_is_that_of_all_resamples() -> None:
    values = np.array([0.3, 1.0, -2.0, 0.7])
    found = bootstrap_interval(4, lambda drawn: float(values[drawn].mean()), np.random.default_rng(0))
    everything = np.sort([values[list(drawn)].mean() for drawn in product(range(4), repeat=4)])
    expected = stats.quantile(everything, [0.025, 0.975], method="inverted_cdf")
    assert found == pytest.approx(tuple(expected))


def test_with_few_units_nothing_is_left_to_chance() -> None:
    values = np.random.default_rng(3).normal(size=7)
    found = {
        bootstrap_interval(7, lambda drawn: float(np.median(values[drawn])), np.random.default_rng(seed))
        for seed in range(3)
    }
    assert len(found) == 1


# Networks and trials


def joint(a: np.ndarray, b: np.ndarray, seed: int = 0, draws: int = 1000) -> tuple[float, float]:
    return joint_bootstrap(a, b, lambda x, y: float(x.mean() - y.mean()), np.random.default_rng(seed), draws)


def test_errors_that_networks_share_on_a_trial_cancel() -> None:
    """Hard trials are hard for all: only the networks' own deviations are left in the difference."""
    rng = np.random.default_rng(0)
    trial, own_a, own_b = 5.0 * rng.normal(size=60), rng.normal(size=(30, 1)), rng.normal(size=(20, 1))
    low, high = joint(own_a + trial, own_b + trial)
    expected = 2 * 1.96 * np.sqrt(own_a.var() / 30 + own_b.var() / 20)
    assert high - low == pytest.approx(expected, rel=0.15)


def test_trials_are_resampled_as_well_as_networks() -> None:
    """Without differences between networks of a group, the spread is the standard error over trials."""
    gain = np.random.default_rng(1).normal(size=80)
    low, high = joint(np.tile(gain, (6, 1)), np.zeros((4, 80)))
    assert high - low == pytest.approx(2 * 1.96 * gain.std() / np.sqrt(80), rel=0.15)
    assert low < gain.mean() < high


def test_the_joint_interval_covers_the_true_difference() -> None:
    rng, covered = np.random.default_rng(5), 0
    for k in range(60):
        trial = rng.normal(size=40)
        a, b = (offset + trial + rng.normal(size=(12, 1)) + rng.normal(size=(12, 40)) for offset in (0.5, 0.0))
        low, high = joint(a, b, seed=k, draws=100)
        covered += low <= 0.5 <= high
    assert stats.binomtest(covered, 60, 0.95).pvalue > 1e-3


def test_the_difference_of_medians_leaves_trials_without_a_score_out() -> None:
    a = np.array([[1.0, np.nan], [3.0, 5.0], [9.0, 9.0]])
    assert median_difference(a, np.array([[1.0, 2.0]])) == pytest.approx(4.0 - 1.5)


def test_scores_of_other_trials_are_refused() -> None:
    with pytest.raises(AtlasError, match="3 and 4"):
        joint(np.zeros((2, 3)), np.zeros((2, 4)))


def test_one_network_or_one_trial_excludes_nothing() -> None:
    assert joint(np.zeros((1, 5)), np.ones((3, 5))) == joint(np.zeros((3, 1)), np.ones((3, 1))) == (-np.inf, np.inf)
