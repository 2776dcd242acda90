"""The code that a script depends on, as digests of syntax trees.

Snakemake does not see the modules that a script imports. A rule therefore carries ``code={module: digest}``: for the
script and every project module that it imports, however deep, the digest of its syntax tree without docstrings, so
that a comment or a touched file reruns nothing while a real edit reruns just the rules that use it. C++ sources count
by their bytes, other packages by their installed version.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from rnnatlas.engine.native_sources import native_sources
from rnnatlas.errors import AtlasError
from rnnatlas.provenance.syntax import NAME, syntax_of

PACKAGE = Path(__file__).parent.parent
# Imported for errors, types and their kin: their versions do not change a result.
_INERT = {"jaxtyping", "pydantic", "yaml", "matplotlib", "seaborn"}


def code_digests(script: str | Path, *tasks: str | None, modules: Sequence[str] = ()) -> dict[str, str]:
    """Digest of every project module in the import closure of ``script``, and the versions of other packages.

    ``tasks`` names the tasks that the job works on, ``modules`` what else of the project its script loads by name (``figures.hard``):
    only these belong to the closure.
    """
    if not Path(script).is_file():
        raise AtlasError(script, None, "a Python file is expected, found none", "give the path of a script")
    named = [*(f"tasks.{task}" for task in tasks if task), *modules]
    return dict(_code_digests(str(script), tuple(f"{NAME}.{name}" for name in named)))


@cache
def _code_digests(script: str, named: tuple[str, ...]) -> dict[str, str]:
    names, others = _closure(script, named)
    digests = {name: _digest_module(name) for name in names}
    digests[Path(script).name] = _syntax(script).digest
    if f"{NAME}.engine.build" in digests:
        digests |= {source.name: _digest_bytes(str(source)) for source in native_sources(PACKAGE / "engine" / "native")}
    digests |= {other: number for other in others if (number := _version(other))}
    return dict(sorted(digests.items()))


def _closure(script: str, named: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ours: set[str] = set()
    others: set[str] = set()
    waiting = [*_syntax(script).imports, *named]
    while waiting:
        name = waiting.pop()
        if name.split(".")[0] != NAME:
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top not in _INERT:
                others.add(top)
            continue
        path = _module_file(name)
        if path is None or name in ours:
            continue
        ours.add(name)
        waiting += _syntax(str(path)).imports
    return tuple(sorted(ours)), tuple(sorted(others))


@cache
def _module_file(name: str) -> Path | None:
    """The file of a project module; None for a package, whose ``__init__`` is a front door without content."""
    path = PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py")
    return path if path.is_file() else None


def _digest_module(name: str) -> str:
    path = _module_file(name)
    assert path is not None
    return _syntax(str(path)).digest


_syntax = cache(syntax_of)


@cache
def _digest_bytes(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


@cache
def _version(top: str) -> str | None:
    try:
        return version(_KNOWN.get(top) or _distributions().get(top, [top])[0]).split("+")[0]
    except PackageNotFoundError:
        return None


# The scan of all installed packages costs 0.3 s; these names need none.
_KNOWN = {"numpy": "numpy", "scipy": "scipy", "h5py": "h5py", "torch": "torch", "sklearn": "scikit-learn",
          "networkx": "networkx", "threadpoolctl": "threadpoolctl", "triton": "triton"}  # fmt: skip
