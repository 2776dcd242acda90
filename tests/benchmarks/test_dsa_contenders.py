import sys

import numpy as np
import pytest

from rnnatlas.benchmarks.dsa_contenders import dsa_ours_matrix, dsa_package_matrix, untrained_rates
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError


def test_our_matrix_is_that_of_the_package() -> None:
    pytest.importorskip("DSA", reason="the package dsa-metric is not installed")
    rates = untrained_rates(TorchEngine(), members=4, units=16, trials=24)
    assert rates.shape == (4, 24, 100, 16)
    ours, theirs = dsa_ours_matrix(rates), dsa_package_matrix(rates)
    assert np.all(ours[~np.eye(4, dtype=bool)] > 1e-3)  # far beyond the difference that is allowed
    np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=0.0)


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "DSA", None)
    with pytest.raises(AtlasError, match="dsa-metric"):
        dsa_package_matrix(np.zeros((2, 4, 5, 2)))
