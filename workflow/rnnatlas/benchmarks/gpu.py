"""Training steps on a GPU: ``python -m rnnatlas.benchmarks.gpu`` (``make gpu``, after the tests of the GPU engine).

Ensembles of 64 and 512 networks of 100 units: our steps on the device against ours on one core, and against a plain PyTorch loop over time
with automatic differentiation, batched over the ensemble on the same device. Both are given each step's trials, of each member its own, in the
host's memory. Writes ``results/benchmarks/gpu.json`` and prints a table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch

from rnnatlas.arrays import Count
from rnnatlas.artifacts.store import write_bytes
from rnnatlas.benchmarks.contenders import Step, weighted_error
from rnnatlas.benchmarks.measure import interleave, ratio, summary
from rnnatlas.benchmarks.problem import BETAS, CLIP, EPSILON, RATE, Problem, draw_problem
from rnnatlas.benchmarks.steps import Size, training_steps
from rnnatlas.engine.cuda_engine import CudaEngine
from rnnatlas.errors import AtlasError

SIZE, MEMBERS, STEPS = Size(units=100, trials=128), (64, 512), 4


def batched_step(problem: Problem, members: Count, device: str) -> Step:
    """``contenders.eager_step`` for ``members`` networks at once on ``device``: products over the ensemble, automatic differentiation."""
    weights = [
        torch.tensor(array, device=device).expand(members, *array.shape[1:]).clone().requires_grad_()
        for array in problem.parameters
    ]
    trials = [
        torch.tensor(array).expand(members, *array.shape).contiguous()
        for array in (problem.inputs, problem.targets, problem.weight)
    ]
    adam = torch.optim.Adam(weights, lr=RATE, betas=BETAS, eps=EPSILON)
    recurrent, input_, bias, readout, readout_bias = weights
    a, scale = problem.cell.alpha, problem.cell.noise_scale()

    def step() -> float:
        adam.zero_grad()
        inputs, targets, weight = (each.to(device) for each in trials)
        x = torch.zeros(members, inputs.shape[1], recurrent.shape[1], device=device)
        r, outputs = torch.tanh(x), []
        for t in range(inputs.shape[2]):
            drive = torch.baddbmm(bias[:, None], inputs[:, :, t], input_) + torch.bmm(r, recurrent)
            x = (1 - a) * x + a * drive + scale * torch.randn_like(x)
            r = torch.tanh(x)
            outputs.append(torch.baddbmm(readout_bias[:, None], r, readout))
        loss = weighted_error(torch.stack(outputs, 2), targets, weight)
        (members * loss).backward()  # each network's own mean
        torch.nn.utils.clip_grad_norm_(weights, CLIP)
        adam.step()
        return loss.item()

    return step


def measure(
    device: str = "cuda", size: Size = SIZE, members: tuple[int, ...] = MEMBERS, repetitions: Count = 3
) -> list[dict[str, Any]]:
    """Milliseconds a training step of each contender for each number of networks; ratios are over our step on the device. Raises
    ``AtlasError`` where there is no such device."""
    rows: list[dict[str, Any]] = []
    for count in members:
        problem = draw_problem(size.units, size.trials, size.times, size.inputs, size.outputs)
        contenders: dict[str, Any] = {
            "ours": training_steps(size, count, steps=STEPS, engine=CudaEngine(device)),
            "ours_one_core": training_steps(size, count),
            "pytorch": batched_step(problem, count, device),
        }
        try:
            times = interleave(contenders, repetitions, warm_up=1, calls={"ours": STEPS})
        except torch.OutOfMemoryError:
            del contenders["pytorch"]
            print(f"PyTorch's graph of {count} networks does not fit on {device}", file=sys.stderr)
            times = interleave(contenders, repetitions, warm_up=1, calls={"ours": STEPS})
        ratios = {name: ratio(times, name, "ours") for name in times if name != "ours"}
        rows.append({"members": count, "units": size.units, "ms": summary(times), "ratios": ratios})
    return rows


def main(path: str = "results/benchmarks/gpu.json") -> int:
    """Measure, write, print; 1 where there is no GPU."""
    try:
        engine, rows = CudaEngine().name, measure()
    except AtlasError as error:
        print(error, file=sys.stderr)
        return 1
    found = {"device": torch.cuda.get_device_name(), "engine": engine, "torch": torch.__version__, "rows": rows}
    write_bytes(Path(path), (json.dumps(found, indent=1) + "\n").encode())
    print(f"{found['device']}, {engine}: milliseconds a training step")
    for row in rows:
        cells = "  ".join(f"{name} {one['median']:.1f}" for name, one in row["ms"].items())
        times = ", ".join(f"{name} / ours {value:.1f}" for name, value in row["ratios"].items())
        print(f"{row['members']} networks of {row['units']} units: {cells}; {times}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
