import numpy as np
import pytest

from rnnatlas.claims.claim import Claim, Result
from rnnatlas.claims.holm import holm, with_corrected_p
from rnnatlas.claims.record import Record


def test_a_worked_example() -> None:
    """Sorted 0.005, 0.01, 0.03, 0.04 by 4, 3, 2, 1: 0.02, 0.03, 0.06, 0.04; the last may not be below the third."""
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


def test_none_exceeds_one_and_one_test_is_not_corrected() -> None:
    np.testing.assert_allclose(holm(np.array([0.9, 0.6, 0.7])), [1.0, 1.0, 1.0])
    np.testing.assert_allclose(holm(np.array([0.03])), [0.03])
    assert holm(np.array([])).size == 0


def test_tests_that_could_not_be_made_do_not_count() -> None:
    np.testing.assert_allclose(holm(np.array([np.nan, 0.01, 0.02])), [np.nan, 0.02, 0.02])


def test_any_false_rejection_is_as_rare_as_asked_for() -> None:
    rng = np.random.default_rng(0)
    rejected = np.mean([holm(rng.uniform(size=8)).min() <= 0.1 for _ in range(4000)])
    assert rejected == pytest.approx(0.1, abs=0.02)


def test_a_scorecard_prints_p_as_found_and_corrected() -> None:
    claim = Claim("X", "", "", "", 0.01, "", above=False)

    def record(p: float) -> Record:
        return Record.of(Result(claim, "task", 0.0, 0.0, 0.0, 9, 9, {"F": 3.0}, p=p))

    found = with_corrected_p([record(0.008), record(np.nan), record(0.2)])
    assert [r.detail for r in found] == [
        pytest.approx({"p": 0.008, "p (Holm)": 0.016, "F": 3.0}),
        {"F": 3.0},
        pytest.approx({"p": 0.2, "p (Holm)": 0.2, "F": 3.0}),
    ]
    assert [r.verdict for r in found] == ["holds"] * 3
