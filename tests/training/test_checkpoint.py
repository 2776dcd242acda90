"""A training that was stopped goes on from its checkpoint, to the same bits."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from interrupted import (
    IDENTITY,
    KINDS,
    STEPS,
    Interrupted,
    Stopping,
    complete_blocks,
    finish,
    interrupt,
    same,
    saved_step,
    standard,
    stop,
)

from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.training.checkpoint import Checkpoint

MOMENTS = (10, 23, 44)  # steps within the second, the third and the last block
EACH = pytest.mark.parametrize("kind", KINDS)
AT = pytest.mark.parametrize("at", MOMENTS)


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Ensemble]:
    return {kind: train(Stopping()) for kind, train in KINDS.items()}


@EACH
@AT
def test_after_an_exception(
    undisturbed: dict[str, Ensemble], kind: str, at: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = interrupt(kind, tmp_path / "kept", at)
    assert saved_step(checkpoint) == complete_blocks(at)
    capsys.readouterr()
    assert same(finish(kind, tmp_path / "kept"), undisturbed[kind])
    assert f"going on from step {complete_blocks(at)} ({checkpoint.path})" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


@EACH
@AT
def test_after_sigkill(
    undisturbed: dict[str, Ensemble], kind: str, at: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No handler of any kind runs. The lock of the process is gone with it."""
    script = Path(__file__).with_name("interrupted.py")
    killed = subprocess.run(
        [sys.executable, str(script), kind, str(tmp_path / "kept"), str(at)], capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr.decode()
    assert saved_step(Checkpoint(tmp_path / "kept", IDENTITY)) == complete_blocks(at)
    assert same(finish(kind, tmp_path / "kept"), undisturbed[kind])
    assert f"going on from step {complete_blocks(at)} " in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


@EACH
def test_after_three_interruptions_on_different_numbers_of_threads(
    undisturbed: dict[str, Ensemble], kind: str, tmp_path: Path
) -> None:
    for threads, at in zip((1, 3, 2), MOMENTS, strict=True):
        assert saved_step(interrupt(kind, tmp_path, at, threads=threads)) == complete_blocks(at)
    assert same(finish(kind, tmp_path, threads=3), undisturbed[kind])


@EACH
def test_after_the_last_step(undisturbed: dict[str, Ensemble], kind: str, tmp_path: Path) -> None:
    """Killed while it was judged, or while its result was written."""
    checkpoint = Checkpoint(tmp_path, IDENTITY, 0.0)
    trained = KINDS[kind](Stopping(), checkpoint)
    assert same(trained, undisturbed[kind])
    assert saved_step(checkpoint) == STEPS
    assert same(finish(kind, tmp_path), undisturbed[kind])


def test_step_by_step_on_the_portable_engine(tmp_path: Path) -> None:
    whole = standard(Stopping(), engine=TorchEngine())
    checkpoint = Checkpoint(tmp_path, IDENTITY, 0.0)
    with pytest.raises(Interrupted):
        standard(Stopping(20, stop), checkpoint, TorchEngine())
    assert saved_step(checkpoint) == 16
    assert same(standard(Stopping(), checkpoint, TorchEngine()), whole)


def test_what_the_trainings_hold(undisturbed: dict[str, Ensemble]) -> None:
    """A member that diverged, an adaptive strength that moved: else the tests above would say less."""
    one, two = undisturbed["standard"].training, undisturbed["deflation"].training
    assert one and two and one.diverged_at.tolist() == [-1, 0, -1] and np.isnan(one.loss[1]).all()
    assert len(np.unique(two.strength)) > 20 and (two.diverged_at == -1).all()


def test_a_checkpoint_changes_no_bit_of_a_training_that_nothing_stops(
    undisturbed: dict[str, Ensemble], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert same(finish("deflation", tmp_path / "kept"), undisturbed["deflation"])
    assert "going on" not in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


def test_files_stay_after_a_failure_and_go_after_success(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    other = Checkpoint(folder, {"another": "training"}, 0.0)
    with pytest.raises(Interrupted), other.held() as held:
        standard(Stopping(10, stop), held)
    checkpoint = interrupt("standard", folder, 10)
    assert checkpoint.path.exists() and other.path.exists() and checkpoint.path != other.path
    finish("standard", folder)
    assert not checkpoint.path.exists() and other.path.exists()  # that of the other training is not touched
    assert not checkpoint.path.with_suffix(".lock").exists()


def test_the_environment_sets_the_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RNNATLAS_CHECKPOINT", raising=False)
    assert not interrupt("standard", tmp_path / "default", 20, None).path.exists()  # 30 s have not passed
    monkeypatch.setenv("RNNATLAS_CHECKPOINT", "0")
    assert saved_step(interrupt("standard", tmp_path / "always", 20, None)) == 16
    monkeypatch.setenv("RNNATLAS_CHECKPOINT", "1e9")
    assert not interrupt("standard", tmp_path / "never", 20, None).path.exists()
    monkeypatch.setenv("RNNATLAS_CHECKPOINT", "often")
    with pytest.raises(AtlasError, match="RNNATLAS_CHECKPOINT"):
        Checkpoint(tmp_path, IDENTITY)
