"""The benchmark as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnatlas.figures.style import INK, OTHERS, STANDARD, letter, new_figure, save, styled

NAMES = {
    "ours": "rnn-atlas",
    "eager_autograd": "PyTorch, autograd",
    "nn_rnn": "torch.nn.RNN (no noise)",
    "jax_scan": "JAX, lax.scan",
}


@styled()
def draw(report: dict[str, Any], files: Sequence[str | Path]) -> None:
    """Time of a training step against the number of units, share of the peak, and the cost of earlier solutions."""
    figure = new_figure(2.3)
    time, share, cost = figure.subplots(1, 3)
    trials = max(row["trials"] for row in report["steps"])
    rows = [row for row in report["steps"] if row["trials"] == trials]
    units = [row["units"] for row in rows]
    ticks = [n for n in units if n & (n - 1) == 0]  # powers of two: 100 and 128 would overlap
    for (name, label), colour in zip(NAMES.items(), (STANDARD, *OTHERS), strict=False):
        known = [row for row in rows if name in row["ms"]]
        middle = [row["ms"][name]["median"] for row in known]
        spread = [
            [row["ms"][name]["median"] - row["ms"][name]["lower"] for row in known],
            [row["ms"][name]["upper"] - row["ms"][name]["median"] for row in known],
        ]
        time.errorbar([row["units"] for row in known], middle, spread, color=colour, marker="o", ms=3, label=label)
    time.set(xscale="log", yscale="log", xlabel="units", ylabel="training step (ms)")
    time.set_xticks(ticks, [str(n) for n in ticks], minor=False)
    time.minorticks_off()
    time.set_ylim(top=6 * time.get_ylim()[1])  # room for the legend
    time.legend(loc="upper left")
    share.plot(units, [100 * row["peak_share"] for row in rows], color=STANDARD, marker="o", ms=3)
    share.set(xscale="log", ylim=(0, 100), xlabel="units", ylabel="useful work (% of peak)")
    share.set_xticks(ticks, [str(n) for n in ticks], minor=False)
    share.minorticks_off()
    for stride, style in ((1, "-"), (2, "--")):
        earlier = [n for n in (1, 2, 4) if f"{n} earlier, stride {stride}" in report["deflation"]["ratios"]]
        values = [report["deflation"]["ratios"][f"{n} earlier, stride {stride}"] for n in earlier]
        label = "every time step" if stride == 1 else "every second"
        cost.plot([0, *earlier], [1.0, *values], style, color=INK, marker="o", ms=3, label=label)
    cost.set(xlabel="earlier solutions", ylabel="step (plain steps)", ylim=(0, None))
    cost.legend(loc="upper left")
    for axes, text in zip((time, share, cost), "ABC", strict=True):
        letter(axes, text)
    save(figure, files)
