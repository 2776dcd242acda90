"""How the space of solutions of networks that are trained alike is charted."""

from __future__ import annotations

from pydantic import model_validator

from rnnatlas.config.base import Section, setting
from rnnatlas.config.population import PopulationSettings
from rnnatlas.config.reduced import ReducedSettings

PAPER = "Turner, Dabholkar & Barak 2021"
UNITS = (20, 30, 40, 50)
# Six networks of each number of units: 24 a task and cell. The paper has 100 of each.
CHARTED = (
    {f"vanilla_{units}": PopulationSettings(cell="rate", units=units, members=6) for units in UNITS}
    | {
        f"{cell}_{units}": PopulationSettings(
            cell=cell, units=units, weights="small", members=6, tasks=["interval_reproduction"]
        )
        for cell in ("gru", "lstm")
        for units in UNITS
    }
    | {
        f"vanilla_{units}_again": PopulationSettings(
            cell="rate",
            units=units,
            members=6,
            tasks=["interval_reproduction"],
            repeats=f"vanilla_{units}",
        )
        for units in UNITS
    }
)
# Runge-Kutta of fourth order is stable for real eigenvalues -l with step * l below this (Hairer & Wanner 1996, IV.2).
STABLE = 2.785


def longest_step(largest: float) -> float:
    """At weights of up to ``largest``: -I + W diag(tanh') has eigenvalues of at most 1 + 2 max|W_ij|."""
    return STABLE / (1.0 + 2.0 * largest)


class TwoNeuronSettings(Section):
    """The network of two units, dx/dt = -x + W tanh(x), that is to come from (1, 0) to (0, 1)."""

    networks: int = setting(10_000, "networks that are trained", source=PAPER, ge=10, le=1_000_000)
    largest: float = setting(1.5, "W begins uniform between minus and plus this", source=PAPER, gt=0, le=10)
    end: float = setting(10.0, "when the target is to be reached", "tau", source=PAPER, gt=0, le=1e3)
    step: float = setting(0.1, "Runge-Kutta step while a network learns; losses are counted by an adaptive solver", "tau", gt=0)  # fmt: skip
    steps: int = setting(1000, "steps of Adam", source="trial runs; the paper's number is unknown", ge=1)
    learning_rate: float = setting(0.01, "of Adam", source="trial runs; the paper's value is unknown", gt=0, le=1)
    solved: float = setting(1e-4, "loss below which a network is a solution", source=PAPER, gt=0)
    linear: int = setting(2000, "networks without the tanh, for the closed form beside them", ge=10, le=1_000_000)
    half_width: list[float] = setting([6.0, 5.0], "half widths of the part of the plane whose loss is drawn", source=PAPER, min_length=2, max_length=2)  # fmt: skip
    grid: int = setting(240, "points of the loss along the wider side", ge=8, le=4000)
    starts: int = setting(48, "points along each side of the map of beginnings, each a network that is trained", ge=4, le=1000)  # fmt: skip
    starts_half_width: float = setting(3.0, "half width of that map, in the same plane", gt=0, le=20)
    trees: int = setting(100, "trees of the forest that predicts class and basin from the initial W", ge=1, le=10_000)
    triples: int = setting(1000, "random triples of solutions, one of each class, whose planes are compared", ge=1)
    pairs: int = setting(100, "pairs of solutions within an island, and as many between islands, that continuation is to connect", ge=1)  # fmt: skip
    compare: str = setting("", "an HDF5 file with other solutions, `weights [network, 2, 2]`, such as the authors', to be judged by claim T1; empty: none")  # fmt: skip

    @model_validator(mode="after")
    def _can_be_integrated(self) -> TwoNeuronSettings:
        steps = self.end / self.step
        if abs(steps - round(steps)) > 1e-6 or steps < 1:
            raise ValueError(f"step: {self.step:g} is no whole part of end, {self.end:g}")
        largest = max(self.largest, 2.0 * self.starts_half_width)
        if self.step > longest_step(largest):
            raise ValueError(
                f"step: {self.step:g} is too long for Runge-Kutta steps to be stable at weights of {largest:g}"
            )
        return self


class ChartingSettings(Section):
    """Which solutions appear by themselves among networks that are trained alike."""

    run: bool = setting(False, "train populations on the tasks below, and chart them: `make charting` does")
    tasks: list[str] = setting(["delayed_discrimination", "interval_discrimination", "interval_reproduction"], "tasks that populations are trained on", source=PAPER)  # fmt: skip
    compare: str = setting("", "an HDF5 file with networks of others, such as the authors', `<task>/<cell>/<network>/weights` with PyTorch's names, to be judged by claim T4; empty: none")  # fmt: skip
    compare_features: str = setting("", "an HDF5 file with features and types of others' networks, such as the authors', `<name>/features [network, feature]` and `<name>/type`, for claim R2; empty: none")  # fmt: skip
    populations: list[str] = setting(list(CHARTED), "populations, as far as they have the task", min_length=1)
    reduced: ReducedSettings = setting(ReducedSettings(), "how networks become graphs")
    two_neuron: TwoNeuronSettings = setting(TwoNeuronSettings(), "the two-neuron network")
