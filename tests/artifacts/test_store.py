import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from rnnatlas.artifacts.document import artifacts_markdown
from rnnatlas.artifacts.schema import Dataset, Schema
from rnnatlas.artifacts.schemas import all_schemas, schema_of
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS, TRIALS
from rnnatlas.artifacts.trials_file import read_trials, write_trials
from rnnatlas.errors import AtlasError
from rnnatlas.tasks.registry import get_task

EVERYTHING = Schema(
    "everything", 1, "make_everything",
    {
        "float": Dataset("row column"),
        "count": Dataset("row", "int"),
        "flag": Dataset("row", "bool"),
        "name": Dataset("row", "text"),
        "value": Dataset("row column", "complex"),
        "pair": Dataset("row 2", "int"),
        "scalar": Dataset("", "float"),
        "group/*": Dataset("row", "float"),
        "extra": Dataset("...", "any", optional=True),
    },
)  # fmt: skip


def content(seed: int = 0, rows: int = 40) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "float": rng.normal(size=(rows, 5)).astype(np.float32),
        "count": rng.integers(-9, 9, rows),
        "flag": rng.random(rows) < 0.5,
        "name": np.array([f"größe {k} µ→" for k in range(rows)]),
        "value": rng.normal(size=(rows, 5)) + 1j * rng.normal(size=(rows, 5)),
        "pair": rng.integers(0, 9, (rows, 2)),
        "scalar": np.float64(rng.normal()),
        "group/a": np.array([np.nan, np.inf, -0.0, 5e-324, *rng.normal(size=rows - 4)]),
        "group/b": rng.normal(size=rows),
    }


def write(path: Path, data: dict[str, np.ndarray] | None = None, **settings: object) -> Path:
    cfg = settings.pop("cfg", {"seed": 3, "nested": {"b": [1.5, "x"], "a": None}})
    write_artifact(path, EVERYTHING, content() if data is None else data, cfg, "test", settings or None)  # type: ignore[arg-type]
    return path


def refused(path: Path, schema: Schema = EVERYTHING) -> AtlasError:
    """The error of reading ``path``; it names the file."""
    with pytest.raises(AtlasError) as caught:
        read_artifact(path, schema)
    assert caught.value.file == str(path) and str(path) in str(caught.value)
    return caught.value


def test_what_is_written_is_read_with_its_dtype(tmp_path: Path) -> None:
    read = read_artifact(write(tmp_path / "a.h5", alpha=0.2, engine="native", gates=1), EVERYTHING)
    assert read.data.keys() == content().keys()
    for key, array in content().items():
        assert np.array_equal(read.data[key], array, equal_nan=np.asarray(array).dtype.kind in "fc"), key
        assert read.data[key].dtype == np.asarray(array).dtype and read.data[key].shape == np.shape(array), key
    assert np.signbit(read.data["group/a"][2])
    assert read.attributes == {
        "schema": "everything/1", "producer": "test", "cfg": '{"nested": {"a": null, "b": [1.5, "x"]}, "seed": 3}',
        "alpha": 0.2, "engine": "native", "gates": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "array",
    [
        *(np.arange(-3, 80).astype(kind) for kind in ("i1", "i2", "i4", "i8", "f2", "f4", "f8", "c8", "c16")),
        *(np.arange(80).astype(kind) for kind in ("u1", "u2", "u4", "u8")),
        np.zeros((0, 4)),
        np.array([], dtype=str),
        np.array(["", "a", ""]),
        np.array([["x", "yz"], ["", "ü"]]),
        np.array(True),
        np.arange(200.0).reshape(2, 100).T,
        np.arange(300)[::3],
    ],
    ids=lambda array: f"{array.dtype}{list(array.shape)}",
)
def test_every_kind_of_array_comes_back_as_it_was(tmp_path: Path, array: np.ndarray) -> None:
    read = read_artifact(write(tmp_path / "a.h5", content() | {"extra": array}), EVERYTHING).data["extra"]
    assert np.array_equal(read, array) and read.shape == array.shape and read.dtype.kind == array.dtype.kind
    assert array.dtype.kind == "U" or read.dtype == array.dtype


def test_equal_content_is_equal_bytes_in_whatever_order_and_process_it_comes(tmp_path: Path) -> None:
    data = content()
    one = write(tmp_path / "one.h5", data, b=1, a="x").read_bytes()
    _ = [bytes(k * 1000) for k in range(200)]  # stir the heap
    again = write(tmp_path / "sub" / "two.h5", dict(reversed(data.items())), a="x", b=1).read_bytes()
    cfg = {"nested": {"a": None, "b": [1.5, "x"]}, "seed": 3}
    assert one == again == write(tmp_path / "three.h5", data, cfg=cfg, b=1, a="x").read_bytes()
    script = f"from pathlib import Path; from test_store import write; write(Path({str(tmp_path / 'four.h5')!r}), b=1, a='x')"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parent, check=True)
    assert (tmp_path / "four.h5").read_bytes() == one
    assert write(tmp_path / "other.h5", content(1), b=1, a="x").read_bytes() != one


def test_a_file_is_plain_hdf5_for_other_programs(tmp_path: Path) -> None:
    with h5py.File(write(tmp_path / "a.h5")) as file:
        assert file.attrs["schema"] == "everything/1" and file["group/b"].shape == (40,)


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    """At random places, and at each kind of place in the first block: mark, digest, padding."""
    path = write(tmp_path / "a.h5")
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    missed = []
    for place in [0, 16, 17, 80, 81, 300, 511, 512, len(whole) - 1, *rng.integers(0, len(whole), 200).tolist()]:
        damaged = bytearray(whole)
        damaged[place] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        with contextlib.suppress(AtlasError):
            read_artifact(path, EVERYTHING)
            missed.append(place)
    assert missed == []


@pytest.mark.parametrize("size", [0, 5, 17, 81, 511, 512, 513, 2000, -1])
def test_a_truncated_file_is_noticed(tmp_path: Path, size: int) -> None:
    path = write(tmp_path / "a.h5")
    path.write_bytes(path.read_bytes()[:size])
    refused(path)


def test_bytes_that_were_appended_are_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5")
    path.write_bytes(path.read_bytes() + b"\0")
    assert "make_everything" in refused(path).remedy


def test_a_foreign_hdf5_file_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for key, array in content().items():
            file[key] = array if np.asarray(array).dtype.kind != "U" else np.char.encode(array, "utf-8")
    assert "something else" in refused(tmp_path / "a.h5").expected


@pytest.mark.parametrize("name", ["missing.h5", "folder", "text.h5", "file/below.h5"])
def test_what_is_no_file_at_all_is_refused_with_the_rule_that_makes_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.h5").write_text("not an artifact")
    (tmp_path / "file").touch()
    assert "make_everything" in refused(tmp_path / name).remedy


@pytest.mark.parametrize("label", [("everything", 2), ("something", 1)])
def test_another_schema_or_version_is_refused_by_name(tmp_path: Path, label: tuple[str, int]) -> None:
    path = write(tmp_path / "a.h5")
    error = refused(path, Schema(*label, "make_it", EVERYTHING.datasets))
    assert "everything/1" in error.expected and f"{label[0]}/{label[1]}" in error.expected and "make_it" in error.remedy


BAD = {
    "missing": ("count", {"count": None}),
    "unknown": ("stray", {"stray": np.zeros(40)}),
    "axes": ("float", {"float": np.zeros(40)}),
    "size": ("pair", {"pair": np.zeros((40, 3), int)}),
    "sizes that disagree": ("group/b", {"group/b": np.zeros(41)}),
    "kind": ("count", {"count": np.zeros(40)}),
    "text for numbers": ("float", {"float": np.full((40, 5), "x")}),
    "numbers for text": ("name", {"name": np.zeros(40)}),
}


def changed(change: dict[str, np.ndarray | None]) -> dict[str, np.ndarray]:
    return {key: array for key, array in (content() | change).items() if array is not None}


@pytest.mark.parametrize(("key", "change"), BAD.values(), ids=BAD)
def test_content_that_breaks_the_schema_is_neither_written_nor_read(
    tmp_path: Path, key: str, change: dict[str, np.ndarray | None]
) -> None:
    with pytest.raises(AtlasError) as caught:
        write(tmp_path / "a.h5", changed(change))
    assert caught.value.key == key and caught.value.file == str(tmp_path / "a.h5")
    assert not list(tmp_path.iterdir())
    anything = Schema("everything", 1, "make_everything", {"*": Dataset("...", "any")})
    write_artifact(tmp_path / "a.h5", anything, changed(change), {}, "test")
    assert refused(tmp_path / "a.h5").key == key


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 KiB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tiny_disk: Path) -> None:
    path = write(tiny_disk / "a.h5", content(rows=10))
    before = path.read_bytes()
    with pytest.raises(AtlasError, match="No space left") as caught:
        write(path, content(1, rows=2000))
    assert caught.value.file == str(path) and "space" in caught.value.remedy
    assert path.read_bytes() == before and list(tiny_disk.iterdir()) == [path]


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    path = write(tmp_path / "a.h5")
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(AtlasError, match=os.strerror(code)):
        write(path, content(1))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["file/a.h5", "file/folder/a.h5", "folder"])
def test_a_place_where_no_file_can_be_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    with pytest.raises(AtlasError) as caught:
        write(tmp_path / name)
    assert caught.value.file == str(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


def test_a_disk_that_may_not_be_written_keeps_the_old_file_and_is_an_error_that_names_it(tiny_disk: Path) -> None:
    path = write(tiny_disk / "a.h5", content(rows=10))
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)
    with pytest.raises(AtlasError, match="writable") as caught:
        write(path, content(1, rows=10))
    assert caught.value.file == str(path) and "Read-only" in caught.value.expected
    assert np.array_equal(read_artifact(path, EVERYTHING).data["float"], content(rows=10)["float"])


def test_a_folder_that_may_not_be_written_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    if os.access(tmp_path, os.W_OK):
        tmp_path.chmod(0o755)
        pytest.skip("this user (root) may write everywhere")
    with pytest.raises(AtlasError, match="writable"):
        write(tmp_path / "a.h5")
    tmp_path.chmod(0o755)


@pytest.mark.parametrize("name", ["flip_flop", "context_integration", "memory_pro"])
def test_the_trials_of_every_task_come_back_from_their_file(tmp_path: Path, name: str) -> None:
    trials = get_task(name).trials(6, seed=0)
    write_trials(tmp_path / "t.h5", trials, {}, "test")
    read = read_trials(tmp_path / "t.h5")
    for key in ("inputs", "targets", "weight", "judged", "length"):
        assert np.array_equal(getattr(read, key), getattr(trials, key)), key
        assert getattr(read, key).dtype == getattr(trials, key).dtype, key
    for key in ("epochs", "conditions"):
        one, other = getattr(read, key), getattr(trials, key)
        assert one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def test_schemas_are_known_by_their_names() -> None:
    assert schema_of("networks") is NETWORKS and schema_of("trials") is TRIALS
    assert all(name == schema.name and schema.rule for name, schema in all_schemas().items())


def test_the_page_on_artifacts_is_that_of_the_schemas() -> None:
    page = Path(__file__).parents[2] / "docs" / "artifacts.md"
    assert page.read_text() == artifacts_markdown(), "run `make config`"
