import numpy as np

from rnnatlas.figures.solutions import short_names


def test_alternatives_are_called_by_their_set_of_chains_where_there_are_several() -> None:
    one = np.array(["standard/g0.5", "standard/g0.5", "alternatives/insd_alt1", "alternatives/insd_alt2"])
    assert list(short_names(one).values()) == ["g0.5", "alt-1", "alt-2"]
    two = np.append(one, ["standard/mine_reference", "alternatives/mine_alt1"])
    assert list(short_names(two).values()) == ["g0.5", "insd alt-1", "insd alt-2", "mine", "mine alt-1"]
