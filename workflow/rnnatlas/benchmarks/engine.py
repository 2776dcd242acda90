"""Time of one training step, roll-out and gradient, ours against what a user would write: ``python -m rnnatlas.benchmarks.engine``.

All contenders run in one process on one thread, in turn, so that a drift of the machine's speed hits all alike; ratios of
medians are what counts.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from rnnatlas.arrays import Array
from rnnatlas.engine.interface import Engine, Noise
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.torch_engine import TorchEngine
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.ensemble import Ensemble
from rnnatlas.networks.initial_weights import initialise

SIZES = ((64, 64), (100, 128), (128, 128))  # units, trials
TIMES, INPUTS, OUTPUTS, REPETITIONS = 100, 5, 3, 9


def eager_step(ensemble: Ensemble, u: Array, target: Array) -> Callable[[], object]:
    """A plain PyTorch time loop with autograd and private noise."""
    weights = [torch.tensor(array[0], requires_grad=True) for array in ensemble.parameters]
    j, j_in, b, j_out, b_out = weights
    inputs, wanted, a = torch.tensor(u[0]), torch.tensor(target[0]), ensemble.cell.alpha
    scale, units = ensemble.cell.noise_scale(), ensemble.units

    def step() -> object:
        x = torch.zeros(inputs.shape[0], units)
        r, outputs = torch.tanh(x), []
        for t in range(inputs.shape[1]):
            x = (1 - a) * x + a * (r @ j + inputs[:, t] @ j_in + b) + scale * torch.randn_like(x)
            r = torch.tanh(x)
            outputs.append(r @ j_out + b_out)
        loss = ((torch.stack(outputs, 1) - wanted) ** 2).mean()
        return torch.autograd.grad(loss, weights)

    return step


def rnn_step(ensemble: Ensemble, u: Array, target: Array) -> Callable[[], object]:
    """``torch.nn.RNN`` with a linear readout: no leak, no private noise."""
    rnn = torch.nn.RNN(ensemble.inputs, ensemble.units, batch_first=True)
    readout = torch.nn.Linear(ensemble.units, ensemble.outputs)
    weights = [*rnn.parameters(), *readout.parameters()]
    inputs, wanted = torch.tensor(u[0]), torch.tensor(target[0])
    return lambda: torch.autograd.grad(((readout(rnn(inputs)[0]) - wanted) ** 2).mean(), weights)


def engine_step(engine: Engine, ensemble: Ensemble, u: Array, target: Array) -> Callable[[], object]:
    """Ours: roll-out with private noise, loss, gradient."""
    noise = Noise(np.arange(ensemble.members, dtype=np.uint64), 1, ensemble.cell.noise_scale())

    def step() -> object:
        run = engine.roll_out(ensemble.parameters, ensemble.cell, u, noise)
        error = (run.outputs - target) * np.float32(2.0 / target.size)
        return engine.gradient(ensemble.parameters, ensemble.cell, u, run, error, None)

    return step


def measure(units: int, trials: int, repetitions: int = REPETITIONS) -> dict[str, list[float]]:
    """Milliseconds a step of every contender, ``repetitions`` times in turn."""
    ensemble = initialise([0], units, INPUTS, OUTPUTS, 0.9, Cell(0.2, 0.05), (0, "bench"))
    rng = np.random.default_rng(0)
    u = rng.standard_normal((1, trials, TIMES, INPUTS), dtype=np.float32)
    target = rng.standard_normal((1, trials, TIMES, OUTPUTS), dtype=np.float32)
    native = NativeEngine(threads=1)
    contenders = {
        native.name: engine_step(native, ensemble, u, target),
        "portable": engine_step(TorchEngine(), ensemble, u, target),
        "eager_autograd": eager_step(ensemble, u, target),
        "nn_rnn": rnn_step(ensemble, u, target),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for round_ in range(repetitions + 2):
        for name, step in contenders.items():
            start = time.perf_counter()
            step()
            if round_ >= 2:  # two rounds to warm up
                times[name].append(1e3 * (time.perf_counter() - start))
    return times


def main(folder: Path = Path("results/benchmarks")) -> None:
    """Measure all sizes, print a table, write ``engine.json``."""
    torch.set_num_threads(1)
    rows = []
    with threadpool_limits(1, "blas"):
        for units, trials in SIZES:
            times = measure(units, trials)
            medians = {name: statistics.median(values) for name, values in times.items()}
            ours = next(iter(medians.values()))
            ratios = {name: value / ours for name, value in medians.items()}
            rows.append({"units": units, "trials": trials, "ms": times, "medians": medians, "ratios": ratios})
            text = ", ".join(f"{name} {value:.1f} ms ({ratios[name]:.1f}x)" for name, value in medians.items())
            print(f"N = {units}, {trials} trials, {TIMES} steps: {text}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "engine.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
