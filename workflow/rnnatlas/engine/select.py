"""Which engine runs."""

from __future__ import annotations

import sys

from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError

ENGINES = ("auto", "native", "torch")


def select_engine(name: str = "auto", threads: int = 1) -> Engine:
    """The engine called ``name``; ``auto`` takes the compiled one and falls back to PyTorch, saying so.

    Raises ``AtlasError`` for an unknown name, or where ``native`` is asked for and cannot be built.
    """
    if name not in ENGINES:
        raise AtlasError(
            None, "engine", f"one of {', '.join(ENGINES)} is expected, found {name!r}", "choose one of these"
        )
    if name != "torch":
        from rnnatlas.engine.build import NoCompiler
        from rnnatlas.engine.native_engine import NativeEngine

        try:
            return NativeEngine(threads=threads)
        except NoCompiler as error:
            if name == "native":
                raise AtlasError(
                    None, "engine", str(error), "install a C++ compiler, or set 'engine: torch'"
                ) from error
            print(f"portable engine, about 5 times slower: {error}", file=sys.stderr)
    from rnnatlas.engine.torch_engine import TorchEngine

    return TorchEngine()
