import numpy as np
import pytest
from scipy import stats

from rnnatlas.claims.intervals import bootstrap_interval, wilson_interval


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
