"""Time and yield of the search for fixed points, ours against joint Adam.

``python -m rnnatlas.benchmarks.fixed_points [networks.h5]``: one flip-flop network, the same visited states as starts, one
thread, one process; what each method calls a root is counted with the same radius.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from rnnatlas.arrays import Array, Float
from rnnatlas.config.analysis import FixedPointSettings
from rnnatlas.config.training import TrainingSettings
from rnnatlas.dynamics.between import roots_between
from rnnatlas.dynamics.descent import descend
from rnnatlas.dynamics.distinct import distinct
from rnnatlas.dynamics.field import RateField
from rnnatlas.dynamics.newton import minimise_speed
from rnnatlas.dynamics.visited import visited_states
from rnnatlas.engine.native_library import best_instruction_set
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise
from rnnatlas.tasks.flip_flop import FlipFlop, Settings
from rnnatlas.training.standard import train

SETTINGS = FixedPointSettings()
ADAM_TOLERANCE = 1e-12


class Search(NamedTuple):
    """One search: a field, its starts, and the distance below which two roots are one."""

    field: RateField
    starts: Float[Array, "start unit"]
    radius: float


class Found(NamedTuple):
    """Where the starts ended, the roots told apart, and the optimiser's steps (0 where they are each start's own)."""

    state: Float[Array, "start unit"]
    roots: Float[Array, "root unit"]
    steps: int


@dataclass(frozen=True)
class Row:
    """One method: median ``seconds`` of its repetitions, q over starts (in float64, whatever it computed in), the share of
    starts with q ≤ its own ``tolerance``, distinct roots, and Adam's steps."""

    method: str
    seconds: float
    q_median: float
    q_largest: float
    tolerance: float
    converged: float
    points: int
    steps: int


def flip_flop_search(path: str | Path | None = None, starts: int = SETTINGS.starts, steps: int = 1500) -> Search:
    """The search on the first network of ``path``, a flip-flop's, at no input; without a path one of 64 units is trained for
    ``steps`` steps (about 10 s). Raises ``AtlasError`` for a file that is not one of networks."""
    if path is None:
        task = FlipFlop(Settings())
        fresh = initialise([0], 64, task.settings.bits, task.settings.bits, 1.0, Cell(0.2, 0.05), (0, "bench"))
        ensemble = train(fresh, task, TrainingSettings(steps=steps))
    else:
        ensemble = Ensemble.from_file(path)
        task = FlipFlop(Settings(bits=ensemble.inputs))
    visited = visited_states(ensemble, 0, task.trials(128, seed=0))
    field = RateField.of(ensemble, 0, np.zeros(ensemble.inputs))
    return Search(field, visited.starts(starts, np.random.default_rng(0)), SETTINGS.distinct * visited.spread)


def newton(search: Search, native: bool, rounds: int = 0) -> Found:
    """Ours; with ``rounds`` also from midpoints of the roots found."""
    found = (descend if native else minimise_speed)(search.field, search.starts)
    at_root = found.q <= SETTINGS.tolerance
    roots = distinct(found.state[at_root], found.q[at_root], search.radius)
    return Found(found.state, roots_between(search.field, roots, search.radius, rounds, len(search.starts)), 0)


def joint_adam(search: Search, rate: float, plateau: bool, dtype: torch.dtype, steps: int = 5000) -> Found:
    """One Adam over all starts at once, minimising the mean of q until the largest is below 1e-12.

    ``plateau``: the rate falls by 5% whenever the mean has not fallen for five steps, as in FixedPointFinder (Golub &
    Sussillo 2018), whose defaults are ``rate`` 1 and 5000 steps.
    """
    x = torch.tensor(search.starts, dtype=dtype, requires_grad=True)
    recurrent, drive = (torch.tensor(array, dtype=dtype) for array in (search.field.recurrent, search.field.drive))
    adam = torch.optim.Adam([x], lr=rate)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(adam, factor=0.95, patience=5, threshold=0.0)
    step = 0
    for step in range(steps):  # noqa: B007 (how many there were is reported)
        adam.zero_grad()
        q = 0.5 * torch.sum((torch.tanh(x) @ recurrent + drive - x) ** 2, dim=1)
        if float(q.detach().max()) <= ADAM_TOLERANCE:
            break
        loss = q.mean()
        loss.backward()
        adam.step()
        if plateau:
            schedule.step(loss.item())
    state = x.detach().double().numpy()
    q = _q(search.field, state)
    at_root = q <= ADAM_TOLERANCE
    return Found(state, distinct(state[at_root], q[at_root], search.radius), step + 1)


def _q(field: RateField, state: Float[Array, "start unit"]) -> Float[Array, "start"]:
    return 0.5 * np.sum(field.flow(state) ** 2, axis=1)


def measure(
    path: str | Path | None = None, repetitions: int = 5, adam_steps: int = 5000, starts: int = SETTINGS.starts
) -> list[Row]:
    """A row for each method, ours first, on one thread; Adam runs once, as it takes seconds. Raises ``NoCompiler``."""
    plain, fast = f"native-{best_instruction_set()}", "adam from rate 1, lowered on plateaus"
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, "blas"):
            search = flip_flop_search(path, starts)
            ours: dict[str, Callable[[], Found]] = {
                plain: lambda: newton(search, native=True),
                f"{plain}, then between roots": lambda: newton(search, native=True, rounds=4),
                "numpy": lambda: newton(search, native=False),
            }
            adams: dict[str, Callable[[], Found]] = {
                "adam at rate 0.01, float64": lambda: joint_adam(search, 0.01, False, torch.float64, adam_steps),
                f"{fast}, float64": lambda: joint_adam(search, 1.0, True, torch.float64, adam_steps),
                f"{fast}, float32": lambda: joint_adam(search, 1.0, True, torch.float32, adam_steps),
            }
            rows = [_row(name, run, repetitions, SETTINGS.tolerance, search.field) for name, run in ours.items()]
            rows += [_row(name, run, 1, ADAM_TOLERANCE, search.field) for name, run in adams.items()]
    finally:
        torch.set_num_threads(before)
    return rows


def _row(name: str, run: Callable[[], Found], repetitions: int, tolerance: float, field: RateField) -> Row:
    times: list[float] = []
    found: list[Found] = []
    for _ in range(repetitions):
        start = time.perf_counter()
        found.append(run())
        times.append(time.perf_counter() - start)
    q = _q(field, found[-1].state)
    reached = float(np.mean(q <= tolerance))
    points, steps = len(found[-1].roots), found[-1].steps
    return Row(name, statistics.median(times), float(np.median(q)), float(q.max()), tolerance, reached, points, steps)


def main(path: str | None = None, folder: Path = Path("results/benchmarks")) -> None:
    """Measure, print a table, write ``fixed_points.json``."""
    rows = measure(path)
    for row in rows:
        print(
            f"{row.method}: {1e3 * row.seconds:.1f} ms ({row.seconds / rows[0].seconds:.1f}x), {row.points} points, "
            f"q median {row.q_median:.0e}, largest {row.q_largest:.0e}, {row.converged:.0%} of starts below {row.tolerance:.0e}"
        )
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], indent=1) + "\n"
    (folder / "fixed_points.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
