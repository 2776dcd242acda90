"""Among settings that cross-validation does not tell apart the most regularised is taken, whatever rounding says."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from rnnatlas.config.analysis import DecodingSettings, HiddenSettings
from rnnatlas.decoding.classifiers import compare_classifiers
from rnnatlas.similarity.held_out import held_out_predictivity
from rnnatlas.similarity.kernel_search import Choice, KernelSearch
from rnnatlas.ties import TIED, first_of_ties

SETTINGS = HiddenSettings(widths=[2.0, 0.5, 1.0, 4.0], ridges=[1e-3, 10.0, 1e-1, 1.0, 1e-2])
LARGEST = (4.0, 10.0)


class Made(KernelSearch):
    """A search for one target whose errors, by width and by ridge in ascending order, are made up."""

    def __init__(self, table: np.ndarray) -> None:
        super().__init__(np.zeros((2, 2)), np.array([[-1.0], [1.0]]), [], np.array([0, 1]), SETTINGS)
        self.table, self.asked = table, 0

    def _try(self, choices: Iterable[Choice]) -> None:
        self.asked += 1
        assert self.asked <= self.table.size**2 + 1  # it could lower the least error, and climb, this often
        for width, ridge in choices:
            self.errors[width, ridge] = self.table[[self.widths.index(width)], self.ridges.index(ridge)]

    def descent(self, begin: tuple[int, int]) -> Choice:
        return self.descend([(self.widths[begin[0]], self.ridges[begin[1]])])[0]


def everywhere() -> list[tuple[int, int]]:
    return list(np.ndindex(4, 5))


# The rule


@pytest.mark.parametrize("noise", [0.0, 1e-15, 1e-5, 2e-4])
def test_the_first_of_ties_is_taken_with_rounding_and_without(noise: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        errors = np.array([2.0, 1.0, 1.0, 3.0, 1.0]) * (1.0 + noise * rng.uniform(-1, 1, 5))
        assert first_of_ties(errors, 1.0) == 1


def test_of_settings_told_apart_the_best_is_taken() -> None:
    errors = 1.0 + 1.1 * TIED * np.random.default_rng(1).permutation(50)
    assert first_of_ties(errors, 1.0) == np.argmin(errors)
    assert first_of_ties(1e-6 * errors, 1.0) == np.argmin(errors)  # hardly anything is left unread, and yet they differ


def test_errors_of_a_target_that_is_read_wholly_are_rounding() -> None:
    assert first_of_ties(np.array([1e-6, 2e-14, -3e-15, 1e-20]), 1.0) == 1
    assert first_of_ties(np.zeros(3), 0.0) == 0  # a target without variance


# The search for a kernel reader's settings


@pytest.mark.parametrize("noise", [0.0, 1e-15, 1e-4])
def test_both_searches_take_the_largest_ridge_and_width_where_there_is_nothing_to_read(noise: float) -> None:
    rng = np.random.default_rng(2)
    for begin in everywhere():
        table = 1.0 + noise * rng.uniform(-1, 1, (4, 5))
        assert Made(table).best() == [LARGEST]
        assert Made(table).descent(begin) == LARGEST


def test_the_ridge_counts_before_the_width() -> None:
    table = np.full((4, 5), 2.0)
    table[0, 2] = table[1, 2] = table[1, 1] = table[2, 1] = table[3, 1] = 1.0
    assert Made(table).best() == [(1.0, 1e-1)]
    assert Made(table).descent((0, 2)) == (1.0, 1e-1)


def test_a_descent_crosses_a_plateau_on_which_errors_fall_by_less_than_a_tie() -> None:
    table = np.full((4, 5), 2.0)
    table[2] = [0.5, 1.0 - 1.5 * TIED, 1.0 - TIED, 1.0 - 0.5 * TIED, 1.0]
    assert Made(table).descent((2, 4)) == (2.0, 1e-3)


def test_where_settings_are_told_apart_a_descent_goes_down_and_no_further() -> None:
    rng = np.random.default_rng(3)
    for begin in 10 * everywhere():
        table = 1.0 + 1.1 * TIED * rng.permutation(20).reshape(4, 5)
        made, (i, j) = Made(table), begin
        while True:
            around = [(a, b) for a, b in everywhere() if abs(a - i) + abs(b - j) <= 1]
            if (i, j) == (lowest := min(around, key=lambda at, table=table: table[at])):
                break
            i, j = lowest
        assert made.descent(begin) == (made.widths[i], made.ridges[j])


@pytest.mark.parametrize("levels", [2, 3, 6, 40])
def test_a_descent_among_half_ties_ends_and_ends_tied_with_the_least_that_it_met(levels: int) -> None:
    # Errors that are tied with their neighbours but not with the neighbours' neighbours: a walk from tie to tie can go in circles.
    rng = np.random.default_rng(levels)
    for begin in 20 * everywhere():
        made = Made(1.0 + 0.7 * TIED * rng.integers(0, levels, (4, 5)))
        chosen = made.descent(begin)
        met = min(float(error[0]) for error in made.errors.values())
        assert made.errors[chosen][0] <= met * (1.0 + TIED)


# Readers


def test_the_order_in_which_settings_are_listed_does_not_show() -> None:
    rng = np.random.default_rng(4)
    labels = rng.permutation(48) % 2.0
    rates = rng.normal(size=(48, 3, 4)) + 2.0 * labels[:, None, None]  # most settings tell the labels wholly
    given = {"penalties": [1.0, 10.0, 100.0], "linear_penalties": [0.1, 1.0, 10.0], "widths": [0.25, 0.5, 1.0]}
    one, two = (
        compare_classifiers(rates, labels, DecodingSettings(**settings), np.random.default_rng(5))
        for settings in (given, {name: values[::-1] for name, values in given.items()})
    )
    assert all(np.array_equal(one[name], two[name]) for name in one)
    x, fold = rng.normal(size=(300, 20)), np.repeat(np.arange(6), 50)
    ridges = [1e-12, 1e-11, 1e-10, 1e-9]
    assert held_out_predictivity(x, x + 1.0, fold, ridges) == held_out_predictivity(x, x + 1.0, fold, ridges[::-1])
