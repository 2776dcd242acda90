"""What was once taken without a word, or ended in a raw error; and what is taken on purpose."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from examples import EXAMPLES, NETWORKS, SYSTEM, TASK, TRIALS
from test_doors import FUNCTIONS, call

from rnnatlas.checks.arguments import checked
from rnnatlas.dynamics import find_fixed_points
from rnnatlas.errors import AtlasError
from rnnatlas.networks import Ensemble
from rnnatlas.similarity import dsa
from rnnatlas.tasks import get_task

CASES: dict[str, tuple[Any, str]] = {
    "negative noise": (lambda: NETWORKS.simulate(TRIALS.inputs, noise=-1), "noise: a number that is at least 0 is expected, found -1"),
    "a word for noise": (lambda: NETWORKS.simulate(TRIALS.inputs, noise="none"), "noise: a finite number is expected, found 'none'"),
    "NaN inputs": (lambda: NETWORKS.simulate(TRIALS.inputs * np.nan), "inputs: finite numbers are expected"),
    "no starts": (lambda: find_fixed_points(NETWORKS, np.zeros(2), np.zeros((0, 6))), "starts: at least one entry"),
    "starts of other networks": (lambda: find_fixed_points(NETWORKS, np.zeros(2), np.zeros((4, 5))), r"starts: \[start, 6\] is expected, found \[4, 5\]"),
    "no such member": (lambda: find_fixed_points(NETWORKS, np.zeros(2), np.zeros((4, 6)), member=2), "member: a member of 2"),
    "dsa of samples": (lambda: dsa([SYSTEM[0], SYSTEM], 2, 3), r"systems\[0\]: 3 axes \[trial, time, _\]"),
    "dsa of trajectories": (lambda: dsa([NETWORKS.simulate(TRIALS.inputs)], 2, 3), r"systems\[0\]: .*\n.*states, rates, outputs"),
    "dsa of other trials": (lambda: dsa([SYSTEM, SYSTEM[:3]], 2, 3), r"systems\[1\]: 6 entries along the axis 'trial', as of systems\[0\]"),
    "trials of another task": (
        lambda: get_task("memory_pro").performance(NETWORKS.simulate(TRIALS.inputs).outputs, TRIALS), "trials of 'MemoryPro' are expected",
    ),
    "outputs of other trials": (lambda: TASK.performance(NETWORKS.simulate(TRIALS.inputs[:3]).outputs, TRIALS), r"outputs: \[…, 8, "),
    "a misspelt setting": (lambda: get_task("flip_flop", probabilty=0.1), "did you mean 'probability'"),
    "no trials to draw": (lambda: TASK.trials(-4, 0), "count: a number that is at least 1"),
    "biases of five units": (
        lambda: replace(NETWORKS, parameters=replace(NETWORKS.parameters, bias=np.zeros((2, 5), np.float32))), "parameters.bias: 6 entries",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attempt", "message"), CASES.values(), ids=CASES)
def test_it_is_refused_with_its_reason(attempt: Any, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        attempt()


@pytest.mark.parametrize("name", sorted(name for name, example in EXAMPLES.items() if example.runs))
def test_a_list_of_numbers_is_the_array_that_it_says(name: str) -> None:
    given = EXAMPLES[name].given()
    arrays = {key: value for key, value in given.items() if isinstance(value, np.ndarray) and value.dtype == np.float64}
    for key, value in arrays.items():
        one = call(FUNCTIONS[name], EXAMPLES[name].given())
        other = call(FUNCTIONS[name], EXAMPLES[name].given() | {key: value.tolist()})
        assert pickle.dumps(one) == pickle.dumps(other)


def test_whole_numbers_are_floats_where_these_are_expected() -> None:
    quiet = NETWORKS.simulate(TRIALS.inputs, noise=0.0, engine="torch").outputs
    np.testing.assert_array_equal(NETWORKS.simulate(TRIALS.inputs, noise=np.int64(0), engine="torch").outputs, quiet)
    ones = np.ones((2, 3, 2), dtype=int)
    np.testing.assert_array_equal(
        NETWORKS.simulate(ones, 0.0, engine="torch").rates, NETWORKS.simulate(1.0 * ones, 0.0, engine="torch").rates
    )


def test_what_a_door_hands_out_is_the_same_function_and_goes_through_a_pickle() -> None:
    from rnnatlas.similarity import dsa as again

    assert again is dsa and pickle.loads(pickle.dumps(dsa)) is dsa
    assert dsa.__doc__ == dsa.__wrapped__.__doc__


def test_a_method_is_held_to_its_annotations() -> None:
    with pytest.raises(AtlasError, match="path: a word or a Path is expected, found 3"):
        Ensemble.from_file(3)  # type: ignore[arg-type]


def test_an_argument_without_annotation_is_left_alone() -> None:
    def half(number, of: float = 2.0):  # type: ignore[no-untyped-def]
        return number / of

    assert checked(half)(1 + 1j) == 0.5 + 0.5j
    with pytest.raises(AtlasError, match="of: a finite number"):
        checked(half)(1, of="two")
