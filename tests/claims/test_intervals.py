from itertools import product

import numpy as np
import pytest
from scipy import stats

from rnnatlas.claims.intervals import (
    all_resamples,
    bootstrap_interval,
    wilson_interval,
)


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
