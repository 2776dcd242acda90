from rnnatlas.figures.style import solution_colour, solution_name, too_few


def test_too_few_chains_for_a_verdict_are_named_and_none_are_not() -> None:
    assert [too_few(chains) for chains in (0, 1, 3, 4, 8)] == ["", "1 chain: too few", "3 chains: too few", "", ""]
    assert too_few(2, " for a verdict").endswith("few for a verdict")


def test_what_chains_begin_with_is_no_alternative() -> None:
    names = [solution_name(k) for k in (-1, 0, 1, 2)]
    assert names == ["reference", "standard", "alt-1", "alt-2"]
    assert len({solution_colour(k) for k in (-1, 0, 1, 2)}) == 4
