"""What the engine has to reach, and whether it did in this run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    """One requirement: ``ratio`` names an entry of the report's ``ratios``; ``at_most`` turns the comparison round."""

    ratio: str
    what: str
    must: float
    aim: float | None = None
    at_most: bool = False

    def row(self, ratios: dict[str, float]) -> dict[str, Any]:
        """The requirement beside what was measured; ``holds`` is None where it was not measured."""
        value = ratios.get(self.ratio)
        holds = None if value is None else (value <= self.must if self.at_most else value >= self.must)
        sign = "<=" if self.at_most else ">="
        return {"what": self.what, "ratio": self.ratio, "value": value, "must": f"{sign} {self.must:g}", "aim": self.aim, "holds": holds}  # fmt: skip


# N = 100, 128 trials, 100 steps, one core, medians, unless the text says otherwise.
BARS = (
    Bar("eager_autograd", "training step: times faster than eager PyTorch autograd, both with noise", 7.0, 9.0),
    Bar("jax_scan", "training step: times faster than JAX lax.scan with tuned malloc, both with noise", 3.5, 4.5),
    Bar("nn_rnn", "training step: times faster than torch.nn.RNN, which has no noise", 3.2, 4.0),
    Bar("peak_share", "useful work, 3 products, as a share of the multiply-add peak", 0.50, 0.65),
    Bar("peak_share_256", "the same at N = 256", 0.50, 0.75),
    Bar("avx2_eager_autograd", "the AVX2 variant: times faster than eager PyTorch autograd", 3.5),
    Bar("member_cost_64", "cost of a member among 64, in units of that among 4", 1.10, at_most=True),
    Bar("two_cores", "two cores against one, 8 members", 1.8),
    Bar("insd_1", "step with one earlier solution, in units of a plain step", 2.4, 2.0, at_most=True),
    Bar("silent", "roll-out of a network that falls silent, in units of an active one", 1.5, at_most=True),
    *(
        Bar(
            f"charted_{cell}_{units}",
            f"{name} of {units} units, 32 trials, 150 steps, no noise: times faster than torch.nn",
            must,
        )
        for units, musts in ((50, (14.0, 12.0, 5.0)), (30, (25.0, 25.0, 9.0)))
        for (cell, name), must in zip(
            (("rate", "vanilla network"), ("gru", "GRU"), ("lstm", "LSTM")), musts, strict=True
        )
    ),
    Bar("charted_peak_share_30", "of its vanilla network at N = 30, the products as a share of the peak", 0.30),
    Bar("fixed_points", "fixed points, N = 64, 512 starts: times faster than joint Adam", 10.0, 20.0),
    Bar("dsa", "DSA matrix of 42 networks: times faster than dsa-metric", 5.0),
)


def bar_rows(ratios: dict[str, float]) -> list[dict[str, Any]]:
    """All requirements with what was measured."""
    return [bar.row(ratios) for bar in BARS]


def table(rows: list[dict[str, Any]]) -> str:
    """The requirements as text for a terminal."""
    lines = [f"{'requirement':<88} {'measured':>9} {'must':>8} {'aim':>6}  holds"]
    for row in rows:
        value = "-" if row["value"] is None else f"{row['value']:.2f}"
        verdict = {None: "not measured", True: "yes", False: "NO"}[row["holds"]]
        aim = "" if row["aim"] is None else f"{row['aim']:g}"
        lines.append(f"{row['what']:<88} {value:>9} {row['must']:>8} {aim:>6}  {verdict}")
    return "\n".join(lines)
