"""Shares of time, time left and what is next, on runs small enough to reckon by hand."""

from __future__ import annotations

import dataclasses

import pytest
from runs import BEGAN, chain, job

from rnnatlas.display.speed import Speed
from rnnatlas.display.state import State


def test_the_longest_row_of_jobs_is_the_time_left_where_cores_are_many() -> None:
    assert chain(cores=8).time_left(BEGAN) == 300.0  # 100 + 200: the analyses fit beside


def test_the_work_over_the_cores_is_the_time_left_where_they_are_few() -> None:
    assert chain(cores=1).time_left(BEGAN) == 340.0


def test_threads_count_as_work() -> None:
    state = chain()
    run = dataclasses.replace(
        state.run, jobs=[job(0, "decoding", 50.0, threads=2), job(1, "decoding", 50.0, threads=2)]
    )
    assert State(run, Speed()).time_left(BEGAN) == 100.0


def test_the_share_is_of_time_not_of_jobs() -> None:
    state = chain()
    state.start(0, BEGAN)
    state.finish(0, BEGAN + 100.0)
    assert state.share(BEGAN + 100.0) == pytest.approx(100 / 340)
    state.start(1, BEGAN + 100.0)
    assert state.share(BEGAN + 105.0) == pytest.approx((100 + 5) / 340)


def test_what_was_done_earlier_counts() -> None:
    state = chain()
    jobs = [dataclasses.replace(one, due=one.number != 0) for one in state.run.jobs]
    state = State(dataclasses.replace(state.run, jobs=jobs), Speed())
    assert state.share(BEGAN) == pytest.approx(100 / 340)
    assert state.next[0] == 3 and 0 not in state.waiting


def test_a_training_is_as_far_as_its_own_steps() -> None:
    state = chain()
    state.start(0, BEGAN)
    state.told[0] = {"steps": 4000, "step": 1000, "rate": 10.0}
    assert state.left(0, BEGAN + 100.0) == 300.0
    assert state.share(BEGAN + 100.0) == pytest.approx(0.25 * 100 / 340)


def test_a_running_training_teaches_the_speed_at_once() -> None:
    state = chain()
    state.start(0, BEGAN)
    state.tell(0, {"steps": 4000, "step": 2000, "first": 0, "rate": 10.0})  # 200 s for what was to take 50 s
    assert state.speed.ratio("train_standard") == pytest.approx((200 + 30 * (200 + 30) / (50 + 30)) / (50 + 30))
    assert state.speed.ratio() == pytest.approx((200 + 30) / (50 + 30))
    state.fail(0, BEGAN + 200.0)
    assert state.speed.ratio() == 1.0


def test_a_training_that_went_on_teaches_only_what_it_did() -> None:
    state = chain()
    state.start(0, BEGAN)
    state.tell(0, {"steps": 4000, "step": 4000, "first": 3000, "rate": 40.0})
    state.finish(0, BEGAN + 25.0)
    assert state.speed.ratio() == 1.0


def test_a_job_that_takes_longer_than_expected_is_never_about_to_end() -> None:
    state = chain()
    state.start(1, BEGAN)
    assert state.left(1, BEGAN + 4.0) == pytest.approx(6.0)
    assert state.left(1, BEGAN + 500.0) == pytest.approx(50.0)
    assert state.share(BEGAN + 500.0) < 10 / 340


def test_next_is_what_can_begin_longest_row_first() -> None:
    state = chain()
    assert state.next == [0] and state.waiting == [0, 3, 2, 1]
    state.start(0, BEGAN)
    assert state.next == [3, 2, 1]
    state.fail(0, BEGAN + 1.0)
    assert state.next == [] and state.waiting == [3, 2, 1]


def test_what_an_interrupted_training_has_is_not_lost() -> None:
    state = chain(cores=8)
    state.start(0, BEGAN)
    state.tell(0, {"steps": 100, "step": 50, "first": 0, "rate": 1.0})
    state.fail(0, BEGAN + 50.0, "interrupted")
    assert state.share(BEGAN + 50.0) == pytest.approx(50 / 340)
    assert state.time_left(BEGAN + 50.0) == 250.0


def test_an_empty_run_is_done() -> None:
    state = State(dataclasses.replace(chain().run, jobs=[]), Speed())
    assert state.share(BEGAN) == 1.0 and state.time_left(BEGAN) == 0.0
