"""The one error a user meets: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class AtlasError(Exception):
    """A problem with an input that the user can mend.

    ``file`` and ``key`` name the place (a path; a configuration key or an HDF5 dataset), ``expected`` says
    what should stand there and what was found, ``remedy`` what to do. Scripts print it without a traceback.
    """

    def __init__(self, file: str | Path | None, key: str | None, expected: str, remedy: str) -> None:
        self.file = None if file is None else str(file)
        self.key = key
        self.expected = expected
        self.remedy = remedy
        place = " › ".join(part for part in (self.file, key) if part)
        super().__init__(f"{place}: {expected}\n  → {remedy}" if place else f"{expected}\n  → {remedy}")


class NoTorch(AtlasError, ImportError):
    """PyTorch is not installed, and ``what`` needs it; ``besides`` is what else would do."""

    def __init__(self, what: str, besides: str = "") -> None:
        remedy = "pip install 'rnnatlas[torch]'" + (f", or {besides}" if besides else "")
        super().__init__(None, what, "PyTorch is needed here, and is not installed", remedy)


def nearest(word: object, known: Iterable[object]) -> str:
    """``did you mean 'x'?``, with the one of ``known`` that is most like ``word``; empty if none is."""
    found = get_close_matches(str(word), list(map(str, known)), n=1)
    return f"did you mean {found[0]!r}?" if found else ""
