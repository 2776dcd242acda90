"""The tiny study, run once in a copy of the checkout; tests look at it or work on copies of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from study_copy import StudyCopy

# Left beside the library in the copy: notes at the end of each job what it imported, and what its rule says it uses.
AUDIT = """
import atexit, json, os, sys

def note():
    job = getattr(sys.modules["__main__"], "snakemake", None)
    if job is None or "ATLAS_AUDIT" not in os.environ:
        return
    ours = [name for name in list(sys.modules) if "." not in name or name.startswith("rnnatlas.")]
    loaded = {name: getattr(sys.modules[name], "__file__", None) for name in ours}
    with open(os.path.join(os.environ["ATLAS_AUDIT"], f"{os.getpid()}.json"), "w") as file:
        json.dump({"rule": job.rule, "code": sorted(job.params.code), "loaded": loaded}, file)

atexit.register(note)
"""


# A user's own Matplotlib, and the backend of a notebook's kernel: no figure depends on them.
MATPLOTLIBRC = """
text.usetex: True
axes.grid: True
font.family: serif
figure.dpi: 50
savefig.dpi: 50
savefig.bbox: tight
"""
NOTEBOOK = "module://matplotlib_inline_of_another_environment.backend_inline"


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
def runs(
    checkout: StudyCopy, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[StudyCopy]]]:
    """The tiny study, on its way in a folder on two cores; beside it, if a test that was selected asks for it, in
    another folder on one core, with another order of hashes, a greedy BLAS, and a user's own Matplotlib."""

    def run(study: StudyCopy, cores: int, **environment: str) -> StudyCopy:
        done = study.snakemake("all", cores=cores, environment=environment)
        assert done.status == 0, done.text
        return study

    first = checkout.copy(tmp_path_factory.mktemp("finished") / "study")
    (first.folder / "workflow" / "sitecustomize.py").write_text(AUDIT)
    (first.folder / "audit").mkdir()
    with ThreadPoolExecutor(2) as pool:
        begun = {"finished": pool.submit(run, first, 2, ATLAS_AUDIT=str(first.folder / "audit"))}
        if any("again" in getattr(item, "fixturenames", ()) for item in request.session.items):
            second = checkout.copy(tmp_path_factory.mktemp("elsewhere") / "again")
            (second.folder / "matplotlibrc").write_text(MATPLOTLIBRC)
            begun["again"] = pool.submit(run, second, 1, PYTHONHASHSEED="1", OMP_NUM_THREADS="4", MPLBACKEND=NOTEBOOK)
        yield begun


@pytest.fixture(scope="session")
def finished(runs: dict[str, Future[StudyCopy]]) -> StudyCopy:
    """The tiny study, finished. Not to be changed: work on a copy."""
    return runs["finished"].result()


@pytest.fixture(scope="session")
def again(runs: dict[str, Future[StudyCopy]]) -> StudyCopy:
    """The same, finished elsewhere and otherwise."""
    return runs["again"].result()


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
    """For each job of the finished study: rule, the names in its ``code``, and the modules loaded at its end."""
    return [json.loads(file.read_text()) for file in sorted((finished.folder / "audit").iterdir())]
