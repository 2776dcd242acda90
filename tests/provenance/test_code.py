"""What a rule depends on, judged on a copy of the library that is edited; and the habits that this rests on."""

import ast
import importlib.util
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

from rnnatlas import streams
from rnnatlas.claims.catalogue import GROUPS
from rnnatlas.figures.catalogue import FIGURES
from rnnatlas.measures import of_artifact
from rnnatlas.streams.keys import stream_key

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
MODULES = sorted((ROOT / "workflow" / "rnnatlas").rglob("*.py"))
TASKS = {"context_integration", "flip_flop", "memory_pro"}


class Copy:
    """A copy of the workflow. Digests are taken by a fresh import of the copy's own code.py."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "workflow"
        shutil.copytree(ROOT / "workflow", self.folder, ignore=shutil.ignore_patterns("__pycache__"))

    def load(self) -> ModuleType:
        place = self.folder / "rnnatlas" / "provenance" / "code.py"
        spec = importlib.util.spec_from_file_location("copied_code", place)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def digests(self, script: str, task: str | None = "flip_flop") -> dict[str, str]:
        return self.load().code_digests(self.folder / "scripts" / script, task)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert text.count(old) >= 1, f"{name} has changed: {old!r}"
        path.write_text(text.replace(old, new, 1))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_digest_is_the_same_for_every_copy_and_a_touched_file(copy: Copy, tmp_path: Path) -> None:
    before = copy.digests("train_standard.py")
    for path in copy.folder.rglob("*.py"):
        path.touch()
    assert before == copy.digests("train_standard.py") == Copy(tmp_path / "other").digests("train_standard.py")


def test_comments_docstrings_and_layout_change_no_digest(copy: Copy) -> None:
    before = copy.digests("train_standard.py")
    for path in sorted(copy.folder.rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):  # every docstring becomes another; bare strings under attributes are such too
            for child in getattr(node, "body", []) if isinstance(getattr(node, "body", None), list) else []:
                if (
                    isinstance(child, ast.Expr)
                    and isinstance(child.value, ast.Constant)
                    and isinstance(child.value.value, str)
                ):
                    child.value.value = "Something else."
        path.write_text("# A comment.\n" + ast.unparse(tree) + "\n\n\n# The end.\n")
    assert copy.digests("train_standard.py") == before


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"),
    [
        ("rnnatlas/engine/optimisers.py", "ITERATIONS = 0.95", "ITERATIONS = 0.9", "rnnatlas.engine.optimisers"),
        ("rnnatlas/streams/philox.py", "ROUNDS = 7", "ROUNDS = 10", "rnnatlas.streams.philox"),
        ("rnnatlas/tasks/flip_flop.py", "0.05", "0.06", "rnnatlas.tasks.flip_flop"),
        ("rnnatlas/engine/native/pointwise.h", "//", "// ", "pointwise.h"),
        ("scripts/train_standard.py", "with job", "x = 1\nwith job", "train_standard.py"),
    ],
)
def test_an_edit_changes_the_digest_of_its_module_alone(
    copy: Copy, name: str, old: str, new: str, changed: str
) -> None:
    before = copy.digests("train_standard.py")
    copy.edit(name, old, new)
    after = copy.digests("train_standard.py")
    assert before.keys() == after.keys() and {key for key in before if before[key] != after[key]} == {changed}


def test_a_job_depends_on_its_own_task_alone(copy: Copy) -> None:
    code = copy.load()
    for script in SCRIPTS:
        for task in TASKS:
            names = code.code_digests(copy.folder / "scripts" / script.name, task)
            assert {name.split(".")[-1] for name in names if name.startswith("rnnatlas.tasks.")} & TASKS == {task}, (
                script
            )
    before = copy.digests("train_standard.py", "flip_flop")
    copy.edit("rnnatlas/tasks/memory_pro.py", "class ", "X = 1\n\n\nclass ")
    assert copy.digests("train_standard.py", "flip_flop") == before
    assert copy.digests("train_standard.py", "memory_pro") != copy.digests("train_standard.py", "flip_flop")


def test_the_closure_reaches_what_is_imported_within_functions(copy: Copy) -> None:
    """The simulation imports an engine when it is called."""
    names = copy.digests("fixed_points.py")
    assert {"rnnatlas.simulation.states", "rnnatlas.engine.native_engine", "rnnatlas.engine.build"} <= names.keys()


def test_cpp_sources_count_where_the_engine_is_used_and_only_there(copy: Copy) -> None:
    sources = {path.name for path in (ROOT / "workflow" / "rnnatlas" / "engine" / "native").iterdir()}
    code = copy.load()
    for script in SCRIPTS:
        names = code.code_digests(copy.folder / "scripts" / script.name, "flip_flop").keys()
        assert (sources <= names) == ("rnnatlas.engine.build" in names), script
        assert sources <= names or not sources & names
    assert "rnnatlas.engine.build" in copy.digests("train_standard.py")
    for key, row in FIGURES.items():
        if row.draws == "figure":
            names = code.code_digests(copy.folder / "scripts" / "collect.py", modules=[f"figures.{key}_data"]).keys()
            assert (sources <= names) == ("rnnatlas.engine.build" in names), key
            assert "engine" not in row.uses.split() or sources <= names, key
    drawing = code.code_digests(copy.folder / "scripts" / "draw.py", modules=["figures.tasks"])
    assert "rnnatlas.figures.tasks" in drawing and "rnnatlas.engine.build" not in drawing


def heavy(names: dict[str, str]) -> list[str]:
    return [name for name in names if name.startswith(("rnnatlas.training", "rnnatlas.engine", "torch"))]


@pytest.mark.parametrize("key", FIGURES)
def test_figures_do_not_depend_on_training(copy: Copy, key: str) -> None:
    names = copy.load().code_digests(copy.folder / "scripts" / "draw.py", modules=[f"figures.{key}"])
    assert f"rnnatlas.figures.{key}" in names and not heavy(names)


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_of_claims_depends_on_its_own_module_and_not_on_training(copy: Copy, name: str) -> None:
    module = f"rnnatlas.claims.{GROUPS[name].module}"
    names = copy.load().code_digests(copy.folder / "scripts" / "claims.py", modules=[f"claims.{GROUPS[name].module}"])
    assert module in names and not heavy(names)
    assert not [name for name in names if name.startswith("rnnatlas.figures")]


def test_an_edit_of_one_figure_reruns_no_other(copy: Copy) -> None:
    def digests(key: str) -> tuple[dict[str, str], dict[str, str]]:
        code, scripts = copy.load(), copy.folder / "scripts"
        drawn = code.code_digests(scripts / "draw.py", modules=[f"figures.{key}"])
        return drawn, code.code_digests(scripts / "collect.py", modules=[f"figures.{key}_data"])

    before = {key: digests(key) for key in ("hidden", "decoding")}
    copy.edit("rnnatlas/figures/hidden.py", "MARKERS = (", "MARKERS = tuple(")
    after = {key: digests(key) for key in before}
    assert after["decoding"] == before["decoding"]
    assert after["hidden"][0] != before["hidden"][0] and after["hidden"][1] == before["hidden"][1]


def test_a_comparison_depends_on_the_measures_that_it_makes_and_on_no_other(copy: Copy) -> None:
    """They are loaded by name, so that its rule names them."""
    code, below = copy.load(), {"similarity": "regression", "embedding": "alignment", "measures": "measures.decomposed"}
    for kind, needed in below.items():
        own = {f"similarity.measures.{measure.name}" for measure in of_artifact(kind)}
        names = code.code_digests(copy.folder / "scripts" / f"{kind}.py", "flip_flop", modules=sorted(own))
        found = {name for name in names if name.startswith("rnnatlas.similarity.measures.")}
        assert found - {"rnnatlas.similarity.measures.decomposed"} == {f"rnnatlas.{name}" for name in own}
        assert f"rnnatlas.similarity.{needed}" in names


def test_imports_for_type_checkers_are_left_out_and_those_for_others_kept(copy: Copy) -> None:
    lines = (
        "import typing\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from rnnatlas.training.loop import fit\nelse:\n    import rnnatlas.streams.keys\n"
        "if typing.TYPE_CHECKING:\n    import torch\n"
    )
    (copy.folder / "scripts" / "probe.py").write_text(lines)
    assert copy.digests("probe.py", None).keys() == {"probe.py", "rnnatlas.streams.keys", "numpy"}


@pytest.mark.parametrize(
    "line",
    [
        "import rnnatlas.streams.keys",
        "from rnnatlas.streams.keys import generator",
        "from rnnatlas.streams import keys",
        "def f():\n    from rnnatlas.streams import keys as k",
        "try:\n    import rnnatlas.streams.keys\nexcept ImportError:\n    pass",
    ],
)
def test_every_way_of_importing_a_module_is_seen(copy: Copy, line: str) -> None:
    (copy.folder / "scripts" / "probe.py").write_text(line)
    assert copy.digests("probe.py", None).keys() == {"probe.py", "rnnatlas.streams.keys", "numpy"}


def test_other_packages_count_by_their_version(copy: Copy) -> None:
    digests = copy.digests("train_standard.py")
    assert digests["numpy"] == version("numpy") and digests["torch"] == version("torch").split("+")[0]
    assert not {"os", "json", "pathlib"} & digests.keys()


def imports(path: Path) -> list[ast.ImportFrom]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]


def module_or_package(name: str) -> Path:
    return ROOT / "workflow" / Path(*name.split("."))


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT / "workflow")))
def test_names_are_imported_from_the_module_that_defines_them(path: Path) -> None:
    """A closure cannot see through a package's front door, nor follow a relative import."""
    for node in imports(path):
        assert node.level == 0, f"line {node.lineno}: a relative import"
        if node.module and node.module.split(".")[0] == "rnnatlas" and module_or_package(node.module).is_dir():
            for alias in node.names:
                inner = module_or_package(f"{node.module}.{alias.name}")
                assert inner.with_suffix(".py").is_file(), f"line {node.lineno}: {alias.name} through {node.module}"


PACKAGES = [path for path in MODULES if path.name == "__init__.py" and path.parent.name != "rnnatlas"]


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.parent.name)
def test_a_package_holds_a_docstring_and_its_front_door_alone(path: Path) -> None:
    docstring, *rest = ast.parse(path.read_text()).body
    assert isinstance(docstring, ast.Expr) and isinstance(docstring.value, ast.Constant)
    if rest:  # a package without public names has no door
        imported, door = rest
        assert isinstance(imported, ast.ImportFrom) and ast.unparse(imported) == "from rnnatlas._lazy import front_door"
        assert isinstance(door, ast.Assign) and ast.unparse(door.targets[0]) == "(__getattr__, __dir__)"
        assert isinstance(door.value, ast.Call) and ast.unparse(door.value.func) == "front_door"


def test_every_name_on_a_front_door_is_defined_behind_it() -> None:
    doors = {
        path.parent: ast.literal_eval(door.value.args[1])
        for path in PACKAGES
        for door in ast.parse(path.read_text()).body[2:]
    }
    assert len(doors) > 8
    for package, homes in doors.items():
        for name, home in homes.items():
            if home == ".":  # a package within
                assert (package / name / "__init__.py").exists()
                continue
            body = ast.parse((package / f"{home.replace('.', '/')}.py").read_text()).body
            defined = {node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
            defined |= {ast.unparse(target) for node in body if isinstance(node, ast.Assign) for target in node.targets}
            assert name in defined, (package.name, name)
    with pytest.raises(AttributeError, match=r"nonsense.*stream_key"):
        _ = streams.nonsense
    assert streams.stream_key.__wrapped__ is stream_key and "stream_key" in dir(streams)


def test_importing_the_library_loads_nothing_heavy() -> None:
    """In a process of its own: import rnnatlas costs nothing, and the Snakefile's imports no torch."""
    script = (
        "import sys, rnnatlas; assert 'numpy' not in sys.modules;"
        "import rnnatlas.config.load, rnnatlas.provenance.code; print('torch' in sys.modules, 'scipy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["False", "False"]


def test_nothing_in_the_library_imports_snakemake() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [getattr(node, "module", "") or ""]
            )
            assert not [name for name in names if name.split(".")[0] == "snakemake"], path
