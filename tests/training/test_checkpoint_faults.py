"""Checkpoints that are damaged or foreign, and locks that others hold: they cost time, never bits."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from interrupted import (
    IDENTITY,
    MEMBERS,
    Stopping,
    finish,
    interrupt,
    same,
    saved_step,
    standard,
)

from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import CHECKPOINT
from rnnatlas.errors import AtlasError
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.streams.keys import stream_key
from rnnatlas.tasks.trials import Trials
from rnnatlas.training.checkpoint import Checkpoint

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def undisturbed() -> Ensemble:
    return standard(Stopping())


def alter_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def put_another_format(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["step"] = [16]


def put_another_artifact(path: Path) -> None:
    path.unlink()
    standard(Stopping()).to_file(path)


def rewrite(path: Path, identity: dict[str, Any] | None = None, **arrays: np.ndarray | None) -> None:
    """A checkpoint that is whole, with other content."""
    data = read_artifact(path, CHECKPOINT).data
    for key, array in arrays.items():
        name = key.replace("__", "/")
        if array is None:
            del data[name]
        else:
            data[name] = array
    write_artifact(path, CHECKPOINT, data, identity or IDENTITY, "test")


def put_another_training(path: Path) -> None:
    rewrite(path, IDENTITY | {"engine": "native-old"})


def put_another_shape(path: Path) -> None:
    rewrite(path, weights__bias=np.zeros((3, 10), np.float32))


def drop_an_array(path: Path) -> None:
    rewrite(path, member__smoothed=None)


DAMAGES = [
    alter_a_byte, truncate, empty, put_another_format, put_another_artifact, put_another_training, put_another_shape,
    drop_an_array,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_checkpoint_that_does_not_fit_is_set_aside_by_name(
    undisturbed: Ensemble, damage: Callable[[Path], None], tmp_path: Path, capsys: Captured
) -> None:
    path = interrupt("standard", tmp_path, 20).path
    damage(path)
    content = path.read_bytes()
    capsys.readouterr()
    assert same(finish("standard", tmp_path), undisturbed)
    said, aside = capsys.readouterr().err, path.with_suffix(".damaged")
    assert str(aside) in said and str(path) in said and "starts over" in said and "going on" not in said
    assert aside.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == [aside.name]


def test_a_training_of_another_length_or_shape_has_another_file(tmp_path: Path) -> None:
    one, two, three = (
        Checkpoint(tmp_path, identity) for identity in (IDENTITY, IDENTITY | {"engine": "torch"}, dict(IDENTITY))
    )
    assert one.path != two.path and one.path == three.path and one.path.parent == tmp_path


def test_a_lock_that_another_process_holds_is_an_error(undisturbed: Ensemble, tmp_path: Path) -> None:
    checkpoint = interrupt("standard", tmp_path, 10)
    before = checkpoint.path.read_bytes()
    holder = (
        "import json, sys; from rnnatlas.training.checkpoint import Checkpoint\n"
        "with Checkpoint(sys.argv[1], json.loads(sys.argv[2])).held():\n"
        "    print('held', flush=True); sys.stdin.read(); raise SystemExit(1)"
    )
    command = [sys.executable, "-c", holder, str(tmp_path), json.dumps(IDENTITY)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == "held\n"
        with pytest.raises(AtlasError, match="another process") as caught:
            finish("standard", tmp_path)
        assert caught.value.file == str(checkpoint.path.with_suffix(".lock"))
        assert checkpoint.path.read_bytes() == before
        process.stdin.close()
    assert same(finish("standard", tmp_path), undisturbed)


class Exploding(Stopping):
    """Asks for the impossible at one step: the loss of every member passes 10^4 times its first value."""

    def batch(self, count: int, rng: np.random.Generator) -> Trials:
        state: Any = rng.bit_generator.state["state"]
        trials, keys = super().batch(count, rng), {stream_key(*member.words("training"), 20) for member in MEMBERS}
        impossible = int(state["key"][0]) in keys
        return trials.map(lambda array: 1e6 * array if array is trials.targets else array) if impossible else trials


def test_if_all_members_diverge_the_same_message_comes_again(tmp_path: Path) -> None:
    """From the checkpoint before that step, which stays."""
    checkpoint = Checkpoint(tmp_path, IDENTITY, 0.0)
    for _ in range(2):
        with (
            pytest.raises(AtlasError, match=r"every member diverged \(steps \[20, 0, 20\]\)"),
            checkpoint.held() as held,
        ):
            standard(Exploding(), held)
        assert saved_step(checkpoint) == 16
