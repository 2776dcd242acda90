"""Networks taken from another study: which, from where, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rnnatlas.config.load import load_study
from rnnatlas.config.training import NetworkSettings
from rnnatlas.errors import AtlasError
from rnnatlas.networks.files import write_ensemble
from rnnatlas.plan.plan import Plan
from rnnatlas.plan.settings import settings
from rnnatlas.plan.taken import TRAINING_USES
from rnnatlas.tasks.registry import get_task
from rnnatlas.training.member import Member
from rnnatlas.training.standard import fresh_networks

JOB = {"task": "flip_flop", "population": "g1.0"}


def plan(results: Path, **values: Any) -> Plan:
    return Plan(load_study({"tasks": ["flip_flop"], "run": "mine", **values}), "<results>", results / "mine")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A study ``quick`` that trained one population, as far as its settings say."""
    study = load_study({"tasks": ["flip_flop"]})
    cfg = settings(study, JOB, TRAINING_USES["train_standard"])
    task = get_task("flip_flop")
    networks = fresh_networks(task, NetworkSettings(units=8), 1.0, [Member((0,), 0)])
    write_ensemble(tmp_path / "quick/flip_flop/standard/g1.0/networks.h5", networks, cfg, "train_standard")
    return tmp_path


def test_what_the_other_study_has_is_taken_and_the_rest_trained(results: Path) -> None:
    file = str(results / "quick/flip_flop/standard/g1.0/networks.h5")
    for name in ("quick", f"{results}/quick"):
        p = plan(results, networks_from=name)
        assert p.taken(JOB) == file and p.taken(JOB | {"population": "g1.5"}) == ""
        assert p.taken({"task": "flip_flop", "chains": "insd", "round": "1"}) == ""
        assert p.all_taken() == {str(results / "mine/flip_flop/standard/g1.0/networks.h5"): file}
    assert plan(results).taken(JOB) == "" and plan(results).all_taken() == {}
    plan(results).check_taken()
    plan(results, networks_from="quick").check_taken()
    assert plan(results, networks_from="quick", engine="torch").taken(JOB) == file  # whatever engine was asked for


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"seed": 3}, "fresh.stream"),
        ({"task": {"flip_flop": {"training": {"steps": 7}}}}, "training.steps"),
        ({"population": {"g1.0": {"members": 2}}}, "population.members"),
    ],
)
def test_networks_of_other_settings_are_refused_by_the_key(results: Path, change: dict[str, Any], key: str) -> None:
    with pytest.raises(AtlasError, match=rf"(?s){key}: these networks were trained with .*networks_from"):
        plan(results, networks_from="quick", **change).taken(JOB)
    with pytest.raises(AtlasError, match=key):
        plan(results, networks_from="quick", **change).check_taken()


@pytest.mark.parametrize("name", ["mine", "nowhere", "./nowhere"])
def test_a_study_without_networks_and_this_one_are_refused(results: Path, name: str) -> None:
    with pytest.raises(AtlasError, match=r"networks_from: .*is expected") as caught:
        plan(results, networks_from=name).taken(JOB)
    assert "run:" in str(caught.value) or "take the key out" in str(caught.value)
