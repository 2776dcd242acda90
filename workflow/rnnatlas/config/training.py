"""How networks are built and trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rnnatlas.config.base import Section, setting


class NetworkSettings(Section):
    """The networks of one task, standard and alternative alike."""

    cell: Literal["rate", "gru", "lstm"] = setting(
        "rate", "the unit: leaky tanh, or PyTorch's GRU or LSTM, which have no time constant"
    )
    units: int = setting(64, "number of recurrent units N", ge=2, le=4096)
    tau: float = setting(100.0, "time constant of a unit; the leak is a = dt / tau", "ms", gt=0)
    noise: float = setting(
        0.05, "private noise sigma_rec in training, per root of tau, so the same at any dt; the state's deviation a step is a*sigma_rec*sqrt(2/a)",
        source="Yang et al. 2019; Driscoll et al. 2024", ge=0,
    )  # fmt: skip


class TrainingSettings(Section):
    """One training run; everything is per member."""

    steps: int = setting(4000, "optimiser steps", ge=1, le=100_000_000)
    batch: int = setting(64, "trials a step, drawn afresh for each member and step", ge=1, le=65_536)
    learning_rate: float = setting(3e-3, "Adam's step size at the start", gt=0)
    final_rate: float = setting(0.02, "share of the step size that a cosine schedule ends at", ge=0, le=1)
    clip: float = setting(1.0, "largest norm of a member's gradient", gt=0)
    acceptance: float = setting(0.9, "a member is accepted if its performance on the acceptance trials reaches this", ge=0, le=1)  # fmt: skip
    acceptance_trials: int = setting(
        256, "trials, with training noise, that acceptance is judged on", ge=1, le=1_000_000
    )


class DeflationSettings(Section):
    """How alternatives are pushed away from the earlier solutions of their chain."""

    strength: Annotated[float, Field(ge=0)] | Literal["auto"] = setting(
        0.3, "lambda, the weight of the similarity penalty; 'auto' adapts it to keep the task loss at `tolerance`",
        source="trial runs; the paper's value is unknown",
    )  # fmt: skip
    tolerance: float = setting(0.02, "with strength 'auto': the task loss that may be given up to", gt=0)
    adaptation: float = setting(0.01, "with strength 'auto': relative change of lambda a step", gt=0, le=0.5)
    ramp: int = setting(0, "steps over which the penalty's weight rises from 0 to lambda", ge=0)
    ridge: float = setting(
        1e-3, "kappa: rho = kappa * (mean diagonal of X'X), differentiated along with the rest; X'X is in single precision", ge=1e-5,
        source="trial runs; INSD gives the form, not the value",
    )  # fmt: skip
    form: Literal["trace", "norm"] = setting(
        "trace", "S = tr(Y'U_rho Y)/|Y|^2, smooth and cheap, or the paper's |U_rho Y|^2/|Y|^2; equal without ridge",
        source="INSD, key design 2",
    )  # fmt: skip
    stride: int = setting(
        1,
        "the similarity of a step is estimated from every stride-th time step, beginning with another one at each step",
        ge=1,
    )
    null_space: bool = setting(True, "compare rates in the null space of each network's own readout", source="INSD, key design 1")  # fmt: skip
    noise: Literal["none", "common", "own"] = setting(
        "none", "private noise of the earlier networks while they are compared: none, that of the new network, or their own",
    )  # fmt: skip
    training: TrainingSettings = setting(
        TrainingSettings(steps=12000, acceptance=0.9), "training of the alternatives, which needs more steps"
    )


class HardSettings(Section):
    """The grid of conditions harder than training."""

    load: list[Annotated[float, Field(gt=0)]] = setting([0.5, 1.0, 2.0], "trial duration, or the delay of MemoryPro, in units of the longest one trained", min_length=1)  # fmt: skip
    private_noise: list[Annotated[float, Field(ge=0)]] = setting(
        [1.0, 2.0, 4.0, 8.0], "private noise in units of the trained one (none trained: of private_unit)", min_length=1
    )
    input_noise: list[Annotated[float, Field(ge=0)]] = setting([1.0, 2.0, 4.0, 8.0], "input noise in units of the trained one (none trained: of input_unit; unused without)", min_length=1)  # fmt: skip
    private_unit: float | None = setting(None, "sigma that levels of private noise multiply where networks are trained without any; null: 0. The level as trained is then 0", gt=0)  # fmt: skip
    input_unit: float | None = setting(None, "deviation (in a step of 20 ms) that levels of input noise multiply where the task has none; null: 0. The level as trained is then 0", gt=0)  # fmt: skip
    trials: int = setting(256, "trials a condition", ge=2, le=1_000_000)
