"""What is said of a study from what its last run left behind."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import socket
from pathlib import Path

import pytest
from runs import chain

from rnnatlas.beacon import Beacon
from rnnatlas.display import status
from rnnatlas.display.run import RECORD, Job, Run
from rnnatlas.display.speed import Speed

GONE = 2**22 + 1  # above the largest number of a process


def run_in(folder: Path, **changes: object) -> Run:
    """The run of ``runs.chain`` in a folder, by this process, just begun."""
    jobs = [dataclasses.replace(job, log=str(folder / "logs" / f"{job.number}.log"), outputs=[str(folder / f"{job.number}.h5")]) for job in chain().run.jobs]  # fmt: skip
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    run = dataclasses.replace(Run("made", 2, "raw.log", jobs, ["/somewhere/snakemake", "all", "a b"]), **changes)
    assert run.write(folder / "logs" / RECORD)
    return run


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert status.main([str(folder)]) == 0
    return capsys.readouterr().out


def ends(run: Run, place: int, state: str, **told: object) -> None:
    beacon = Beacon(run.jobs[place].log)
    beacon.tell(**told)
    beacon.end(state)


@pytest.fixture(autouse=True)
def no_speed_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RNNATLAS_CACHE", str(tmp_path / "cache"))


def test_a_study_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_in(tmp_path)
    ends(run, 0, "done")
    Beacon(run.jobs[3].log).tell(steps=1000, step=500, first=0, rate=5.0, loss=0.25, members=1, diverged=0)
    text = said(tmp_path, capsys)
    assert f"process {os.getpid()} on {socket.gethostname()}" in text
    assert "alternatives memory_pro insd alt-1: step 500 of 1,000, 5 steps/s, loss 0.2500, about 2 min left" in text
    assert "1 of 4 jobs" in text and "not begun: 1 decoding, 1 fixed_points" in text
    assert "begun by: snakemake all 'a b'" in text and "raw.log" in text


def test_a_study_that_stands_still(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_in(tmp_path, pid=GONE)
    ends(run, 0, "done")
    ends(run, 1, "failed")
    Path(run.jobs[1].log).write_text("first\nerror: the reason\n")
    Beacon(run.jobs[3].log).tell()  # killed
    text = said(tmp_path, capsys)
    assert re.search(
        r"stands still: about \d+ \w+ of work left on 2 cores; the same command goes on where it stopped", text
    )
    assert "failed: fixed points memory_pro g1.5" in text and "| error: the reason" in text and run.jobs[1].log in text
    assert "interrupted: alternatives memory_pro insd alt-1" in text and "not begun: 1 decoding" in text


def test_a_study_that_is_finished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_in(tmp_path, pid=GONE)
    for place in (0, 1, 2):
        ends(run, place, "done")
    Path(run.jobs[3].outputs[0]).write_text("")  # a job that told nothing
    text = said(tmp_path, capsys)
    assert "made: 100 % of the time, 4 of 4 jobs" in text and "finished" in text and "begun by" not in text


def test_what_an_earlier_run_left_does_not_count(tmp_path: Path) -> None:
    run = run_in(tmp_path)
    ends(run, 0, "done")
    later = dataclasses.replace(run, began=run.began + 3600.0)
    assert not status.state_of(later, Speed(), True).done


def test_another_machine_is_believed_until_it_is_silent(tmp_path: Path) -> None:
    run = run_in(tmp_path, host="another.machine", pid=GONE)
    assert run.alive() is None
    Beacon(run.jobs[0].log).tell()
    for later, doubt in ((1.0, False), (600.0, True)):
        now = run.began + later
        text = "\n".join(status.report(run, status.state_of(run, Speed(), None), now, 200, None))
        assert "on another.machine" in text and ("silent for" in text) == doubt


def test_a_number_that_another_process_has_now_is_not_the_run(tmp_path: Path) -> None:
    assert run_in(tmp_path).alive() is True
    assert run_in(tmp_path, born=1.0).alive() is False


@pytest.mark.parametrize("text", ["", "{}", "[]", json.dumps({"jobs": [{}]})])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / RECORD).write_text(text)
    assert status.main([str(tmp_path)]) == 1
    assert str(tmp_path / "logs" / RECORD) in capsys.readouterr().err


def test_no_study_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert status.main([]) == 1
    assert "make quick" in capsys.readouterr().err


def test_all_studies_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        run_in(Path("results") / name, study=name)
    assert status.main([]) == 0
    out = capsys.readouterr().out
    assert "one: 0 %" in out and "two: 0 %" in out


@pytest.mark.parametrize(
    ("rule", "wildcards", "name"),
    [
        ("train_alternatives", {"task": "flip_flop", "chains": "insd", "round": "2"}, "alternatives flip_flop insd alt-2"),
        ("limit_sets", {"task": "flip_flop", "ensemble": "alternatives/my_chain_alt1"}, "limit sets flip_flop my_chain alt-1"),
        ("table", {"task": "flip_flop", "among": "controls/"}, "table flip_flop controls"),
        ("table", {"task": "flip_flop", "among": ""}, "table flip_flop"),
        ("figure_3", {}, "figure 3"),
    ],
)  # fmt: skip
def test_names_of_jobs(rule: str, wildcards: dict[str, str], name: str) -> None:
    assert Job(0, rule, wildcards, "", [], 1, 1.0, []).name == name


def test_a_study_in_another_folder_is_read_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run records its files by paths from the folder that it was begun in; asked from elsewhere, it had done nothing."""
    own, elsewhere = tmp_path / "own", tmp_path / "elsewhere"
    own.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(own)
    run = run_in(Path("results/made"))
    ends(run, 0, "done")
    monkeypatch.chdir(elsewhere)
    assert "1 of 4 jobs" in said(own / "results" / "made", capsys)
    assert "1 of 4 jobs" in said(Path("../own/results/made"), capsys)


def test_the_time_left_learns_from_the_jobs_that_have_ended(tmp_path: Path) -> None:
    """What was kept of busy runs is corrected by this run's own jobs, whoever asks."""
    run = run_in(tmp_path)
    beacon = Beacon(run.jobs[0].log)
    beacon.tell()
    beacon.end("done")
    slow = status.state_of(run, Speed({"": 8.0}), alive=True)
    assert slow.done[0] < run.jobs[0].seconds / 10
    kept = Speed({"": 8.0})
    assert slow.speed.ratio() < kept.ratio() and slow.speed.expected[run.jobs[0].rule] == run.jobs[0].seconds
