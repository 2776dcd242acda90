"""Disks that refuse a checkpoint: the training goes on without it, and says so."""

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from interrupted import IDENTITY, Interrupted, Stopping, finish, interrupt, same, saved_step, standard, stop

from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.training.checkpoint import Checkpoint

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def undisturbed() -> Ensemble:
    return standard(Stopping())


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes, as on a disk that runs full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_costs_the_checkpoint_alone(
    undisturbed: Ensemble, tmp_path: Path, capsys: Captured
) -> None:
    checkpoint = Checkpoint(tmp_path, IDENTITY, 0.0)
    with checkpoint.held() as held:
        with small_files(1000):
            trained = standard(Stopping(), held)
        assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]  # nothing half-written
    assert same(trained, undisturbed)
    said = capsys.readouterr().err
    assert said.count("no checkpoint: ") == 6 and str(checkpoint.path) in said and "could not be written" in said


def test_a_disk_that_runs_full_keeps_the_last_checkpoint(undisturbed: Ensemble, tmp_path: Path) -> None:
    checkpoint = interrupt("standard", tmp_path, 10)
    with pytest.raises(Interrupted), checkpoint.held() as held, small_files(1000):
        standard(Stopping(30, stop), held)
    assert saved_step(checkpoint) == 8
    assert same(finish("standard", tmp_path), undisturbed)


def test_what_a_process_left_half_written_goes_with_the_rest(undisturbed: Ensemble, tmp_path: Path) -> None:
    """It is killed within the writing of its second checkpoint, by the signal for a file that grows too large."""
    folder = tmp_path / "kept"
    first = interrupt("standard", folder, 10).path.read_bytes()
    script = (
        "import resource, signal, sys; sys.path.insert(0, sys.argv[1]); import interrupted as it\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with it.Checkpoint(sys.argv[2], it.IDENTITY, 0.0).held() as held: it.standard(it.Stopping(), held)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(Path(__file__).parent), str(folder)], check=False)
    assert killed.returncode == -signal.SIGXFSZ
    assert [file.stat().st_size for file in folder.glob(".*.part")] == [1000]
    assert [file.read_bytes() for file in folder.glob("[!.]*.h5")] == [first]
    assert same(finish("standard", folder), undisturbed)
    assert not folder.exists()


def test_a_folder_that_is_gone_costs_the_checkpoint_alone(
    undisturbed: Ensemble, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "kept"
    with Checkpoint(folder, IDENTITY, 0.0).held() as held:
        held.path.with_suffix(".lock").unlink()
        folder.rmdir()
        folder.touch()  # a file in its place: not even root can write into it
        trained = standard(Stopping(), held)
        folder.unlink()
    assert same(trained, undisturbed)
    assert "no checkpoint: " in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AtlasError, match="could not be written") as caught:
        finish("standard", tmp_path / "file" / "kept")
    assert str(tmp_path / "file" / "kept") in (caught.value.file or "")
