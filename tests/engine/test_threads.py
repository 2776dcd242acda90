"""Threads that end with their call, and memory that is not to be had: a message in place of a process that ends or hangs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBLEM = """
import multiprocessing, resource, sys
import numpy as np
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_library import OutOfMemory, load
from rnnatlas.engine.native_search import minimise_speed_native
from rnnatlas.engine.optimisers import Optimiser
from rnnatlas.engine.steps import Batches, Schedule, TrainingSetup, TrainingState
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise

ensemble = initialise([0, 1], 64, 1, 1, 1.2, Cell(0.2, 0.1), ("x",))
weights, cell = ensemble.parameters, ensemble.cell

def inputs(trials, times):
    return np.random.default_rng(0).normal(size=(2, trials, times, 1)).astype(np.float32)

def outputs(threads, trials=40, times=20):
    return NativeEngine(threads).outputs(weights, cell, inputs(trials, times), None)

def leave(mebibytes):
    "No more memory than this beside what is taken."
    pages = int(open("/proc/self/statm").read().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + mebibytes * 2**20,) * 2)
"""
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits on memory are read from /proc")


def run(script: str, arenas: str = "") -> str:
    """What the script prints, in a process of its own; one that hangs is ended."""
    environment = dict(os.environ) | ({"MALLOC_ARENA_MAX": arenas} if arenas else {})
    process = subprocess.run(
        [sys.executable, "-c", PROBLEM + script],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_process_that_forks_after_a_call_with_threads_works_on_with_threads() -> None:
    said = run("""
one = outputs(1)
assert np.array_equal(outputs(2), one)
with multiprocessing.get_context("fork").Pool(2) as pool:
    found = pool.map(outputs, [2, 3, 1])
assert all(np.array_equal(one, other) for other in found)
print("equal")
""")
    assert said == "equal\n"


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_no_thread_outlives_its_call() -> None:
    said = run("""
import os
before = len(os.listdir("/proc/self/task"))
outputs(5)
minimise_speed_native(np.eye(3), np.zeros(3), np.ones((9, 3)), 1e-20, 0.0, 10, 4)
print(len(os.listdir("/proc/self/task")) - before)
""")
    assert said == "0\n"


@LINUX
@pytest.mark.parametrize("threads", [1, 2])
def test_a_roll_out_without_memory_is_an_error_that_names_it_and_the_engine_works_on(threads: int) -> None:
    """A roll-out of 200,000 steps takes 1.2 GB a tile."""
    said = run(f"""
one = outputs(1)
outputs({threads})
leave(500)
try:
    outputs({threads}, 1, 200_000)
except MemoryError as error:
    assert isinstance(error, AtlasError)
    print(error)
assert np.array_equal(outputs({threads}), one)
""")
    assert "memory" in said and "fewer members, trials or threads" in said


@LINUX
@pytest.mark.parametrize("threads", [1, 2])
def test_a_training_without_memory_is_an_error_and_the_engine_works_on(threads: int) -> None:
    said = run(f"""
def train(engine, times):
    shape = (1, 2, 1, times, 1)
    batches = Batches(*(np.ones(shape, np.float32) for _ in range(3)), np.full(shape[:3], times, np.int32))
    state = TrainingState.begin(weights)
    engine.train(TrainingSetup(cell, np.arange(2, dtype=np.uint64), Optimiser(1.0)), state, batches, Schedule.of(np.array([1e-3])))
    return state

engine = NativeEngine({threads})
one = train(engine, 10)
leave(500)
try:
    train(engine, 200_000)
except OutOfMemory as error:
    print(error)
assert all(np.array_equal(a, b) for a, b in zip(one.parameters, train(engine, 10).parameters))
""")
    assert "memory" in said


@LINUX
def test_a_search_without_memory_is_an_error() -> None:
    said = run("""
load()
j, h, x = np.zeros((3000, 3000)), np.zeros(3000), np.zeros((4, 3000))
leave(150)
try:
    minimise_speed_native(j, h, x, 1e-20, 0.0, 1, 2)
except OutOfMemory as error:
    print(error)
""")
    assert "memory" in said


@LINUX
@pytest.mark.parametrize("arenas", ["", "1"])
@pytest.mark.parametrize("mebibytes", [385, 391, 397])
def test_where_the_system_gives_no_more_threads_those_that_are_there_do_the_work(arenas: str, mebibytes: int) -> None:
    """300 threads ask for 8 MiB of stack each; the library is loaded and its first threads have run before the limit.

    With one arena for all (which glibc chooses by the number of cores), a thread that met the end of memory by itself found none
    for its exception either, and ended the process.
    """
    said = run(
        f"""
resource.setrlimit(resource.RLIMIT_STACK, (8 * 2**20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
one, many = outputs(1, 2400), NativeEngine(300)
u = inputs(2400, 20)
leave({mebibytes})
print(np.array_equal(many.outputs(weights, cell, u, None), one))
""",
        arenas,
    )
    assert said == "True\n"
