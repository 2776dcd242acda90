"""A file that cannot be opened: what is wrong with it, and a remedy that helps."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from rnnatlas.artifacts.opening import why_not_opened
from rnnatlas.artifacts.store import read_artifact, write_artifact, write_bytes
from rnnatlas.artifacts.training_schemas import NETWORKS
from rnnatlas.errors import AtlasError
from rnnatlas.similarity.recordings import read_recording
from rnnatlas.tasks.registry import get_task

OPENS = "import h5py, sys; file = h5py.File(sys.argv[1], 'r+'); print('open', flush=True); sys.stdin.read()"


def hdf5(path: Path) -> bytes:
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(1000)
    return path.read_bytes()


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere.h5"))


def truncated(path: Path) -> None:
    path.write_bytes(hdf5(path)[:-500])


def newer(path: Path) -> None:
    content = bytearray(hdf5(path))
    content[8] = 77  # the version of the superblock
    path.write_bytes(content)


def archive(path: Path) -> None:
    with open(path, "wb") as file:
        np.savez(file, rates=np.zeros(3))


# How the file is made; what the error says of a recording; of networks; what the remedy of the first holds.
FAULTS: dict[str, tuple[Callable[[Path], object], str, str, str]] = {
    "missing": (lambda path: None, "this file is missing", "this file is missing", "look at its name"),
    "folder": (folder, "this is a folder", "this is a folder", "name the file in it"),
    "link": (dangling, "link to .*elsewhere.h5, which is missing", "link to .*elsewhere.h5", "mend the link"),
    "empty": (lambda path: path.touch(), "this file is empty", "something else: it is empty", "copied to the end"),
    "text": (lambda path: path.write_bytes(b"rates"), "this is something else", "something else", "docs/recordings.md"),
    "old MATLAB": (lambda path: path.write_bytes(b"MATLAB 5.0 MAT-file, "), "MATLAB file of an older", "something else", "-v7.3"),
    "npz": (archive, "npz", "something else", "h5py"),
    "truncated": (truncated, "truncated", "HDF5 file of another origin", "copy it again"),
    "newer": (newer, "newer format", "HDF5 file of another origin", "upgrade h5py"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "recording", "networks", "remedy"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_is_none_is_told_what_it_is(
    tmp_path: Path, make: Callable[[Path], object], recording: str, networks: str, remedy: str
) -> None:
    path = tmp_path / "a.h5"
    make(path)
    with pytest.raises(AtlasError, match=recording) as caught:
        read_recording(path, get_task("flip_flop"))
    assert caught.value.file == str(path) and remedy in caught.value.remedy
    with pytest.raises(AtlasError, match=networks) as caught:
        read_artifact(path, NETWORKS)
    assert "train_standard" in caught.value.remedy


def test_a_file_that_another_process_writes_is_to_be_closed_there(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    hdf5(path)
    environment = os.environ | {"HDF5_USE_FILE_LOCKING": "TRUE"}
    writer = subprocess.Popen(
        [sys.executable, "-c", OPENS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert writer.stdout is not None
    try:
        if writer.stdout.readline() != b"open\n":
            pytest.skip("this file system has no locks")
        with pytest.raises(AtlasError, match="another process has this file open") as caught:
            read_recording(path, get_task("flip_flop"))
        assert "close it there" in caught.value.remedy
    finally:
        writer.communicate()
    with pytest.raises(AtlasError, match="rates"):  # it is closed, and read
        read_recording(path, get_task("flip_flop"))


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    hdf5(path)
    expected, remedy = why_not_opened(path, PermissionError(13, "Permission denied"), "nothing")
    assert "may not be read" in expected and "permissions" in remedy
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user (root) may read everything")
    with pytest.raises(AtlasError, match="may not be read"):
        read_recording(path, get_task("flip_flop"))


def test_the_schema_of_another_version_is_called_so(tmp_path: Path) -> None:
    newer = type(NETWORKS)("networks", NETWORKS.version + 1, "train_standard", {})
    write_artifact(tmp_path / "a.h5", newer, {}, {}, "test")
    with pytest.raises(AtlasError, match="another version of rnn-atlas"):
        read_artifact(tmp_path / "a.h5", NETWORKS)


@pytest.mark.parametrize(("name", "said"), [("folder", "another name"), ("file/a/b", "file is a file, not a folder")])
def test_a_place_where_no_file_can_be_is_not_a_matter_of_space(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(AtlasError) as caught:
        write_bytes(tmp_path / name, b"x")
    assert said in caught.value.remedy and "space" not in caught.value.remedy
