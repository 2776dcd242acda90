"""What is done to a benchmark's process is done in one of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnatlas.benchmarks.process import ONE_THREAD, TUNED_MALLOC, peak_memory


def run(tmp_path: Path, program: str, *arguments: str) -> list[str]:
    """Lines that the program writes."""
    path = tmp_path / "program.py"
    path.write_text(program)
    names = {*TUNED_MALLOC, *ONE_THREAD}
    env = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(path), *arguments], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_a_program_starts_again_once_with_the_tuned_allocator(tmp_path: Path) -> None:
    program = """
import os, sys
from rnnatlas.benchmarks.process import ONE_THREAD, TUNED_MALLOC, with_tuned_malloc
print("start")
with_tuned_malloc()
print("arguments", *sys.argv[1:], "utf8", sys.flags.utf8_mode)
for name, value in (TUNED_MALLOC | ONE_THREAD).items():
    assert os.environ[name] == value
with_tuned_malloc()
print("end")
"""
    assert run(tmp_path, program, "a b", "--c") == ["start", "start", "arguments a b --c utf8 1", "end"]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot pin a process")
def test_a_pinned_process_keeps_to_one_core(tmp_path: Path) -> None:
    program = """
import os
from rnnatlas.benchmarks.process import pin_to_one_core
core = pin_to_one_core()
assert os.sched_getaffinity(0) == {core}
assert pin_to_one_core() == core
print("pinned")
"""
    assert run(tmp_path, program) == ["pinned"]


def test_peak_memory_sees_memory_that_was_given_back(tmp_path: Path) -> None:
    program = """
import numpy as np
from rnnatlas.benchmarks.process import peak_memory
before = peak_memory()
array = np.ones(100 << 20, dtype=np.uint8)
del array
print(peak_memory() - before)
"""
    grown = float(run(tmp_path, program)[0])
    assert 90 < grown < 130
    assert 10 < peak_memory() < 1e6
