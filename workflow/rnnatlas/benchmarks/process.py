"""The process that a benchmark runs in: its memory allocator, its core, its peak memory."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_MARK = "RNNATLAS_TUNED_MALLOC"
# By default glibc hands big blocks back to the system and asks for them anew, and to touch their pages for the first time costs
# more than to work on them.
TUNED_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(1 << 28),
}
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


def with_tuned_malloc() -> None:
    """Start this program again, once, in an environment in which malloc keeps its memory and libraries use one thread.

    To be called before anything else in a program's ``main``: where the environment is set already it returns at once,
    else it does not return.
    """
    if os.environ.get(_MARK) == "1":
        return
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(
        sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **TUNED_MALLOC, **ONE_THREAD, _MARK: "1"}
    )


def pin_to_one_core() -> int | None:
    """Keep this process and its future threads on one core, the last of those allowed; returns it, or None where the system
    cannot pin."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def peak_memory() -> float:
    """The largest resident memory of this process so far, in MiB.

    On Linux by ``VmHWM``: ``ru_maxrss`` of a program begins with the memory of the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
