"""The benchmark: ``python -m rnnatlas.benchmarks.engine`` (``make bench``), about twenty minutes on two idle cores.

Contenders of a comparison run in one process on one pinned core, in turn, so that a drift of the machine's speed hits all alike;
ratios of medians are what counts. Times are of whole training steps: noise, roll-out, loss, gradient, clipping, Adam. Writes
``results/benchmarks/engine.json`` (with a ``ratios`` section) and a figure, and prints what has to be reached.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rnnatlas.arrays import Array, Count
from rnnatlas.artifacts.store import write_bytes
from rnnatlas.benchmarks.bars import bar_rows, table
from rnnatlas.benchmarks.charted import charted_ratios, compare_charted
from rnnatlas.benchmarks.figure import draw
from rnnatlas.benchmarks.measure import interleave, ratio, summary
from rnnatlas.benchmarks.peak import multiply_add_peak
from rnnatlas.benchmarks.problem import ALPHA, draw_problem
from rnnatlas.benchmarks.process import peak_memory, pin_to_one_core, with_tuned_malloc
from rnnatlas.benchmarks.steps import Size, training_steps
from rnnatlas.engine.native_engine import NativeEngine
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.errors import AtlasError
from rnnatlas.networks.cell import Cell
from rnnatlas.networks.initial_weights import initialise

MAIN = Size(units=100, trials=128)
SIZES = (32, 64, 100, 128, 256, 512)
REPETITIONS = 9


def compare_steps(size: Size, peak: float, repetitions: int) -> dict[str, Any]:
    """Ours on each instruction set against what a user would write in PyTorch or JAX."""
    from rnnatlas.benchmarks.contenders import eager_step, nn_rnn_step
    from rnnatlas.benchmarks.jax_contender import jax_scan_step

    problem = draw_problem(size.units, size.trials, size.times, size.inputs, size.outputs)
    contenders: dict[str, Any] = {"ours": training_steps(size), "ours_without_noise": training_steps(size, noise=0.0)}
    for name in instruction_sets()[:-1]:
        contenders[f"ours_{name}"] = training_steps(size, instruction_set=name)
    contenders |= {"eager_autograd": eager_step(problem), "nn_rnn": nn_rnn_step(problem)}
    try:
        contenders["jax_scan"] = jax_scan_step(problem)
    except AtlasError as error:  # an optional package: said, and left out of the table
        print(f"without JAX: {error}", file=sys.stderr)
    times = interleave(contenders, repetitions, warm_up=2)
    share = size.gigaflop / (statistics.median(times["ours"]) * 1e-3) / peak
    others = {name: ratio(times, name, "ours") for name in times if name != "ours"}
    return {"units": size.units, "trials": size.trials, "ms": summary(times), "ratios": others, "peak_share": share}


def compare_members(repetitions: int) -> dict[str, Any]:
    """The cost of a member among 1, 4, 16 and 64."""
    counts = (1, 4, 16, 64)
    contenders = {str(count): training_steps(MAIN, members=count) for count in counts}
    times = interleave(contenders, repetitions, calls={str(count): count for count in counts})
    return {"ms": summary(times), "cost_64": ratio(times, "64", "4")}


def compare_threads(repetitions: int) -> dict[str, Any]:
    """One core against two, with 8 members and with one, several steps a call as in training."""
    size = Size(units=64, trials=64)
    contenders = {
        f"{members} members, {threads} threads": training_steps(size, members=members, threads=threads, steps=8)
        for members in (8, 1)
        for threads in (1, 2)
    }
    times = interleave(contenders, repetitions)
    return {
        "ms": summary(times),
        "two_cores": ratio(times, "8 members, 1 threads", "8 members, 2 threads"),
        "two_cores_one_member": ratio(times, "1 members, 1 threads", "1 members, 2 threads"),
    }


def compare_deflation(repetitions: int) -> dict[str, Any]:
    """A step with 0, 1, 2 and 4 earlier solutions, from every time step and from every second one."""
    contenders = {"plain": training_steps(MAIN)}
    for stride in (1, 2):
        for earlier in (1, 2, 4):
            contenders[f"{earlier} earlier, stride {stride}"] = training_steps(MAIN, earlier=earlier, stride=stride)
    times = interleave(contenders, repetitions)
    return {
        "ms": summary(times),
        "ratios": {name: ratio(times, name, "plain") for name in contenders if name != "plain"},
    }


def compare_gated(repetitions: int) -> dict[str, Any]:
    """GRU and LSTM against ``torch.nn``, none with noise."""
    from rnnatlas.benchmarks.contenders import nn_gru_step, nn_lstm_step

    problem = draw_problem(MAIN.units, MAIN.trials, MAIN.times, MAIN.inputs, MAIN.outputs)
    contenders: dict[str, Any] = {
        "gru": training_steps(MAIN, kind="gru", noise=0.0),
        "lstm": training_steps(MAIN, kind="lstm", noise=0.0),
        "nn_gru": nn_gru_step(problem),
        "nn_lstm": nn_lstm_step(problem),
    }
    times = interleave(contenders, repetitions)
    return {"ms": summary(times), "nn_gru": ratio(times, "nn_gru", "gru"), "nn_lstm": ratio(times, "nn_lstm", "lstm")}


def compare_silent(repetitions: int) -> dict[str, Any]:
    """The roll-out of a network that falls silent after a kick, whose rates fade through the denormal numbers, against one that is
    driven throughout."""
    drive = np.random.default_rng(0).standard_normal((1, 8, 1500, MAIN.inputs), dtype=np.float32)
    kick = drive.copy()
    kick[:, :, 1:] = 0.0
    engine, cell = NativeEngine(), Cell(ALPHA)

    def roll_out(gain: float, inputs: Array) -> Callable[[], Any]:
        network = initialise([0], 64, MAIN.inputs, MAIN.outputs, gain, cell, ("bench", "silent")).parameters
        return lambda: engine.roll_out(network, cell, inputs, None)

    times = interleave({"active": roll_out(1.2, drive), "silent": roll_out(0.01, kick)}, repetitions)
    return {"ms": summary(times), "ratio": ratio(times, "silent", "active")}


def measure_all(repetitions: Count = REPETITIONS) -> dict[str, Any]:
    """Everything, first on one core, at the end on all."""
    import torch
    from threadpoolctl import threadpool_limits

    from rnnatlas.benchmarks.analyses import compare_dsa, compare_fixed_points

    torch.set_num_threads(1)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    with threadpool_limits(1, "blas"):
        pin_to_one_core()
        memory = {"start": peak_memory()}
        training_steps(MAIN, members=8, earlier=1)()
        memory["training 8 members with one earlier solution"] = peak_memory()
        peaks = {name: multiply_add_peak(name) for name in instruction_sets()}
        peak = max(peaks.values())
        steps = []
        for units in SIZES:
            steps.append(compare_steps(Size(units, MAIN.trials), peak, repetitions if units <= 128 else 3))
            say(f"N = {units}", steps[-1])
        steps.append(compare_steps(Size(MAIN.units, 32), peak, repetitions))
        report: dict[str, Any] = {"peak_gflops": peaks, "steps": steps, "memory_mib": memory}
        for name, measure in (
            ("members", compare_members),
            ("deflation", compare_deflation),
            ("gated", compare_gated),
            ("silent", compare_silent),
        ):
            report[name] = measure(5)
            say(name, report[name])
        report["charted"] = compare_charted(peak)
        say("charted", report["charted"])
        for name, analyse in (("fixed_points", compare_fixed_points), ("dsa", compare_dsa)):
            report[name] = analyse()
            say(name, report[name])
        if cores:
            os.sched_setaffinity(0, cores)
        report["threads"] = compare_threads(repetitions)
        say("threads", report["threads"])
    report["ratios"] = ratios(report)
    report["bars"] = bar_rows(report["ratios"])
    return report


def ratios(report: dict[str, Any]) -> dict[str, float]:
    """The numbers that requirements are about, out of the whole report."""
    by_size = {row["units"]: row for row in report["steps"] if row["trials"] == MAIN.trials}
    main = by_size[MAIN.units]
    found = {name: value for name, value in main["ratios"].items() if name in ("eager_autograd", "nn_rnn", "jax_scan")}
    found["peak_share"] = main["peak_share"]
    # What the same contenders' ratios would be if the three products alone ran at the multiply-add peak.
    for name in ("eager_autograd", "nn_rnn", "jax_scan"):
        if name in found:
            found[f"{name}_at_peak"] = found[name] / main["peak_share"]
    if 256 in by_size:
        found["peak_share_256"] = by_size[256]["peak_share"]
    if "ours_avx2" in main["ratios"]:
        found["avx2_eager_autograd"] = main["ratios"]["eager_autograd"] / main["ratios"]["ours_avx2"]
    found["member_cost_64"] = report["members"]["cost_64"]
    found["two_cores"] = report["threads"]["two_cores"]
    found["insd_1"] = report["deflation"]["ratios"]["1 earlier, stride 1"]
    found["silent"] = report["silent"]["ratio"]
    found |= charted_ratios(report["charted"])
    found["fixed_points"], found["dsa"] = report["fixed_points"]["ratio"], report["dsa"]["ratio"]
    found["nn_gru"], found["nn_lstm"] = report["gated"]["nn_gru"], report["gated"]["nn_lstm"]
    return found


def say(what: str, result: dict[str, Any]) -> None:
    """A line as soon as something is measured."""
    medians = {name: round(value["median"], 2) for name, value in result.get("ms", {}).items()}
    rest = {key: value for key, value in result.items() if key not in ("ms", "rows")}
    print(f"{what}: {medians} ms; {json.dumps(rest, default=float)}", file=sys.stderr, flush=True)


def main(folder: Path = Path("results/benchmarks")) -> None:
    """Measure, write ``engine.json`` and the figure, print the requirements."""
    with_tuned_malloc()
    report = measure_all()
    write_bytes(folder / "engine.json", (json.dumps(report, indent=1, default=float) + "\n").encode())
    draw(report, [folder / f"engine.{kind}" for kind in ("pdf", "png")])
    print(table(report["bars"]))
    limits = [
        f"{name} {report['ratios'][f'{name}_at_peak']:.1f}"
        for name in report["ratios"]
        if f"{name}_at_peak" in report["ratios"]
    ]
    print(f"no engine can pass, on this processor (products alone, at its peak): {', '.join(limits)}")


if __name__ == "__main__":
    main()
