import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnatlas.streams.keys import generator, stream_key

NAME = st.lists(st.one_of(st.integers(), st.text(max_size=6)), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("ab",)),
        ((1,), ("1",)),
        ((1, 2), (12,)),
        (("a",), ("a", "")),
        (("a", "b"), ("b", "a")),
        (("a", "b"), ("a;str:b",)),
        (("a", "b"), ("a;str1:b",)),
        ((), ("",)),
    ],
)
def test_names_that_look_alike_name_different_streams(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> None:
    assert stream_key(*one) != stream_key(*other)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(NAME, NAME)
def test_keys_are_equal_exactly_where_names_are(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> None:
    assert (stream_key(*one) == stream_key(*other)) == (one == other)
    assert 0 <= stream_key(*one) < 2**64


def test_keys_and_draws_do_not_depend_on_the_process() -> None:
    script = (
        "from rnnatlas.streams.keys import generator, stream_key;"
        "print(stream_key(3, 'flip_flop', 'ü', 'training', 0), generator(3, 'x').standard_normal().hex())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {f"{stream_key(3, 'flip_flop', 'ü', 'training', 0)} {generator(3, 'x').standard_normal().hex()}\n"}


def test_a_name_always_gives_the_same_draws_and_its_neighbour_independent_ones() -> None:
    a, b = generator(0, "x").standard_normal(20000), generator(1, "x").standard_normal(20000)
    assert np.array_equal(a, generator(0, "x").standard_normal(20000))
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(20000)
