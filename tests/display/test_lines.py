"""The lines for a width: what they say, each number with its unit, and never wider than they may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runs import BEGAN, chain

from rnnatlas.display import lines, words
from rnnatlas.display.state import State

TOLD = {"steps": 4000, "step": 2312, "first": 0, "rate": 107.2, "loss": 0.00081, "similarity": 0.1746, "members": 2, "diverged": 0}  # fmt: skip


def at_work() -> State:
    state = chain()
    state.start(0, BEGAN)
    state.finish(0, BEGAN + 100.0)
    state.start(3, BEGAN + 100.0)
    state.told[3] = TOLD
    state.start(2, BEGAN + 100.0)
    return state


def test_a_block_says_how_far_what_runs_and_what_is_next() -> None:
    assert lines.block(at_work(), BEGAN + 110.0, 100, 24) == [
        "made: 66 % ###################----------- 1 of 4 jobs, about 25 s left",
        "  alternatives memory_pro insd alt-1: step 2,312 of 4,000, 107 steps/s, loss 0.0008, about 15 s left",
        "  decoding memory_pro g1.5: 10 s of about 30 s",
        "  next: fixed points memory_pro g1.5",
    ]


@pytest.mark.parametrize("width", [1, 20, 37, 40, 60, 79, 80, 200])
@pytest.mark.parametrize("height", [1, 2, 3, 24])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "no such", None])
def test_it_fits(width: int, height: int, encoding: str | None) -> None:
    found = lines.block(at_work(), BEGAN + 110.0, width, height, lines.signs(encoding))
    assert 1 <= len(found) <= height
    assert all(len(line) <= max(width, lines.LEAST) for line in found)
    if encoding == "utf-8":
        assert width < 80 or "█" in found[0]
    else:
        assert "".join(found).isascii()


def test_what_there_is_no_room_for_is_left_out_and_the_time_left_last() -> None:
    said = [lines.running(at_work(), 3, BEGAN + 110.0, width) for width in (200, 104, 90, 70, 60)]
    assert [[name in line for name in ("similarity", "steps/s", "loss", "step 2", "s left")] for line in said] == [
        [True, True, True, True, True],
        [False, True, True, True, True],
        [False, False, True, True, True],
        [False, False, False, False, True],
        [False, False, False, False, True],
    ]


def test_more_jobs_than_lines_are_counted() -> None:
    state = chain()
    for place in range(4):
        state.start(place, BEGAN)
    found = lines.block(state, BEGAN, 80, 4)
    assert len(found) == 3 and found[-1] == "  and 3 more"


def test_a_job_that_takes_longer_says_so() -> None:
    assert lines.running(at_work(), 2, BEGAN + 200.0).endswith("1 min 40 s, expected: about 30 s")


def test_a_training_that_is_done_says_what_became_of_it() -> None:
    state = at_work()
    state.tell(3, TOLD | {"accepted": 1, "performance": 0.9537})
    state.finish(3, BEGAN + 300.0)
    assert (
        lines.ended(state, 3)
        == "done: alternatives memory_pro insd alt-1, 3 min 20 s, 1 of 2 networks accepted, performance 0.954"
    )


def test_a_figure_that_is_drawn_says_where_it_is() -> None:
    state = at_work()
    drawn = replace(
        state.run.jobs[2], outputs=["results/made/figures/figure_3.png", "results/made/figures/figure_3.pdf"]
    )
    state.run.jobs[2] = drawn
    state.finish(2, BEGAN + 104.0)
    assert lines.ended(state, 2) == f"done: {drawn.name}, 4 s: results/made/figures/figure_3.png"


def test_diverged_networks_are_counted() -> None:
    state = at_work()
    state.told[3] = TOLD | {"diverged": 1, "loss": None}
    assert "1 of 2 networks diverged" in lines.running(state, 3, BEGAN) and "loss" not in lines.running(state, 3, BEGAN)


def test_a_failure_shows_the_end_of_the_log_and_where_it_is() -> None:
    state = at_work()
    state.fail(3, BEGAN + 300.0)
    assert lines.failure(state, 3, ["one", "two"]) == ["failed: alternatives memory_pro insd alt-1", "  | one", "  | two", "  log: results/made/logs/3.log"]  # fmt: skip
    assert "1 of 4 jobs, 1 failed" in lines.whole(state, BEGAN, 80)


def test_plain_lines_say_the_same_in_one() -> None:
    assert lines.plain(at_work(), BEGAN + 110.0) == "66 % of the time, 1 of 4 jobs, about 25 s left; next: fixed points memory_pro g1.5"  # fmt: skip


def test_all_is_done() -> None:
    state = chain()
    for place in range(4):
        state.start(place, BEGAN)
        state.finish(place, BEGAN + 1.0)
    assert lines.block(state, BEGAN, 60, 24) == ["made: 100 % ############################ 4 of 4 jobs, done"]


@pytest.mark.parametrize(
    ("seconds", "said", "guessed"),
    [
        (0.2, "0 s", "about 1 s"),
        (59.6, "1 min 00 s", "about 60 s"),
        (200.0, "3 min 20 s", "about 3 min"),
        (3599.7, "1 h 00 min", "about 60 min"),
        (7500.0, "2 h 05 min", "about 2 h 05 min"),
        (7199.0, "2 h 00 min", "about 2 h 00 min"),
    ],
)
def test_durations(seconds: float, said: str, guessed: str) -> None:
    assert (words.duration(seconds), words.about(seconds)) == (said, guessed)


@pytest.mark.parametrize(("part", "said"), [(0.0, "0 %"), (0.999, "99 %"), (1 - 1e-9, "99 %"), (1.0, "100 %")])
def test_only_what_is_whole_is_a_hundred(part: float, said: str) -> None:
    assert words.share(part) == said
