"""MemoryPro: hold an angle through a delay, then point to it (Yang et al. 2019 ``delaygo``; Driscoll et al. 2024)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from pydantic import AfterValidator, PositiveFloat, model_validator

from rnnatlas.arrays import Array, Float
from rnnatlas.config.base import setting
from rnnatlas.tasks.branching import Branch, Branching, held
from rnnatlas.tasks.task import Task, TaskSettings, Variable
from rnnatlas.tasks.trials import Trials


def _ordered(interval: tuple[float, float]) -> tuple[float, float]:
    if interval[0] > interval[1]:
        raise ValueError(f"the lower end {interval[0]:g} lies above the upper end {interval[1]:g}")
    return interval


Interval = Annotated[tuple[PositiveFloat, PositiveFloat], AfterValidator(_ordered)]


class Settings(TaskSettings):
    """Timing, weights of the loss and what counts as correct.

    Input noise is given as deviation in a step of 20 ms. The convention of the flexible-multitask papers, σ sqrt(2/a) with a = dt/τ
    and σ = 0.1, would be 0.32 at a = 0.2.
    """

    input_noise: float = setting(0.03, "standard deviation of the noise on all inputs, in a step of 20 ms; sqrt(20/dt) of it at another dt", source="trial run; others use 0.1 sqrt(2/a)", ge=0)  # fmt: skip
    modalities: int = setting(1, "number of input pairs that can show the angle; a trial uses one of them", ge=1, le=2)
    onset: Interval = setting((300.0, 700.0), "time before the stimulus, uniform between these", "ms", source="Yang 2019, Driscoll 2024")  # fmt: skip
    stimulus: Interval = setting((200.0, 1600.0), "duration of the stimulus, uniform between these", "ms", source="Yang 2019, Driscoll 2024")  # fmt: skip
    delay: Interval = setting((200.0, 1600.0), "time from stimulus to go cue, uniform between these", "ms", source="Yang 2019, Driscoll 2024")  # fmt: skip
    response: Interval = setting((300.0, 700.0), "duration of the response, uniform between these", "ms", source="Yang 2019, Driscoll 2024")  # fmt: skip
    fixation_target: float = setting(0.8, "target of the fixation output until the go cue; then 0", source="Yang 2019, Driscoll 2024")  # fmt: skip
    lead: float = setting(100.0, "time at the start that the loss leaves out", "ms", source="Yang 2019, Driscoll 2024", gt=0)  # fmt: skip
    grace: float = setting(100.0, "time after the go cue that the loss leaves out", "ms", source="Yang 2019, Driscoll 2024", gt=0)  # fmt: skip
    response_weight: float = setting(5.0, "weight in the loss after the grace time; 1 before the go cue", source="Yang 2019, Driscoll 2024", gt=0)  # fmt: skip
    fixation_weight: float = setting(2.0, "factor for the fixation output in the loss", source="Yang 2019, Driscoll 2024", gt=0)  # fmt: skip
    window: float = setting(100.0, "time at the end over which outputs are averaged and judged", "ms", gt=0)
    fixation_limit: float = setting(0.5, "correct trials end with a fixation output below this", source="Yang 2019, Driscoll 2024")  # fmt: skip
    angle_limit: float = setting(0.1, "correct trials end with an angular error below this", "pi", source="Yang 2019, Driscoll 2024", gt=0, le=1)  # fmt: skip

    @model_validator(mode="after")
    def _response_is_long_enough(self) -> Settings:
        if self.response[0] < self.settle + self.window:
            raise ValueError(f"response: its lower end {self.response[0]:g} ms is shorter than settle + window")
        return self


class MemoryPro(Task[Settings]):
    """A fixation cue, 1 until go and then 0, and an angle θ shown as (cos θ, sin θ) while the stimulus lasts.

    Targets are (0.8, 0, 0) until go and (0, cos θ, sin θ) in the response; none has a unit. Trials are padded to the
    longest that the settings allow, so that a trial's number of steps does not depend on the others drawn with it.
    """

    title: ClassVar[str] = "MemoryPro"
    output_names: ClassVar[tuple[str, ...]] = ("fixation", "cos", "sin")
    load_name: ClassVar[str] = "delay"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        shown = [f"{part} {modality + 1}" for modality in range(settings.modalities) for part in ("cos", "sin")]
        self.input_names = ("fixation", *shown)  # type: ignore[misc]

    def draw(self, count: int, rng: np.random.Generator, load: float | None = None) -> Trials:
        settings = self.settings
        delay = settings.delay if load is None else (load * settings.delay[1],) * 2
        intervals = (settings.onset, settings.stimulus, delay, settings.response)
        low, high = np.array([[self.steps(end) for end in interval] for interval in intervals]).T
        bounds = np.zeros((count, 5), dtype=int)  # where the epochs begin, and the trial's end
        np.cumsum(rng.integers(low, high, (count, 4), endpoint=True), axis=1, out=bounds[:, 1:])
        angle = rng.uniform(0.0, 2 * np.pi, count)
        modality = rng.integers(0, settings.modalities, count)

        step = np.arange(high.sum(), dtype=np.int32)
        onset, off, go, length = bounds.astype(np.int32).T[1:, :, None]
        before_go, valid = step < go, step < length
        stimulus, response = (step >= onset) & (step < off), (step >= go) & valid
        direction = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
        inputs = np.empty((count, step.size, len(self.input_names)), dtype=np.float32)
        targets = np.empty((count, step.size, 3), dtype=np.float32)
        inputs[:, :, 0] = before_go
        np.multiply(before_go, np.float32(settings.fixation_target), out=targets[:, :, 0])
        for part, value in enumerate(direction):
            for pair in range(settings.modalities):
                np.multiply(stimulus, (value * (modality == pair))[:, None], out=inputs[:, :, 1 + 2 * pair + part])
            np.multiply(response, value[:, None], out=targets[:, :, 1 + part])
        judged = valid & (step >= length - self.steps(settings.window))
        names = ("fixation", "stimulus", "delay", "response")
        conditions = {"angle": angle, "delay": (bounds[:, 3] - bounds[:, 2]) * settings.dt}
        if settings.modalities > 1:
            conditions["modality"] = modality.astype(np.float64)
        return Trials(
            inputs=inputs,
            targets=targets,
            weight=self._weight(step, go, length),
            judged=np.broadcast_to(judged[:, :, None], targets.shape),
            length=bounds[:, 4],
            epochs={name: bounds[:, k : k + 2] for k, name in enumerate(names)} | {"trial": bounds[:, ::4]},
            conditions=conditions,
        )

    def _weight(self, step: Array, go: Array, length: Array) -> Float[Array, "trial time 3"]:
        """0 in the lead, 1 before go, 0 in the grace time, then ``response_weight``; the fixation output more."""
        early = (step >= self.steps(self.settings.lead)) & (step < go)
        late = (step >= go + self.steps(self.settings.grace)) & (step < length)
        weight = np.empty((*early.shape, 3), dtype=np.float32)
        weight[:, :, 1] = early + np.float32(self.settings.response_weight) * late
        weight[:, :, 2] = weight[:, :, 1]
        np.multiply(weight[:, :, 1], np.float32(self.settings.fixation_weight), out=weight[:, :, 0])
        return weight

    def score(
        self, outputs: Float[Array, "*member trial time output"], trials: Trials
    ) -> dict[str, Float[Array, "*member trial"]]:
        """Performance: 1 if the outputs, averaged over the judged steps, have let go of fixation and point within
        ``angle_limit`` π of the angle θ, else 0; angular_error: |angle of (cos, sin) − θ| on the circle, in radians,
        in [0, π]."""
        share = trials.judged / trials.judged.sum(-2, keepdims=True)
        fixation, cosine, sine = np.moveaxis(np.einsum("...kto,kto->...ko", outputs, share), -1, 0)
        turn = np.arctan2(sine, cosine) - trials.conditions["angle"]
        error = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        right = (fixation < self.settings.fixation_limit) & (error < self.settings.angle_limit * np.pi)
        return {"performance": right.astype(np.float64), "angular_error": error}

    def constant_inputs(self) -> dict[str, Float[Array, "input"]]:
        """What is shown in the delay (fixation alone) and in the response (nothing)."""
        silence = np.zeros(len(self.input_names))
        return {"delay": np.eye(len(self.input_names))[0], "response": silence}

    def branching(self) -> Branching:
        """Fixation, until it settles; a stimulus at one of four angles, of mean duration, and a delay until that settles; and the longest response."""
        own, inputs = self.settings, len(self.input_names)
        cue = np.eye(inputs)[0]
        before = np.tile(cue, (self.steps(float(np.mean(own.onset))), 1))
        stimulus, settle = self.steps(float(np.mean(own.stimulus))), self.steps(own.settle)

        def shown(angle: float) -> Branch:
            given = np.tile(cue, (stimulus + settle, 1))
            given[:stimulus, 1:3] = np.cos(angle), np.sin(angle)
            go = Branch("go", held(settle, inputs), steps=max(2, self.steps(own.response[1]) - settle))
            return Branch(f"{np.degrees(angle):.0f}", given, then=(go,), during=cue)

        return Branching(before, tuple(shown(k * np.pi / 2) for k in range(4)), during=cue)

    def variables(self) -> list[Variable]:
        return [Variable("angle", "circular")]


TASK = MemoryPro
