"""What a file of Python says, without its comments and docstrings: a digest of its syntax tree, and what it imports.

The digest is that of a form which no Python tells differently (``canonical.py``), so that an upgrade reruns nothing.

To parse some two hundred modules takes most of a second of each start of the workflow, so what was found in a text is kept on disk,
under the SHA-256 of the text, of these two files and of the interpreter's version: it cannot go stale.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rnnatlas.artifacts.store import write_bytes
from rnnatlas.engine.build import cache_folder
from rnnatlas.errors import AtlasError
from rnnatlas.provenance.canonical import canonical_digest

NAME = "rnnatlas"


class Syntax(NamedTuple):
    """The digest of a file's syntax tree without docstrings, and the modules that it imports anywhere, but for those under
    ``if TYPE_CHECKING``."""

    digest: str
    imports: tuple[str, ...]


def syntax_of(path: str) -> Syntax:
    """The syntax of the file at ``path``, from the disk if its text was seen before."""
    text = Path(path).read_bytes()
    kept = _kept(text)
    if kept is not None:
        with suppress(OSError, ValueError, TypeError):  # absent, or not what this wrote
            digest, imports = json.loads(kept.read_bytes())
            return Syntax(digest, tuple(imports))
    tree = ast.parse(text, filename=path)
    found = Syntax(canonical_digest(tree), _imports(tree))
    if kept is not None:
        with suppress(AtlasError):  # a cache that cannot be written costs time and nothing else
            write_bytes(kept, json.dumps(found).encode())
    return found


def _kept(text: bytes) -> Path | None:
    """Where the syntax of ``text`` is kept; None where there is no place."""
    parts = (sys.version.encode(), _own_text(), text)
    try:
        return cache_folder() / "syntax" / f"{hashlib.sha256(b'.'.join(parts)).hexdigest()}.json"
    except RuntimeError:  # no home
        return None


@cache
def _own_text() -> bytes:
    return Path(__file__).read_bytes() + Path(__file__).with_name("canonical.py").read_bytes()


def _imports(tree: ast.Module) -> tuple[str, ...]:
    """Only statements are looked into."""
    found: list[str] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += [
                node.module,
                *(f"{node.module}.{alias.name}" for alias in node.names if node.module.startswith(NAME)),
            ]
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, block, ())
            waiting += inner if isinstance(inner, list) else ()  # a lambda's or a condition's is an expression
    return tuple(found)
