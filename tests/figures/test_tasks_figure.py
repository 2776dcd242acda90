"""Which trials the figure of the tasks shows."""

import numpy as np
import pytest

from rnnatlas.figures.tasks_data import differing
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.registry import get_task


@pytest.mark.parametrize("name", ["context_integration", "flip_flop", "memory_pro"])
def test_two_trials_that_are_solved_and_differ(name: str) -> None:
    task = get_task(name)
    trials = task.draw(32, generator(3, "trials"))
    score = np.where(np.arange(32) % 2, 1.0, 0.5)
    one, other = differing(task, trials, score)
    assert one == 1 and score[other] == 1.0 and one != other
    value = {key: values[[one, other]] for key, values in trials.conditions.items()}
    if name == "context_integration":
        assert value["context"][0] != value["context"][1]
    if name == "flip_flop":
        assert all(value[f"bit {k}"][0] != value[f"bit {k}"][1] for k in (1, 2, 3))
    if name == "memory_pro":
        assert np.cos(np.diff(value["angle"]))[0] < -0.8


def test_two_trials_are_shown_even_where_one_alone_is_solved_or_nothing_is_judged() -> None:
    task = get_task("flip_flop")
    trials = task.draw(2, generator(3, "trials"))
    for score in ([0.0, 1.0], [np.nan, np.nan], [1.0, np.nan]):
        assert differing(task, trials, np.array(score)).tolist() == [0, 1]
