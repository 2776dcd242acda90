"""The tiny study, run once in a copy of the checkout; tests look at it or work on copies of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from study_copy import StudyCopy

# Left beside the library in the copy: notes at the end of each job what it had imported, and what its rule says it uses.
AUDIT = """
import atexit, json, os, sys

def note():
    job = getattr(sys.modules["__main__"], "snakemake", None)
    if job is not None and "ATLAS_AUDIT" in os.environ:
        loaded = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items()) if "." not in name or name.startswith("rnnatlas")}
        record = {"rule": job.rule, "task": getattr(job.wildcards, "task", None), "code": sorted(job.params.code), "loaded": loaded}
        with open(os.path.join(os.environ["ATLAS_AUDIT"], f"{os.getpid()}.json"), "w") as file:
            json.dump(record, file)

atexit.register(note)
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.workflow)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> StudyCopy:
    """The checkout as it was when the tests began, without results."""
    return StudyCopy.of_checkout(tmp_path_factory.mktemp("pinned") / "study")


@pytest.fixture(scope="session")
def finished(checkout: StudyCopy, tmp_path_factory: pytest.TempPathFactory) -> StudyCopy:
    """The tiny study, finished on two cores. Not to be changed: work on a copy."""
    study = checkout.copy(tmp_path_factory.mktemp("finished") / "study")
    (study.folder / "workflow" / "sitecustomize.py").write_text(AUDIT)
    (study.folder / "audit").mkdir()
    run = study.snakemake("all", environment={"ATLAS_AUDIT": str(study.folder / "audit")})
    assert run.status == 0, run.text
    return study


@pytest.fixture
def study(finished: StudyCopy, tmp_path: Path) -> StudyCopy:
    """A copy of the finished study, for this test alone."""
    return finished.copy(tmp_path / "study")


@pytest.fixture
def fresh(checkout: StudyCopy, tmp_path: Path) -> StudyCopy:
    """A copy of the checkout without results, for this test alone."""
    return checkout.copy(tmp_path / "fresh")


@pytest.fixture(scope="session")
def audit(finished: StudyCopy) -> list[dict[str, Any]]:
    """For each job of the finished study: rule, task, the names in its ``code``, and the modules loaded at its end."""
    return [json.loads(file.read_text()) for file in sorted((finished.folder / "audit").iterdir())]
