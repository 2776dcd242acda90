import numpy as np
import pytest

from rnnatlas.benchmarks.peak import multiply_add_peak
from rnnatlas.engine.native_library import INSTRUCTION_SETS, best_instruction_set
from rnnatlas.errors import AtlasError

HERE = INSTRUCTION_SETS[: INSTRUCTION_SETS.index(best_instruction_set()) + 1]


def test_peak_is_that_of_a_core_and_above_that_of_a_product() -> None:
    peaks = {name: multiply_add_peak(name) for name in HERE}
    # A core makes between 1 and 4 vectors of at most 16 numbers a cycle, at 0.5 to 8 GHz; a wider set is not slower.
    assert all(np.isfinite(peak) and 1.0 < peak < 1100.0 for peak in peaks.values())
    assert peaks[HERE[-1]] > 0.6 * peaks["baseline"]


def test_an_unknown_instruction_set_is_refused() -> None:
    with pytest.raises(AtlasError, match="baseline"):
        multiply_add_peak("mmx")
