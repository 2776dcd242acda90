"""What a task is: how trials are drawn, how outputs are judged, where its dynamics are to be examined."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np

from rnnatlas.arrays import Array, Bool, Count, Float
from rnnatlas.checks.arguments import checked
from rnnatlas.config.base import Section, setting
from rnnatlas.errors import AtlasError
from rnnatlas.streams.keys import generator
from rnnatlas.tasks.branching import Branching
from rnnatlas.tasks.normals import normals
from rnnatlas.tasks.per_time import deviation_at, probability_at
from rnnatlas.tasks.stretches import Stretches
from rnnatlas.tasks.trials import Trials


class TaskSettings(Section):
    """What the settings of every task share. ``dt`` is precision: times are in ms, probabilities and deviations those of a step of 20 ms
    (``per_time.py``), so that a task is the same task at another dt."""

    dt: float = setting(20.0, "duration of a step; probabilities and deviations are those at 20 ms, whatever it is", "ms", gt=0)  # fmt: skip
    settle: float = setting(100.0, "time after a pulse or go cue that does not count in the measure of performance", "ms", source="one time constant", ge=0)  # fmt: skip
    input_noise: float = setting(0.0, "standard deviation of the noise on the stimulus inputs, in a step of 20 ms; sqrt(20/dt) of it at another dt", ge=0)  # fmt: skip


S = TypeVar("S", bound=TaskSettings)


@dataclass(frozen=True)
class Variable:
    """A task variable that can be decoded: ``scale`` says how its values are to be read, ``unit`` in what they are (empty: in none)."""

    name: str
    scale: Literal["linear", "circular", "class"]
    unit: str = ""


class Task(ABC, Generic[S]):
    """A task with its settings. Subclasses implement the drawing of trials and the measure of performance."""

    title: ClassVar[str]
    input_names: ClassVar[tuple[str, ...]]
    output_names: ClassVar[tuple[str, ...]]
    load_name: ClassVar[str] = "trial duration"
    view: ClassVar[int] = 2  # principal components that figures of its solutions show, 2 or 3

    def __init__(self, settings: S) -> None:
        self.settings = settings

    @property
    def axes(self) -> dict[str, int]:
        """The axes that trials and networks given beside this task must fit."""
        return {"input": len(self.input_names), "output": len(self.output_names)}

    def steps(self, duration: float) -> int:
        """A duration in ms as a number of steps."""
        return max(1, round(duration / self.settings.dt))

    def probability(self, given: float) -> float:
        """The probability in a step of dt of what has the probability ``given`` in 20 ms."""
        return probability_at(given, self.settings.dt)

    @abstractmethod
    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        """``count`` trials without input noise, at a load in units of the longest trained one (None: as trained)."""

    @abstractmethod
    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Measures for each trial; ``"performance"`` lies in [0, 1] and its mean over trials judges the network."""

    @abstractmethod
    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        """The constant inputs at which fixed points are sought, by name; the first is the principal one."""

    @abstractmethod
    def variables(self) -> list[Variable]:
        """The variables among ``Trials.conditions`` that can be decoded from activity."""

    def complete(self) -> Trials | None:
        """Every trial that there is as trained, of a task that has finitely many; None of others."""
        return None

    def extrapolated(self) -> Trials | None:
        """Trials over a grid of parameters, within and beyond the trained range, of a task whose extrapolation is charted; None of others."""
        return None

    def trained(self, trials: Trials) -> Bool[Array, "trial"]:
        """Which trials have parameters within the trained range."""
        return np.ones(trials.count, dtype=bool)

    def habits(
        self,
        outputs: Float[Array, "member trial time output"],  # noqa: ARG002 (for those that override it)
        trials: Trials,  # noqa: ARG002
    ) -> dict[str, Float[Array, "member"]]:
        """What networks do on extrapolated trials beside being right, in numbers with names; empty of most tasks."""
        return {}

    def branching(self) -> Branching | None:
        """The inputs by which what networks do branches, of a task whose reduced dynamics are charted; None of others."""
        return None

    def stretches(self) -> Stretches | None:
        """The stretches of trials as trained from whose activity a network's type may be told; None of tasks that are not charted so."""
        return None

    def noisy_inputs(self) -> Float[Array, "input"]:
        """1 for each input that carries noise, 0 for cues."""
        return np.ones(len(self.input_names))

    def colour_variable(self) -> str:
        """The condition that colours trials in figures."""
        return self.variables()[0].name

    def performance(self, outputs: Float[Array, "*member trial time output"], trials: Trials) -> Any:
        """Mean score over trials, those with nothing to judge left out: one number a member, in [0, 1]. Raises ``AtlasError`` for
        trials of another task, and outputs of other trials."""
        self.check_trials(trials)
        outputs = np.asarray(outputs)
        if np.shape(outputs)[-3:] != trials.targets.shape:
            raise AtlasError(
                None, "outputs", f"[…, {', '.join(map(str, trials.targets.shape))}] is expected (member, trial, time, output), found "
                f"{list(np.shape(outputs))}", "give the outputs on these trials",
            )  # fmt: skip
        return np.nanmean(self.score(outputs, trials)["performance"], axis=-1)

    def check_trials(self, trials: Trials) -> None:
        """Raise ``AtlasError`` unless these can be trials of this task: its inputs, its outputs, its variables."""
        wanted = {variable.name for variable in self.variables()}
        if trials.axes != self.axes or not wanted <= trials.conditions.keys():
            raise AtlasError(
                None, "trials", f"trials of {self.title!r} are expected: {self.axes['input']} inputs, {self.axes['output']} outputs, the "
                f"conditions {', '.join(sorted(wanted))}; found {trials.axes['input']}, {trials.axes['output']}, "
                f"{', '.join(sorted(trials.conditions))}", "draw them from this task: task.trials(count, seed)",
            )  # fmt: skip

    def noise(self, trials: Trials, rng: np.random.Generator) -> Float[Array, "trial time input"]:
        """Input noise of unit deviation, 0 on inputs that carry none and in the padding; a new array, float32."""
        carries, valid = np.zeros(trials.inputs.shape, dtype=bool), trials.valid()
        for channel in np.flatnonzero(self.noisy_inputs()):
            carries[:, :, channel] = valid
        noise = np.zeros(carries.shape, dtype=np.float32)
        noise[carries] = normals(rng, int(np.count_nonzero(carries)))
        return noise

    def with_noise(self, trials: Trials, rng: np.random.Generator, factor: float = 1.0) -> Trials:
        """``trials`` with input noise of ``factor`` times the trained deviation; targets follow the noisy inputs
        where the task integrates them."""
        deviation = factor * deviation_at(self.settings.input_noise, self.settings.dt)
        if deviation == 0.0:
            return trials
        inputs = self.noise(trials, rng)
        inputs *= np.float32(deviation)
        inputs += trials.inputs
        return self.retarget(trials.with_inputs(inputs))

    def retarget(self, trials: Trials) -> Trials:
        """Targets for changed inputs; most tasks' targets do not depend on the noise."""
        return trials

    def batch(self, count: int, rng: np.random.Generator) -> Trials:
        """Training trials: drawn, with input noise."""
        return self.with_noise(self.draw(count, rng), rng)

    @checked
    def trials(self, count: Count, seed: int) -> Trials:
        """``count`` trials as in training, reproducible from ``seed``."""
        return self.batch(count, generator(seed, "trials"))
