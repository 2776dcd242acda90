"""Imports go one way: a package imports only what stands below it.

Every import counts, at module level and within functions, since a circle is one whenever it closes; so do those under
``TYPE_CHECKING``, since a module whose types need what stands above it is not understood without it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "workflow" / "rnnatlas"

# As in docs/architecture.md, lowest first. A package imports itself and what is named before it, on its own line as well.
LAYERS = [
    ["_lazy", "errors", "beacon", "arrays", "checks", "ties", "measures", "streams", "config"],
    ["tasks", "artifacts", "networks"],
    ["engine"],
    ["simulation"],
    ["training", "deflation"],
    ["dynamics", "similarity", "decoding", "generalisation", "charting"],
    ["analysis"],
    ["evidence"],
    ["claims"],
    ["figures"],
    ["plan", "provenance", "job"],  # what only the workflow uses
    ["display"],
    ["benchmarks"],
]
ORDER = [name for layer in LAYERS for name in layer]

# (importing module, what it imports): why.
EXCEPTIONS = {
    ("config.load", "tasks.registry"): "a study names tasks, whose files define their own settings; asked when one is loaded",
    ("config.study", "tasks.registry"): "the same, when the model of a study is made",
    ("_lazy", "checks.arguments"): "a front door checks what it hands out, which it does when it is asked",
    ("networks.ensemble", "simulation.states"): "Ensemble.simulate is a door for notebooks, opened when it is called",
}  # fmt: skip


def module_name(path: Path) -> str:
    """``engine.select`` of ``…/rnnatlas/engine/select.py``; a package's own name of its ``__init__``."""
    parts = path.relative_to(LIBRARY).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(source: str) -> Iterator[str]:
    """The modules of the library that a file imports anywhere, named as by ``module_name``; "" is the library itself."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "rnnatlas" else str(node.module) for alias in node.names
            ]
        for name in dict.fromkeys(names):
            root, _, rest = name.partition(".")
            if root == "rnnatlas":
                yield "" if rest.startswith("__") else rest


def upward(module: str, imported: list[str]) -> list[str]:
    """Those of the imports of ``module`` that lead to a package that is not below its own."""
    here = module.split(".")[0]
    below = ["", *ORDER[: ORDER.index(here) + 1]]
    return [name for name in imported if name.split(".")[0] not in below]


MODULES = {module_name(path): list(imports(path.read_text())) for path in sorted(LIBRARY.rglob("*.py"))}
del MODULES[""]  # the library's front door names all its packages


def test_every_package_has_its_place() -> None:
    """One that is new is to be put into ``LAYERS``, where what it imports allows it."""
    assert {module.split(".")[0] for module in MODULES} <= set(ORDER)
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_is_below(package: str) -> None:
    found = [
        f"{module} imports {name}"
        for module, imported in MODULES.items()
        if module.split(".")[0] == package
        for name in upward(module, imported)
        if (module, name) not in EXCEPTIONS
    ]
    assert not found


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=" to ".join)
def test_an_exception_is_still_needed_and_is_made_within_a_function(exception: tuple[str, str]) -> None:
    """At module level it would be a circle when the library is loaded."""
    module, name = exception
    assert name in upward(module, MODULES[module])
    body = ast.parse((LIBRARY / f"{module.replace('.', '/')}.py").read_text()).body
    outside = [node for node in body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert name not in imports(ast.unparse(ast.Module(outside, [])))


def test_engines_know_of_networks_only_their_cells_and_parameters() -> None:
    """Not what an ensemble is, nor how it is stored."""
    engines = [name for module, imported in MODULES.items() if module.startswith("engine.") for name in imported]
    assert {name for name in engines if name.startswith("networks")} == {"networks.cell", "networks.parameters"}


@pytest.mark.parametrize(
    "line",
    [
        "import rnnatlas.claims.holm",
        "from rnnatlas.claims.holm import holm",
        "from rnnatlas import claims",
        "def f():\n    from rnnatlas.claims.holm import holm",
        "if TYPE_CHECKING:\n    from rnnatlas.claims.holm import holm",
        "import numpy, rnnatlas.claims",
    ],
)
def test_every_way_upward_is_seen(line: str) -> None:
    """And none downward or within the package."""
    assert upward("engine.select", list(imports(line)))
    assert not upward("figures.style", list(imports(line)))
    assert not upward("claims.claim", list(imports(line)))
