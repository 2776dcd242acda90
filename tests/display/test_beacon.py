"""What a job tells of itself: whole or not at all, and never at the job's cost."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rnnatlas.beacon import Beacon, progress_file, read_progress
from rnnatlas.config.training import NetworkSettings, TrainingSettings
from rnnatlas.engine.select import select_engine
from rnnatlas.errors import AtlasError
from rnnatlas.job import job
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.loop import fit
from rnnatlas.training.member import Member
from rnnatlas.training.run import TrainingRun
from rnnatlas.training.standard import fresh_networks


def of_rule(folder: Path) -> SimpleNamespace:
    """What a script is given, as far as its frame looks."""
    return SimpleNamespace(log=[str(folder / "networks.log")], rule="train", params=SimpleNamespace(cfg={}))


def test_it_says_what_it_was_told_and_who_says_it(tmp_path: Path) -> None:
    Beacon(tmp_path / "a.log").tell(step=3, loss=math.nan, rate=math.inf, similarity=None)
    told = read_progress(tmp_path / "a.log")
    assert told["state"] == "running" and told["step"] == 3 and told["similarity"] is None and told["pid"] > 0
    assert not {"loss", "rate"} & set(told)
    assert [path.name for path in tmp_path.iterdir()] == ["a.progress"]


def test_it_is_due_now_and_then_only(tmp_path: Path) -> None:
    beacon = Beacon(tmp_path / "a.log", every=3600.0)
    assert beacon.due()
    beacon.tell()
    assert not beacon.due()


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, text: str) -> None:
    progress_file(tmp_path / "a.log").write_text(text)
    assert read_progress(tmp_path / "a.log") == read_progress(tmp_path / "none.log") == {}


def test_where_it_cannot_be_written_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Beacon(tmp_path / "file" / "a.log").tell(step=1)
    (tmp_path / "a.progress").mkdir()
    Beacon(tmp_path / "a.log").end("done")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.progress", "file"]


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [(AtlasError(None, "a", "b", "c"), "failed", 1), (KeyboardInterrupt(), "interrupted", 130), (ValueError("oh"), "failed", None)],
)  # fmt: skip
def test_a_job_says_how_it_ended(tmp_path: Path, error: BaseException, state: str, code: int | None) -> None:
    def script() -> None:
        with job(of_rule(tmp_path)):
            Beacon(tmp_path / "networks.log").tell(step=7)
            raise error

    with pytest.raises(SystemExit if code else type(error)) as raised:
        script()
    told = read_progress(tmp_path / "networks.log")
    assert (told["state"], told["step"], told["rule"]) == (state, 7, "train") and told["seconds"] >= 0
    if code:
        assert isinstance(raised.value, SystemExit) and raised.value.code == code
    log = (tmp_path / "networks.log").read_text()
    assert ("Traceback" in log) == isinstance(error, ValueError)


def test_a_training_tells_its_steps_and_ends_with_the_same_bits(tmp_path: Path) -> None:
    task = get_task("flip_flop", duration=400.0)
    members = [Member((0, "beacon"), number) for number in range(2)]
    fresh = fresh_networks(task, NetworkSettings(units=8), 1.0, members)
    settings = TrainingSettings(steps=20, batch=4, acceptance=0.0, acceptance_trials=4)
    watched = TrainingRun(members, select_engine("auto", 1), beacon=Beacon(tmp_path / "a.log", every=0.0))
    found = [fit(fresh, task, settings, run) for run in (watched, TrainingRun(members, select_engine("auto", 1)))]
    for one, other in zip(found[0].parameters, found[1].parameters, strict=True):
        np.testing.assert_array_equal(one, other)
    told = json.loads((tmp_path / "a.progress").read_text())
    assert [told[name] for name in ("first", "step", "steps", "members", "accepted", "diverged")] == [
        0,
        20,
        20,
        2,
        2,
        0,
    ]
    assert found[0].training is not None
    assert told["loss"] == pytest.approx(float(np.median(found[0].training.loss[:, -1])))
    assert told["performance"] == pytest.approx(float(np.median(found[0].training.performance)))
