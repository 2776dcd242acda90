"""A training job that is killed goes on where it was once the same command is given, and ends with the same bytes."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from study_copy import Changes, Run, StudyCopy

from rnnatlas.artifacts.store import read_artifact
from rnnatlas.artifacts.training_schemas import CHECKPOINT
from rnnatlas.errors import AtlasError

STEPS = 4000  # several seconds
TARGET = "flip_flop/alternatives/insd_alt1/networks.h5"
REFERENCES = [f"flip_flop/standard/{population}/networks.h5" for population in ("g0.5", "g1.5")]
CHANGES: Changes = {
    "task/flip_flop/deflation/training/steps": STEPS,
    "task/flip_flop/deflation/strength": "auto",
    "task/flip_flop/deflation/noise": "own",
}


def alternatives(study: StudyCopy) -> Run:
    return study.snakemake(f"results/tiny/{TARGET}", changes=CHANGES, environment={"RNNATLAS_CHECKPOINT": "0.2"})


def said(study: StudyCopy) -> list[int]:
    """The steps from which the job's log says that it went on."""
    log = study.results / "logs" / TARGET.replace(".h5", ".log")
    return [int(step) for step in re.findall(r"^going on from step (\d+) ", log.read_text(), re.MULTILINE)]


def saved(study: StudyCopy) -> int:
    """The step of the job's checkpoint; 0 where there is none yet."""
    for file in (study.results / ".checkpoints").glob("[!.]*.h5"):
        try:
            return int(read_artifact(file, CHECKPOINT).data["step"][0])
        except AtlasError:  # gone since it was listed
            return 0
    return 0


def holders(study: StudyCopy) -> set[int]:
    """The processes that hold the lock of a training of this study."""
    found = set()
    for process in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):  # that process is gone, or one of its files is
            found |= {int(process) for file in Path("/proc", process, "fd").iterdir() if is_lock(file, study)}
    return found


def is_lock(file: Path, study: StudyCopy) -> bool:
    try:
        target = file.readlink()
    except OSError:
        return False
    return target.suffix == ".lock" and target.parent == (study.results / ".checkpoints").resolve()


def kill_beyond(study: StudyCopy, step: int) -> int:
    """Run until a checkpoint is at or beyond ``step``, then kill the job; returns the step that is kept."""
    with ThreadPoolExecutor(1) as pool:
        run: Future[Run] = pool.submit(alternatives, study)
        while saved(study) < max(step, 1):
            assert not run.done(), run.result().text
            time.sleep(0.02)
        (job,) = holders(study)
        os.kill(job, signal.SIGKILL)
        finished = run.result()
    assert finished.status != 0
    assert not (study.results / TARGET).exists()
    return saved(study)


def sha256(study: StudyCopy) -> str:
    return hashlib.sha256((study.results / TARGET).read_bytes()).hexdigest()


def test_a_job_killed_three_times_ends_with_the_bytes_of_one_that_was_left_alone(
    checkout: StudyCopy, tmp_path: Path
) -> None:
    calm = checkout.copy(tmp_path / "calm")
    begun = calm.snakemake(*(f"results/tiny/{name}" for name in REFERENCES), changes=CHANGES)
    assert begun.status == 0, begun.text
    disturbed = calm.copy(tmp_path / "disturbed")
    with ThreadPoolExecutor(1) as pool:
        alone = pool.submit(alternatives, calm)
        kept = [0]
        for share in (0.0, 0.3, 0.6):
            kept.append(kill_beyond(disturbed, max(int(share * STEPS), kept[-1] + 1)))
            assert said(disturbed) == [step for step in kept[-2:-1] if step]
        last = alternatives(disturbed)
        assert last.status == 0, last.text
        assert last.jobs == {"train_alternatives flip_flop insd 1"}
        assert alone.result().status == 0, alone.result().text
    assert 0 < kept[1] < kept[2] < kept[3] < STEPS
    assert said(disturbed) == [kept[3]] and said(calm) == []
    assert sha256(disturbed) == sha256(calm)
    for study in (calm, disturbed):
        assert not [*(study.results / ".checkpoints").glob("[!.]*")]
        assert study.would_run(f"results/tiny/{TARGET}", changes=CHANGES) == set()
