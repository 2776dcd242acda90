"""Which engine runs."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress

from rnnatlas.arrays import Count, Index
from rnnatlas.engine.interface import Engine
from rnnatlas.errors import AtlasError, NoTorch

ENGINES = ("auto", "native", "torch", "cuda")


def select_engine(name: str = "auto", threads: Count = 1, gpus: Index = 0) -> Engine:
    """The engine called ``name``; ``auto`` takes the compiled one and falls back to PyTorch, saying so.

    ``gpus`` is the number of GPUs that the job was given: with one, ``auto`` takes the GPU engine if PyTorch sees a device. It never
    takes a GPU that nobody gave it, and the results of a study do not follow from the machine's equipment.
    Raises ``AtlasError`` for an unknown name, where ``native`` is asked for and cannot be built, or ``cuda`` and there is no device, and
    ``NoTorch`` where an engine that needs PyTorch is asked for, or is all that is left, and it is not installed.
    """
    if name not in ENGINES:
        raise AtlasError(
            None, "engine", f"one of {', '.join(ENGINES)} is expected, found {name!r}", "choose one of these"
        )
    if name == "cuda" or (name == "auto" and gpus > 0 and _sees_device()):
        from rnnatlas.engine.cuda_engine import CudaEngine

        return CudaEngine()
    reason = ""
    if name != "torch":
        from rnnatlas.engine.compiler import NoCompiler
        from rnnatlas.engine.native_engine import NativeEngine

        try:
            return NativeEngine(threads=threads)
        except NoCompiler as error:
            if name == "native":
                raise AtlasError(
                    None,
                    "engine",
                    str(error),
                    "install a C++ compiler, or set 'engine: torch', which needs PyTorch (pip install 'rnnatlas[torch]')",
                ) from error
            reason = str(error)
    try:
        from rnnatlas.engine.torch_engine import TorchEngine
    except NoTorch as error:
        if name == "torch":
            raise
        raise NoTorch("the portable engine", f"install a C++ compiler for the compiled one ({reason})") from error
    if reason:
        print(f"portable engine, about 13 times slower: {reason}", file=sys.stderr)
    return TorchEngine()


def _sees_device() -> bool:
    """Whether PyTorch sees a GPU; it takes 2 s to load, and is not asked where there is no trace of one."""
    traces = shutil.which("nvidia-smi"), os.path.exists("/dev/nvidiactl"), os.environ.get("CUDA_VISIBLE_DEVICES")
    if any(traces):
        with suppress(ModuleNotFoundError):
            import torch

            if torch.cuda.is_available():
                return True
    print("the job was given a GPU, but PyTorch sees none: it runs on the processor", file=sys.stderr)
    return False
