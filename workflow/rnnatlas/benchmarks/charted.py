"""Small networks as they are charted: leak 1, no noise, batches of 32 trials of 150 steps, against PyTorch's own modules. Either does
eight training steps in a row, as a training does (``training/loop.py``): one alone begins with what the other left in the cache.

``python -m rnnatlas.benchmarks.charted`` times them alone, in about a minute on one core; ``make bench`` has them among the rest.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from typing import Any

from rnnatlas.benchmarks.bars import BARS, bar_rows, table
from rnnatlas.benchmarks.measure import interleave, ratio, summary
from rnnatlas.benchmarks.peak import multiply_add_peak
from rnnatlas.benchmarks.problem import draw_problem
from rnnatlas.benchmarks.process import pin_to_one_core, with_tuned_malloc
from rnnatlas.benchmarks.steps import Size, training_steps
from rnnatlas.engine.native_library import instruction_sets
from rnnatlas.training.schedule import BLOCK

UNITS = (50, 30)
CELLS = ("rate", "gru", "lstm")


def block(step: Callable[[], Any]) -> Callable[[], Any]:
    """``BLOCK`` times ``step``."""
    return lambda: [step() for _ in range(BLOCK)]


def compare_charted(peak: float, repetitions: int = 7) -> dict[str, Any]:
    """Whole training steps of each cell and size, ours and PyTorch's; of vanilla networks the share of the multiply-add peak (in 10⁹
    operations a second) that their products take."""
    from rnnatlas.benchmarks.contenders import nn_gru_step, nn_lstm_step, nn_rnn_step

    modules = dict(zip(CELLS, (nn_rnn_step, nn_gru_step, nn_lstm_step), strict=True))
    found: dict[str, Any] = {"ms": {}, "ratios": {}, "peak_share": {}}
    for units in UNITS:
        size = Size(units, 32, times=150, inputs=2, outputs=1)
        problem = draw_problem(units, size.trials, size.times, size.inputs, size.outputs, noise=0.0)
        contenders: dict[str, Any] = {}
        for cell in CELLS:
            contenders[cell] = training_steps(size, kind=cell, noise=0.0, alpha=1.0, steps=BLOCK)
            contenders[f"nn_{cell}"] = block(modules[cell](problem))
        times = interleave(contenders, repetitions, warm_up=2, calls=dict.fromkeys(contenders, BLOCK))
        found["ms"] |= {f"{name} {units}": value for name, value in summary(times).items()}
        found["ratios"] |= {f"{cell}_{units}": ratio(times, f"nn_{cell}", cell) for cell in CELLS}
        found["peak_share"][str(units)] = size.gigaflop / (statistics.median(times["rate"]) * 1e-3) / peak
    return found


def charted_ratios(found: dict[str, Any]) -> dict[str, float]:
    """The numbers that requirements are about."""
    return {f"charted_{name}": value for name, value in found["ratios"].items()} | {
        "charted_peak_share_30": found["peak_share"]["30"]
    }


def main() -> None:
    """Measure and print."""
    with_tuned_malloc()
    pin_to_one_core()
    found = compare_charted(max(multiply_add_peak(name) for name in instruction_sets()))
    for name, value in found["ms"].items():
        print(f"{name}: {value['median']:.3f} ms a step", file=sys.stderr)
    mine = charted_ratios(found)
    print(table([row for bar, row in zip(BARS, bar_rows(mine), strict=True) if bar.ratio in mine]))
    print(f"share of the peak at N = 50: {found['peak_share']['50']:.2f}")


if __name__ == "__main__":
    main()
