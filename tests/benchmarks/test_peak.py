import pytest

from rnnatlas.benchmarks.peak import multiply_add_peak
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.errors import AtlasError

HERE = instruction_sets()


def test_every_instruction_set_of_this_machine_has_a_peak_that_a_core_can_reach() -> None:
    # A core makes at most 4 vectors of 16 numbers a cycle, at 8 GHz. From below there is no bound: it may be busy.
    assert all(0.0 < multiply_add_peak(name) < 1100.0 for name in (None, *HERE))


def test_an_unknown_instruction_set_is_refused() -> None:
    with pytest.raises(AtlasError, match="baseline"):
        multiply_add_peak("mmx")
