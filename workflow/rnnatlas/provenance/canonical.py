"""A file of Python in a form that is the same under every Python: its syntax tree, without what interpreters tell differently.

``ast.dump`` shows fields that were added since (``type_params``), leaves others out when they are empty, and shows pieces of
f-strings as its version happens to cut them: after an upgrade every file would count as edited. This file asks for nothing but the
standard library, so that any interpreter can be asked for its opinion: ``python canonical.py FILE...`` prints digests.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from typing import Any

_NO_MEANING = {"kind", "type_comment", "type_ignores"}  # u"…"; what type checkers alone read


def canonical_digest(tree: ast.AST) -> str:
    """Sixteen digits that tell ``tree`` from others, whatever its comments, docstrings, layout, and the Python that parsed it."""
    return hashlib.sha256("".join(_pieces(tree)).encode()).hexdigest()[:16]


def _pieces(part: Any) -> Iterator[str]:
    """The tree as text: fields by name in order of their names, but for those that are empty or None, which another version may lack;
    constants in ASCII, since which letters can be printed depends on the version as well."""
    if isinstance(part, ast.AST):
        yield f"{type(part).__name__}("
        for name in sorted(set(part._fields) - _NO_MEANING):
            value = getattr(part, name, None)
            if isinstance(value, list):
                value = _told(part, name, value)
            if value is not None and value != []:
                yield f"{name}="
                yield from _pieces(value)
                yield ","
        yield ")"
    elif isinstance(part, list):
        yield "["
        for item in part:
            yield from _pieces(item)
            yield ","
        yield "]"
    else:
        yield ascii(part)


def _told(node: ast.AST, name: str, items: list[Any]) -> list[Any]:
    """The items of a node's list without bare strings that do nothing (docstrings, of attributes too), and an f-string's without the
    accident of where its text is cut."""
    if name == "body":
        return [item for item in items if not _is_text(item)]
    if not isinstance(node, ast.JoinedStr):
        return items
    joined: list[Any] = []
    for item in items:
        text = item.value if isinstance(item, ast.Constant) else None
        if isinstance(text, str) and joined and isinstance(joined[-1], str):
            joined[-1] += text
        else:
            joined.append(item if text is None else text)
    return [item for item in joined if item != ""]


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a bare string."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


if __name__ == "__main__":
    for file in sys.argv[1:]:
        with open(file, "rb") as stream:
            print(canonical_digest(ast.parse(stream.read())))
