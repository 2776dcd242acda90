from itertools import permutations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import f_oneway

from rnnatlas.claims.permanova import Permanova, all_labellings, number_of_labellings, permanova
from rnnatlas.errors import AtlasError


def judged(distances: np.ndarray, groups: np.ndarray, draws: int = 9999) -> Permanova:
    return permanova(distances, groups, np.random.default_rng(0), draws)


# Four objects in two groups: F by hand, and p over the three partitions into pairs.
# d² within {0,1} and {2,3} are 1 and 9: SS_within = 1/2 + 9/2 = 5; SS_total = 40/4 and 64/4.
WITH_TIES = [[0.0, 1, 1, 4], [1, 0, 3, 2], [1, 3, 0, 3], [4, 2, 3, 0]], 2.0, 2 / 3
WITHOUT_TIES = [[0.0, 1, 5, 4], [1, 0, 3, 2], [5, 3, 0, 3], [4, 2, 3, 0]], 4.4, 1 / 3


@pytest.mark.parametrize(("matrix", "f", "p"), [WITH_TIES, WITHOUT_TIES])
def test_worked_examples(matrix: list, f: float, p: float) -> None:
    found = judged(np.array(matrix), np.array(["a", "a", "b", "b"]))
    assert found == (pytest.approx(f), pytest.approx(p), 6, True)


def test_on_one_variable_it_is_the_one_way_analysis_of_variance() -> None:
    rng = np.random.default_rng(1)
    parts = [rng.normal(offset, size=size) for offset, size in ((0.0, 7), (0.4, 9), (1.0, 5))]
    values, groups = np.concatenate(parts), np.repeat([0, 1, 2], [7, 9, 5])
    found = judged(np.abs(values[:, None] - values), groups)
    expected = f_oneway(*parts)
    assert found.pseudo_f == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue, abs=0.02)
    assert (found.labellings, found.exact) == (9999, False)


def test_on_several_variables_it_is_the_ratio_of_sums_of_squares_about_centroids() -> None:
    rng = np.random.default_rng(2)
    groups = np.repeat([0, 1, 2], 6)
    x = rng.normal(size=(18, 4)) + 0.5 * groups[:, None]
    within = sum(((x[groups == g] - x[groups == g].mean(0)) ** 2).sum() for g in range(3))
    total = ((x - x.mean(0)) ** 2).sum()
    found = judged(squareform(pdist(x)), groups)
    assert found.pseudo_f == pytest.approx(((total - within) / 2) / (within / 15))


def test_exact_and_drawn_p_agree() -> None:
    x = np.random.default_rng(3).normal(size=9) + np.repeat([0.0, 1.0, 0.0], 3)
    distances, groups = np.abs(x[:, None] - x), np.repeat([0, 1, 2], 3)
    exact, drawn = judged(distances, groups), judged(distances, groups, draws=1500)  # there are 1,680
    assert exact.exact and not drawn.exact
    assert drawn.p == pytest.approx(exact.p, abs=0.04)


def test_groups_far_apart_have_the_smallest_p_that_is_possible() -> None:
    x = np.r_[np.arange(5) / 10, 10.0 + np.arange(5) / 10]
    found = judged(np.abs(x[:, None] - x), np.repeat([0, 1], 5))
    assert found.p == pytest.approx(2 / 252)  # this labelling and its mirror image


def test_without_differences_p_is_uniform() -> None:
    rng = np.random.default_rng(4)
    p = []
    for _ in range(200):
        x = rng.normal(size=(12, 2))
        p.append(permanova(squareform(pdist(x)), np.repeat([0, 1, 2], 4), rng, draws=99).p)
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.07)
    assert np.mean(p) == pytest.approx(0.5, abs=0.08)


def test_labellings_are_all_and_distinct() -> None:
    sizes = np.array([2, 1, 2])
    found = {tuple(map(int, labels)) for labels in all_labellings(sizes)}
    assert found == set(permutations([0, 0, 1, 2, 2])) and len(found) == number_of_labellings(sizes) == 30


def test_the_order_of_networks_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    x, groups, order = rng.normal(size=(8, 3)), np.repeat(["a", "b"], 4), rng.permutation(8)
    assert judged(squareform(pdist(x)), groups) == pytest.approx(judged(squareform(pdist(x[order])), groups[order]))


def test_without_any_distance_there_is_no_p() -> None:
    found = judged(np.zeros((4, 4)), np.repeat([0, 1], 2))
    assert np.isnan(found.pseudo_f) and np.isnan(found.p)


@pytest.mark.parametrize("groups", [[0, 0, 0], [0, 1, 2]])
def test_groups_that_cannot_be_compared_are_refused(groups: list[int]) -> None:
    with pytest.raises(AtlasError, match="two groups or more"):
        judged(np.ones((3, 3)) - np.eye(3), np.array(groups))
