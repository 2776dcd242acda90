"""How networks are built and trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from rnnatlas.config.base import Section, setting


def _whole_division(factor: float) -> float:
    if abs(round(1.0 / factor) * factor - 1.0) > 1e-9:
        raise ValueError("1/k for a whole number k is expected, such as 1, 0.5 or 0.25")
    return factor


TimeStep = Annotated[float, Field(gt=0.01, le=1), AfterValidator(_whole_division)]


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
    weights: Literal["normal", "uniform", "small"] = setting("normal", "how weights begin, where a population leaves it to the task")  # fmt: skip


class TrainingSettings(Section):
    """One training run; everything is per member."""

    trials: Literal["fresh", "complete"] | Annotated[int, Field(ge=1, le=10_000_000)] = setting(
        "fresh", "training trials: 'fresh' ones for each member and step; 'complete': all that the task has, or so many, drawn once for each member, "
        "gone through in shuffled batches, epoch by epoch",
    )  # fmt: skip
    steps: int = setting(800, "optimiser steps, with fresh trials", ge=1, le=100_000_000)
    epochs: int = setting(3000, "epochs at most, with a set of trials", source="Turner et al. 2021", ge=1, le=10_000_000)  # fmt: skip
    stop: float | None = setting(None, "mean loss of an epoch at which a member stops by itself; null: none does", gt=0)
    accepted_loss: float | None = setting(None, "a member is accepted if besides the mean loss of its last epoch is at most this; null: whatever it is", gt=0)  # fmt: skip
    attempts: int = setting(1, "trainings at most, each from fresh weights (and a fresh set), of a standard network that is not accepted", ge=1, le=100)  # fmt: skip
    batch: int = setting(32, "trials a step", ge=1, le=65_536)
    optimiser: Literal["adam", "muon"] = setting(
        "muon", "'muon': the recurrent matrix moves by its orthogonalised momentum, the rest by Adam",
        source="Kingma & Ba 2015; Jordan et al. 2024, Muon",
    )  # fmt: skip
    learning_rate: float = setting(
        0.016, "step size at the start; of both with muon (Adam alone takes a fifth or less)", gt=0
    )
    warm_up: int = setting(100, "steps over which the step size rises to that", ge=0)
    final_rate: float = setting(0.02, "share of the step size that a cosine schedule ends at", ge=0, le=1)
    beta2: float = setting(0.99, "Adam's decay rate of the second moment", ge=0, lt=1)
    time_steps: list[TimeStep] = setting(
        [1.0, 0.5], "steps of simulation in units of dt, 1/k each; every eight optimiser steps take one of them at random, which keeps a "
        "solution from living on the step (rate networks; at dt/k inputs are held and private noise keeps its variance per time)", min_length=1,
    )  # fmt: skip
    late_time_steps: list[TimeStep] = setting([], "the same for the last steps; empty: as before")
    late: float = setting(0.0, "share of the steps, at the end, that take late_time_steps", ge=0, le=1)
    clip: float = setting(1.0, "largest norm of a member's gradient", gt=0)
    acceptance: float = setting(0.9, "a member is accepted if its performance on the acceptance trials reaches this", ge=0, le=1)  # fmt: skip
    acceptance_trials: int = setting(
        256, "trials, with training noise, that acceptance is judged on", ge=1, le=1_000_000
    )

    @model_validator(mode="after")
    def _epochs(self) -> TrainingSettings:
        if self.trials == "fresh" and (self.stop is not None or self.accepted_loss is not None):
            raise ValueError("stop and accepted_loss are those of epochs: give trials, a number or 'complete'")
        if isinstance(self.trials, int) and self.batch > self.trials:
            raise ValueError(f"batch = {self.batch} must not be larger than the set of trials, {self.trials}")
        return self


class FeatureSettings(Section):
    """Chains with `measure: random_features`: what stands for a nonlinear reader while they are trained."""

    number: int = setting(240, "random Fourier features at each width, drawn anew at each step", source="Rahimi & Recht 2007", ge=1, le=10_000)  # fmt: skip
    widths: list[Annotated[float, Field(gt=0)]] = setting([0.35, 0.7, 1.4], "widths of the Gaussian kernels that they stand for, in units of the median distance between samples", min_length=1)  # fmt: skip
    components: int = setting(12, "leading principal components of each earlier solution, in its null space, that are to be read", ge=1)  # fmt: skip
    ridge: float = setting(1e-3, "kappa of the reader of features, in units of their mean power", ge=1e-4)
    linear: float = setting(0.2, "weight of the linear similarity beside that by features, which counts 1", ge=0)


class DeflationSettings(Section):
    """How alternatives are pushed away from the earlier solutions of their chain."""

    strength: Annotated[float, Field(ge=0)] | Literal["auto"] = setting(
        0.3, "lambda, the weight of the similarity penalty; 'auto' adapts it to keep the task loss at `tolerance`",
        source="trial runs; the paper's value is unknown",
    )  # fmt: skip
    initial: float = setting(0.1, "with strength 'auto': lambda before it adapts", gt=0, le=100)
    tolerance: float = setting(0.02, "with strength 'auto': the task loss that may be given up to", gt=0)
    final_tolerance: float | None = setting(None, "with strength 'auto': the tolerance at the end, which it reaches along the half cosine of the step size; null: the same throughout", gt=0)  # fmt: skip
    adaptation: float = setting(0.01, "with strength 'auto': relative rise of lambda a step while the smoothed task loss is under the tolerance", gt=0, le=0.5)  # fmt: skip
    retreat: float = setting(1.0, "with strength 'auto': how many times faster lambda falls while it is above", gt=0, le=100)  # fmt: skip
    floor: float = setting(1e-3, "with strength 'auto': least lambda", gt=0, le=100)
    ceiling: float = setting(100.0, "with strength 'auto': largest lambda; where it is `initial`, lambda yields in emergencies alone", gt=0, le=100)  # fmt: skip
    begins: float = setting(0.0, "share of the steps after which the penalty begins to count, so that a task is learned before it is solved anew", ge=0, lt=1)  # fmt: skip
    full: float = setting(0.0, "share of the steps at which the penalty, rising in proportion, counts in full", ge=0, le=1)  # fmt: skip
    falls: float = setting(1.0, "share of the steps from which its weight falls again, in proportion, so that the task is polished where the solution then lies", ge=0, le=1)  # fmt: skip
    last: float = setting(1.0, "share of the weight that is left at the last step", ge=0, le=1)
    combine: Literal["sum"] | Annotated[float, Field(ge=1, le=64)] = setting(
        4.0, "similarities to several earlier solutions: their sum, or p of the p-norm (sum S_i^p)^(1/p), whose gradient falls on the largest",
        source="INSD: the sum",
    )  # fmt: skip
    ridge: float = setting(
        1e-3, "kappa: rho = kappa * (mean diagonal of X'X), differentiated along with the rest; X'X is in single precision", ge=1e-5,
        source="trial runs; INSD gives the form, not the value",
    )  # fmt: skip
    form: Literal["trace", "norm"] = setting(
        "trace", "S = tr(Y'U_rho Y)/|Y|^2, smooth and cheap, or the paper's |U_rho Y|^2/|Y|^2; equal without ridge",
        source="INSD, key design 2",
    )  # fmt: skip
    stride: int = setting(
        2,
        "the similarity of a step is estimated from every stride-th time step, beginning with another one at each step",
        ge=1,
    )
    null_space: bool = setting(True, "compare rates in the null space of each network's own readout", source="INSD, key design 1")  # fmt: skip
    noise: Literal["none", "common", "own"] = setting(
        "none", "private noise of the earlier networks while they are compared: none, that of the new network, or their own",
    )  # fmt: skip
    features: FeatureSettings = setting(FeatureSettings(), "the reader of chains with measure: random_features")
    training: TrainingSettings = setting(
        TrainingSettings(steps=2400), "training of the alternatives, which needs more steps"
    )

    @model_validator(mode="after")
    def _ordered(self) -> DeflationSettings:
        if not self.floor <= self.initial <= self.ceiling:
            raise ValueError(
                f"initial = {self.initial:g} must lie between floor = {self.floor:g} and ceiling = {self.ceiling:g}"
            )
        if self.training.attempts != 1:
            raise ValueError("training.attempts: an alternative is trained once; ask for more chains instead")
        if 0.0 < self.full < self.begins:
            raise ValueError(f"full = {self.full:g} must not lie before begins = {self.begins:g}")
        if self.falls < max(self.begins, self.full):
            raise ValueError(
                f"falls = {self.falls:g} must not lie before begins and full, which are {self.begins:g} and {self.full:g}"
            )
        return self

    @property
    def order(self) -> float:
        """p of the norm over earlier solutions; 1 is the sum."""
        return 1.0 if self.combine == "sum" else self.combine


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
