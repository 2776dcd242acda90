"""One source of pins: the lock, the conda file made from it, pyproject, and what is installed."""

import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

from rnnatlas.provenance.lock import conda_file, installed, requirements

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "envs/requirements.txt").read_text()
PINS = dict(line.split("==") for line in LOCK.splitlines() if line and not line.startswith("#"))


def test_the_conda_file_has_the_pins_of_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "envs/rnnatlas.yaml").read_text())
    pip = next(part["pip"] for part in environment["dependencies"] if isinstance(part, dict))
    assert dict(line.split("==") for line in pip) == PINS
    python = next(part for part in environment["dependencies"] if str(part).startswith("python="))
    assert (ROOT / "envs/rnnatlas.yaml").read_text() == conda_file(PINS, python.removeprefix("python="))


def test_what_is_installed_is_what_is_locked() -> None:
    here = installed()
    assert {name: here[name] for name in PINS if name in here} == {
        name: pin for name, pin in PINS.items() if name in here
    }


def test_the_lock_covers_and_satisfies_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for text in project["dependencies"] + extras["workflow"] + extras["torch"] + extras["dev"]:
        asked = Requirement(text)
        assert asked.name.lower() in PINS, f"{asked.name} is not locked: run `make lock`"
        assert asked.specifier.contains(PINS[asked.name.lower()]), text


def test_the_lock_names_no_local_build_and_no_cuda_package() -> None:
    assert not [pin for pin in PINS.values() if "+" in pin]
    assert not [name for name in PINS if name.startswith(("nvidia", "cuda", "triton"))]
    assert requirements(PINS) == LOCK
