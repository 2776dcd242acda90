import numpy as np

from rnnatlas.figures.style import ensemble_names, in_order

ONE = [("standard/g0.5", "-", 0), ("alternatives/insd_alt1", "insd", 1), ("alternatives/insd_alt2", "insd", 2)]
MINE = [("standard/mine_reference", "mine", -1), ("alternatives/mine_alt1", "mine", 1)]


def names(rows: list[tuple[str, str, int]]) -> list[str]:
    return list(ensemble_names(*map(np.array, zip(*rows, strict=True))).values())


def test_a_solution_has_one_name_with_its_set_of_chains_where_there_are_several() -> None:
    assert names(ONE) == ["g0.5", "alt-1", "alt-2"]
    assert names([*ONE[:1], *MINE]) == ["g0.5", "reference", "alt-1"]
    assert names([*ONE, *MINE]) == ["g0.5", "insd alt-1", "insd alt-2", "mine reference", "mine alt-1"]


def test_what_chains_begin_with_stands_between_standards_and_alternatives() -> None:
    assert in_order([2, -1, 0, 1, 1]) == [0, -1, 1, 2]
