"""What goes wrong in practice: one message with place and remedy, no traceback, and nothing computed is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest
from study_copy import CHECKOUT, Changes, Run, StudyCopy

from rnnatlas.artifacts.schema import Dataset, Schema
from rnnatlas.artifacts.schemas import all_schemas
from rnnatlas.artifacts.store import read_artifact, write_artifact
from rnnatlas.artifacts.training_schemas import NETWORKS

NETWORK = "flip_flop/standard/g0.5/networks.h5"
POINTS = "flip_flop/standard/g0.5/fixed_points.h5"


def complaints(run: Run) -> set[str]:
    """The messages of the jobs that failed: one each, wherever it is printed, and no traceback beside it."""
    assert run.status != 0, run.text
    assert "Traceback" not in run.text, run.text
    failed = len(re.findall(r"^Error in rule ", run.text, re.MULTILINE))
    found = set(re.findall(r"^error(?: in \w+)?: (.+\n  → .+)$", run.text, re.MULTILINE))
    assert len(found) == failed, run.text
    return found


def complaint(run: Run) -> str:
    """The message of the one job that failed."""
    (message,) = complaints(run)
    return message


def says(message: str, *words: str) -> None:
    missing = [word for word in words if word not in message]
    assert not missing, message


def rewrite(file: Path, change: Callable[[dict[str, np.ndarray]], None], label: str | None = None) -> None:
    """Change an artifact's arrays past its schema, with the digest that belongs to the new content."""
    kind, version = (label or f"{NETWORKS.name}/{NETWORKS.version}").split("/")
    artifact = read_artifact(file, NETWORKS)
    change(artifact.data)
    attributes = {key: value for key, value in artifact.attributes.items() if key not in ("schema", "producer", "cfg")}
    anything = Schema(kind, int(version), "", {"*": Dataset("...", "any")})
    write_artifact(file, anything, artifact.data, {}, "test", attributes)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def alter_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def put_a_foreign_file(file: Path) -> None:
    with h5py.File(file, "w") as stream:
        stream["weights/recurrent"] = np.zeros((2, 16, 16))


def widen_the_bias(file: Path) -> None:
    rewrite(file, lambda data: data.update({"weights/bias": np.zeros((2, 17), np.float32)}))


def drop_the_readout(file: Path) -> None:
    rewrite(file, lambda data: data.pop("weights/readout"))


def put_nan(file: Path) -> None:
    rewrite(file, lambda data: data["weights/input"].__setitem__((1, 0, 0), np.nan))


def age(file: Path) -> None:
    rewrite(file, lambda _: None, label=f"{NETWORKS.name}/{NETWORKS.version - 1}")


# The damaged file, how it is damaged, a file whose job reads it (and no other job on the way to it), and what the
# message says beside the damaged file's path.
DAMAGES: dict[str, tuple[str, Callable[[Path], None], str, tuple[str, ...]]] = {
    "truncated networks": (NETWORK, truncate, POINTS, ("truncated or was altered", "train_standard")),
    "empty networks": (NETWORK, empty, POINTS, ("something else", "train_standard")),
    "altered trials": ("flip_flop/trials/test.h5", alter_a_byte, "flip_flop/similarity.h5", ("altered", "trials")),
    "foreign file": (NETWORK, put_a_foreign_file, "flip_flop/standard/g0.5/generalisation.h5", ("something else",)),
    "wrong shape": (NETWORK, widen_the_bias, POINTS, ("weights/bias", "17", "16")),
    "missing dataset": (NETWORK, drop_the_readout, POINTS, ("weights/readout", "missing")),
    "NaN": (NETWORK, put_nan, "flip_flop/alternatives/insd_alt1/networks.h5", ("weights/input", "NaN")),
    "older schema": (
        NETWORK,
        age,
        "metric_asymmetry.h5",
        ("schema", f"networks/{NETWORKS.version - 1}", NETWORKS.label, "train_standard"),
    ),
    "altered figure data": ("figures/data/hard/flip_flop.h5", alter_a_byte, "figures/figure_5.png", ("altered",)),
    "truncated evidence": ("flip_flop/embedding.h5", truncate, "claims/classes.json", ("truncated",)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_artifact(study: StudyCopy, name: str) -> None:
    damaged, damage, target, words = DAMAGES[name]
    damage(study.results / damaged)
    written = {
        target,
        *(target.replace(".png", kind) for kind in (".pdf", ".svg")),
        *(target.replace(".json", kind) for kind in (".md", ".html")),
    }
    before = study.digests(*written)  # Snakemake removes a job's old outputs before it starts
    run = study.snakemake(f"results/tiny/{target}")
    assert len(run.jobs) == 1
    message = complaint(run)
    says(message, f"results/tiny/{damaged}", "rebuild", *words)
    assert 'the rule "the rule' not in message
    log = re.search(r"^    log: (\S+)", run.text, re.MULTILINE)
    assert log
    says((study.folder / log[1]).read_text(), message)
    assert study.digests(*written) == before


def test_every_schema_names_a_rule_that_makes_it(study: StudyCopy) -> None:
    """As a remedy tells users to run it."""
    listed = set(study.call("--list-rules").text.split())
    targets = re.search(r"^\.PHONY: (.*)", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    listed |= {f"make {target}" for target in targets[1].split()}
    for schema in all_schemas().values():
        assert set(schema.rule.split(" or ")) <= listed


def test_the_remedy_gives_the_same_file_and_reruns_nothing_else(study: StudyCopy) -> None:
    before = study.digests()
    truncate(study.results / NETWORK)
    complaint(study.snakemake(f"results/tiny/{POINTS}"))
    (study.results / NETWORK).unlink()
    run = study.snakemake(f"results/tiny/{POINTS}")
    assert run.status == 0, run.text
    assert run.jobs == {"train_standard flip_flop g0.5", "fixed_points flip_flop standard/g0.5"}
    assert study.digests() == before
    assert study.would_run() == set()


CONFIGURATIONS: dict[str, tuple[Changes, tuple[str, ...]]] = {
    "misspelt key": ({"analysis/fixed_points/strats": 9}, ("analysis.fixed_points.strats", "no such key", "'starts'")),
    "unknown task": ({"tasks": ["flip_flop", "flipflap"]}, ("tasks", "'flipflap'", "did you mean 'flip_flop'?")),
    "undefined population": ({"populations": ["g1.6"]}, ("populations", "'g1.6'", "g1.5")),
    "no null space": ({"task/flip_flop/network/units": 3}, ("task.flip_flop.network.units", "3 outputs")),
    "controls without what they name": (
        {"controls/run": True, "controls/populations": ["norm_matched"], "chains": []},
        ("population.norm_matched.activity", "alternatives/insd_alt1"),
    ),
    "a trial without end": ({"task/flip_flop/trial/duration": 1e9}, ("task.flip_flop.trial.duration", "steps")),
    "wrong type": ({"task/flip_flop/training/steps": "many"}, ("task.flip_flop.training.steps", "integer", "'many'")),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_wrong_configuration_stops_before_any_job(finished: StudyCopy, name: str) -> None:
    changes, words = CONFIGURATIONS[name]
    before = finished.digests()
    run = finished.snakemake("all", changes=changes)
    assert run.status != 0
    assert not run.jobs
    assert "Traceback" not in run.text
    found = re.findall(r"^.+\n  → .+$", run.text, re.MULTILINE)
    assert len(found) == 1, run.text
    says(found[0], *words)
    assert finished.digests() == before
    says(found[0], finished.configuration(changes).name)  # the study's file


def test_no_accepted_standard_network(study: StudyCopy) -> None:
    before = study.digests()
    changes = {"run": "strict", "task/flip_flop/training/acceptance": 1.0, "task/flip_flop/training/steps": 2}
    run = study.snakemake("results/strict/flip_flop/alternatives/insd_alt1/networks.h5", changes=changes)
    message = complaint(run)
    says(
        message, "no standard network was accepted", "'g0.5': 0.", "'g1.5': 0.", "training.acceptance", "training.steps"
    )
    assert study.digests() == before
    assert len(list((study.folder / "results/strict").rglob("networks.h5"))) == 2


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[None]:
    """A file system of that size in place of ``folder``, with what is in it, so far as there is room."""
    aside = folder.with_name("aside")
    folder.mkdir(exist_ok=True)
    shutil.move(folder, aside)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a file system can be mounted by root alone")
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(folder)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no byte."""
    with open(folder / "filler", "wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(1024))
        except OSError:
            pass


def test_a_disk_that_runs_full(study: StudyCopy) -> None:
    """What was finished stays and is good; the same command goes on once there is room."""
    targets = [
        f"results/full/{task}/trials/{name}.h5"
        for task in ("context_integration", "flip_flop")
        for name in ("analysis", "test")
    ]
    (study.folder / "results/full").mkdir()
    with small_disk(study.folder / "results/full", 64):
        run = study.snakemake(*targets, changes={"run": "full"}, cores=1)
        says(complaint(run), "results/full/", "No space left on device", "free some space", "what is done is kept")
        full = study.folder / "results/full"
        files = {file.name for file in full.rglob("*.*") if full / "logs" not in file.parents}
        assert files <= {"analysis.h5", "test.h5"}, "half-written files are left"
        subprocess.run(["mount", "-o", "remount,size=1m", str(study.folder / "results/full")], check=True)
        resumed = study.snakemake(*targets, changes={"run": "full"}, cores=1)
        assert resumed.status == 0, resumed.text
        assert len(resumed.jobs) < len(targets)
        for target in targets:
            same = study.folder / target.replace("/full/", "/tiny/")
            assert (study.folder / target).read_bytes() == same.read_bytes()


def test_a_full_disk(study: StudyCopy) -> None:
    """Not a byte is left: for artifacts, figures, texts and the log itself."""
    targets = ["figures/data/tasks/flip_flop.h5", "figures/figure_5.png", "scorecard.json", "study.yaml"]
    written = [*targets, "figures/figure_5.pdf", "figures/figure_5.svg", "scorecard.html", "scorecard.md", "filler"]
    for name in written:
        (study.results / name).unlink(missing_ok=True)
    before = study.digests(*written)
    with small_disk(study.results, 32000):
        fill(study.results)
        run = study.snakemake("--keep-going", *(f"results/tiny/{target}" for target in targets))
        assert len(complaints(run)) == len(targets)
        for message in complaints(run):
            says(message, "results/tiny/", "No space left on device", "free some space")
        assert study.digests(*written) == before


def test_a_folder_that_may_not_be_written(study: StudyCopy) -> None:
    """Snakemake makes the folders, so the message is its own."""
    before, folder = study.digests(), study.folder / "results"
    if subprocess.run(["chattr", "+i", str(folder)], capture_output=True, check=False).returncode != 0:
        pytest.skip("root may write everywhere, and this file system cannot protect a folder")
    try:
        run = study.snakemake("results/other/flip_flop/trials/test.h5", changes={"run": "other"})
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)
    assert run.status != 0
    assert "Traceback" not in run.text
    says(run.text, "PermissionError", "results/other")
    assert study.digests() == before


def test_a_file_that_may_not_be_replaced(study: StudyCopy) -> None:
    folder = study.results / "flip_flop"
    before = study.digests()
    (folder / "embedding.h5").unlink()
    if subprocess.run(["chattr", "+i", str(folder)], capture_output=True, check=False).returncode != 0:
        pytest.skip("root may write everywhere, and this file system cannot protect a folder")
    try:
        run = study.snakemake("results/tiny/flip_flop/embedding.h5")
    finally:
        subprocess.run(["chattr", "-i", str(folder)], check=True)
    says(complaint(run), "results/tiny/flip_flop/embedding.h5", "could not be written", "make the folder writable")
    assert study.digests() == {key: value for key, value in before.items() if key != "flip_flop/embedding.h5"}
